import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { formatKeyRing, newKeyRing, parseKeyRing, withNewStateKey } from '../../src/auth/keys/keyRing.ts'
import { KeysRefused } from '../../src/auth/keys/privateFile.ts'

const ring = await newKeyRing()
const otherRing = await newKeyRing()

type Json = Record<string, unknown>
interface RingText extends Json {
  signing: Json[]
  state: { id: string; secret: string }[]
}

function edited(change: (ring: RingText) => unknown): string {
  const content = JSON.parse(formatKeyRing(ring)) as RingText
  change(content)
  return JSON.stringify(content)
}

function assertRefused(text: string): void {
  assert.throws(
    () => parseKeyRing(text),
    (error: unknown) => error instanceof KeysRefused && /^The key ring.*\.$/.test(error.message),
  )
}

test('a new key ring holds one RSA key of 2,048 bits for RS256 and one state key of 32 bytes with a four-byte id', () => {
  assert.equal(ring.signing.length, 1)
  assert.equal(ring.signing[0].publicJwk.kty, 'RSA')
  assert.equal(ring.signing[0].publicJwk.alg, 'RS256')
  assert.equal(Buffer.from(ring.signing[0].publicJwk.n ?? '', 'base64url').length, 256)
  assert.equal(ring.state.length, 1)
  assert.equal(ring.state[0].id.length, 4)
  assert.equal(ring.state[0].secret.length, 32)
})

test('two new key rings share no key', () => {
  assert.notEqual(ring.signing[0].kid, otherRing.signing[0].kid)
  assert.notDeepEqual(ring.state[0].id, otherRing.state[0].id)
  assert.notDeepEqual(ring.state[0].secret, otherRing.state[0].secret)
})

test('a key ring comes back from its text the same', () => {
  const rotated = withNewStateKey({ ...ring, signing: [...ring.signing, ...otherRing.signing] }, true)
  assert.deepEqual(parseKeyRing(formatKeyRing(rotated)), rotated)
})

test('a new state key is the first, and the old ones stay where they are wanted', () => {
  const kept = withNewStateKey(ring, true)
  assert.deepEqual(kept.state.slice(1), ring.state)
  assert.notDeepEqual(kept.state[0].secret, ring.state[0].secret)
  const reset = withNewStateKey(kept, false)
  assert.equal(reset.state.length, 1)
  assert.ok(!kept.state.some(key => Buffer.from(key.secret).equals(reset.state[0].secret)))
  assert.equal(reset.signing, ring.signing)
})

test('text that is no JSON object is refused', () => {
  for (const text of ['', '{', 'null', '[]', '"ring"', formatKeyRing(ring).slice(0, -10)]) assertRefused(text)
})

test('a key ring of another format is refused', () => {
  assertRefused(edited(ring => Object.assign(ring, { format: 2 })))
})

test('a key ring without keys of either kind is refused', () => {
  assertRefused(edited(ring => Object.assign(ring, { signing: [] })))
  assertRefused(edited(ring => Object.assign(ring, { state: [] })))
  assertRefused(edited(ring => Object.assign(ring, { signing: undefined })))
  assertRefused(edited(ring => Object.assign(ring, { state: {} })))
})

test('a state key that is not 32 bytes, canonical and with an id of four is refused', () => {
  const id = 'AAAAAA'
  const bytes = (length: number) => Buffer.alloc(length, 7).toString('base64url')
  const keys: unknown[] = [
    { id, secret: bytes(31) },
    { id, secret: bytes(16) },
    { id, secret: '' },
    { id, secret: `${bytes(32)}=` },
    { id, secret: 7 },
    { id: bytes(3), secret: bytes(32) },
    { id: bytes(5), secret: bytes(32) },
    { secret: bytes(32) },
    null,
    bytes(32),
  ]
  for (const key of keys) assertRefused(edited(ring => Object.assign(ring, { state: [key] })))
})

test('a signing key that is too short, of another kind or without its private half is refused', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' })
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  const { privateJwk, publicJwk } = ring.signing[0]
  const { kid: _, ...nameless } = privateJwk
  const misnamed = [nameless, { ...privateJwk, kid: '' }, { ...privateJwk, kty: 'EC' }]
  for (const key of [{ ...short, kid: 'a' }, { ...curve, kid: 'a' }, publicJwk, ...misnamed, null, 'key']) {
    assertRefused(edited(ring => Object.assign(ring, { signing: [key] })))
  }
})

test('a signing key whose halves do not belong together is refused', () => {
  const { n } = otherRing.signing[0].privateJwk
  assertRefused(edited(ring => Object.assign(ring, { signing: [{ ...ring.signing[0], n }] })))
})

test('two keys of one id are refused', () => {
  assertRefused(edited(ring => ring.signing.push({ ...ring.signing[0] })))
  assertRefused(edited(ring => ring.state.push(...ring.state)))
})

test('no refusal tells a part of a key', () => {
  const secret = ring.state[0].secret
  const text = edited(content =>
    Object.assign(content, { state: [{ id: 'AA', secret: Buffer.from(secret).toString('base64url') }] }),
  )
  assert.throws(
    () => parseKeyRing(text),
    (error: Error) => !error.message.includes(Buffer.from(secret).toString('base64url')),
  )
})
