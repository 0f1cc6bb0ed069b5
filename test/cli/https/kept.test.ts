import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { KeysRefused } from '../../../src/auth/keys/privateFile.ts'
import { keptCertificate } from '../../../src/cli/https/kept.ts'
import type { Certificate } from '../../../src/server/connection/listener.ts'
import { aKey, pemOf } from '../../server/aCertificate.ts'
import { aFolder } from '../aProgram.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 0, 15, 9)
const NAMES = ['localhost', '127.0.0.1', '::1']
const FILES = ['d.db.ca.key', 'd.db.ca.pem', 'd.db.https.pem']

/** A database's place, and its certificate at a moment. */
interface Place {
  readonly folder: string
  readonly at: (now?: number, names?: readonly string[]) => Promise<Certificate>
  readonly file: (name: string) => string
}

function aPlace(context: TestContext): Place {
  const folder = aFolder(context)
  return {
    folder,
    at: (now = NOW, names = NAMES) => keptCertificate(join(folder, 'd.db'), names, now),
    file: name => join(folder, `d.db.${name}`),
  }
}

function read(path: string): X509Certificate {
  return new X509Certificate(readFileSync(path))
}

function assertServes({ cert, key }: Certificate, ca: X509Certificate, names: readonly string[]): void {
  const certificate = new X509Certificate(cert)
  assert.ok(certificate.checkIssued(ca) && certificate.verify(ca.publicKey))
  assert.ok(certificate.checkPrivateKey(createPrivateKey(key)))
  assert.equal(certificate.ca, false)
  for (const name of names) assert.ok(certificate.checkHost(name) ?? certificate.checkIP(name), name)
}

test('an authority and a certificate are made once, and used again as they are (DELTA-175)', async t => {
  const { folder, at, file } = aPlace(t)
  const made = await at()
  assert.deepEqual(readdirSync(folder).sort(), FILES)
  const ca = read(file('ca.pem'))
  assert.ok(ca.ca && ca.checkIssued(ca))
  assertServes(made, ca, NAMES)
  const bytes = FILES.map(name => readFileSync(join(folder, name), 'utf8'))
  assert.deepEqual(await at(NOW + 300 * DAY_MS), made)
  assert.deepEqual(
    FILES.map(name => readFileSync(join(folder, name), 'utf8')),
    bytes,
  )
})

test('the keys are readable by their owner alone, and what clients need holds none', async t => {
  const { at, file } = aPlace(t)
  await at()
  for (const name of ['ca.key', 'https.pem']) assert.equal(statSync(file(name)).mode & 0o777, 0o600)
  assert.match(readFileSync(file('ca.pem'), 'utf8'), /^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/)
})

test('a certificate is made anew 30 days before its end, by the same authority (DELTA-175)', async t => {
  const { at, file } = aPlace(t)
  const first = await at()
  const ca = read(file('ca.pem'))
  const end = new X509Certificate(first.cert).validToDate.getTime()
  assert.deepEqual(await at(end - 30 * DAY_MS - 1), first)
  const next = await at(end - 30 * DAY_MS)
  assert.notEqual(next.key, first.key)
  assert.ok(new X509Certificate(next.cert).validToDate.getTime() > end)
  assertServes(next, ca, NAMES)
  assert.equal(read(file('ca.pem')).toString(), ca.toString())
})

test('a name that the certificate does not prove makes a new one, by the same authority (DELTA-175)', async t => {
  const { at, file } = aPlace(t)
  const first = await at()
  const names = [...NAMES, 'directory.example.org', '192.0.2.7', '2001:db8::7']
  const next = await at(NOW, names)
  assert.notEqual(next.cert, first.cert)
  assertServes(next, read(file('ca.pem')), names)
  assert.deepEqual(await at(NOW), next, 'a name less is no reason for another')
})

test('for a clock that was set back the certificates are made anew', async t => {
  const { at, file } = aPlace(t)
  const first = await at()
  const earlier = NOW - 400 * DAY_MS
  const next = await at(earlier)
  assert.notEqual(next.cert, first.cert)
  assert.ok(read(file('ca.pem')).validFromDate.getTime() < earlier)
})

test('the authority is good for longer than each of its certificates, by one key for good (DELTA-175)', async t => {
  const { at, file } = aPlace(t)
  await at()
  const first = read(file('ca.pem'))
  const made = new Set<string>()
  for (let day = 0; day < 20 * 365; day += 90) {
    const now = NOW + day * DAY_MS
    const certificate = await at(now)
    const ca = read(file('ca.pem'))
    made.add(ca.toString())
    assertServes(certificate, ca, NAMES)
    const leaf = new X509Certificate(certificate.cert)
    assert.ok(leaf.validToDate.getTime() >= now + 30 * DAY_MS && leaf.validToDate <= ca.validToDate)
    // Who trusts the first certificate of the authority trusts what it signs later, as long as that one lasts.
    assert.ok(leaf.checkIssued(first) && leaf.verify(first.publicKey))
  }
  assert.equal(made.size, 3)
})

test('files that are lost or damaged are made anew, the authority as long as its key is there', async t => {
  const { at, file } = aPlace(t)
  await at()
  const { publicKey } = read(file('ca.pem'))
  const sameKey = () => read(file('ca.pem')).publicKey.equals(publicKey)
  for (const [name, text] of [
    ['https.pem', ''],
    ['https.pem', 'nonsense'],
    ['https.pem', pemOf(aKey())],
    ['ca.pem', 'nonsense'],
  ] as const) {
    writeFileSync(file(name), text)
    assertServes(await at(), read(file('ca.pem')), NAMES)
    assert.ok(sameKey(), name)
  }
  rmSync(file('ca.pem'))
  assertServes(await at(), read(file('ca.pem')), NAMES)
  assert.ok(sameKey())
  rmSync(file('ca.key'))
  await at()
  assert.ok(sameKey(), 'what is good needs no key')
  await at(NOW, ['another.example'])
  assert.ok(!sameKey())
})

test('keys that others can read, or that are none of ours, are refused in one sentence', async t => {
  const refused = (place: Place, sentence: RegExp) =>
    assert.rejects(place.at(NOW, ['new.example']), (error: unknown) => {
      assert.ok(error instanceof KeysRefused)
      assert.match(error.message, sentence)
      assert.doesNotMatch(error.message, /\n|BEGIN/)
      return true
    })
  for (const name of ['ca.key', 'https.pem']) {
    const place = aPlace(t)
    await place.at()
    chmodSync(place.file(name), 0o644)
    await refused(
      place,
      new RegExp(`${name}' is open to others \\(mode 0644\\): make it yours alone with chmod 600\\.$`),
    )
  }
  const place = aPlace(t)
  await place.at()
  writeFileSync(place.file('ca.key'), 'nonsense')
  await refused(place, /ca\.key' holds no key of ours: put it back, or remove it for a new authority\.$/)
  const nowhere = aPlace(t)
  rmSync(nowhere.folder, { recursive: true })
  await refused(
    nowhere,
    /^The files of the certificate authority beside '.*' cannot be read or made: no such file or directory\.$/,
  )
  const folder = aPlace(t)
  mkdirSync(folder.file('ca.pem'))
  await refused(folder, /illegal operation on a directory\.$/)
})
