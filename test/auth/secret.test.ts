import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { hashSecret, matchesSecret, newClientSecret } from '../../src/auth/issuer/secret.ts'

/** A hash made by hand, with a salt of any length and of text of any length. */
function aHash(secret: string, saltBytes: number): string {
  const salt = Buffer.alloc(saltBytes, 7)
  const digest = createHash('sha256').update(salt).update(secret).digest()
  return `sha256$${salt.toString('base64url')}$${digest.toString('base64url')}`
}

test('a client secret has at least 240 random bits, a prefix that tells what it is, and no character to quote', () => {
  const secret = newClientSecret()
  assert.match(secret, /^tidemark_[A-Za-z0-9_-]{40,}$/)
  assert.equal(encodeURIComponent(secret), secret)
  assert.equal(new Set(Array.from({ length: 100 }, newClientSecret)).size, 100)
})

test('a secret matches its own hash and no other', () => {
  const secret = newClientSecret()
  const hash = hashSecret(secret)
  assert.ok(matchesSecret(secret, hash))
  assert.ok(!matchesSecret(newClientSecret(), hash))
  assert.ok(!matchesSecret(`${secret}A`, hash))
  assert.ok(!matchesSecret(secret.slice(0, -1), hash))
  assert.ok(!matchesSecret(secret.toUpperCase(), hash))
  assert.ok(!matchesSecret('', hash))
  assert.ok(!matchesSecret(hash, hash))
})

test('a hash is salted and does not hold its secret', () => {
  const secret = newClientSecret()
  assert.notEqual(hashSecret(secret), hashSecret(secret))
  assert.ok(!hashSecret(secret).includes(secret))
})

test('a hash of another form matches nothing', () => {
  const secret = newClientSecret()
  const hash = hashSecret(secret)
  assert.ok(matchesSecret(secret, aHash(secret, 16)))
  assert.ok(!matchesSecret(secret, aHash(secret, 0)))
  assert.ok(!matchesSecret(secret, aHash(secret, 15)))
  const [scheme, salt, digest] = hash.split('$')
  const others = ['', '$$', secret, `md5$${salt}$${digest}`, `${scheme}$${salt}$`, `${scheme}$$${digest}`]
  for (const other of [...others, `${hash}$`, `${hash}=`, `${scheme}$${salt}$AAAA`, hash.slice(0, -1)]) {
    assert.ok(!matchesSecret(secret, other), other)
  }
})

test('text over 1 KB is no secret', () => {
  const longest = 'x'.repeat(1024)
  assert.ok(matchesSecret(longest, hashSecret(longest)))
  assert.throws(() => hashSecret(`${longest}x`), RangeError)
  for (const tooLong of [`${longest}x`, 'é'.repeat(513)]) assert.ok(!matchesSecret(tooLong, aHash(tooLong, 16)))
})
