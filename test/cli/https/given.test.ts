import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { givenCertificate } from '../../../src/cli/https/given.ts'
import { Refusal } from '../../../src/cli/refusal.ts'
import { aKey, aTrust, pemOf, type Trust } from '../../server/aCertificate.ts'
import { aFolder } from '../aProgram.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 0, 15, 9)
const LIFE = { from: NOW - DAY_MS, to: NOW + DAY_MS }

interface Files {
  readonly trust: Trust
  readonly cert: string
  readonly key: string
}

/** A good pair of files; what stands in them can be another. */
async function aPair(
  context: TestContext,
  texts: { readonly cert?: string; readonly key?: string } = {},
): Promise<Files> {
  const folder = aFolder(context)
  const trust = await aTrust(LIFE)
  const [cert, key] = [join(folder, 'server.crt'), join(folder, 'server.key')]
  writeFileSync(cert, texts.cert ?? trust.certificate.cert)
  writeFileSync(key, texts.key ?? trust.certificate.key)
  return { trust, cert, key }
}

async function assertRefused(files: Pick<Files, 'cert' | 'key'>, sentence: RegExp, now = NOW): Promise<void> {
  await assert.rejects(givenCertificate(files, now), (error: unknown) => {
    assert.ok(error instanceof Refusal)
    assert.match(error.message, sentence)
    assert.doesNotMatch(error.message, /\n/)
    return true
  })
}

test('a certificate and its key are used as they are, with those that prove it behind it', async t => {
  const { trust, cert, key } = await aPair(t)
  assert.deepEqual(await givenCertificate({ cert, key }, NOW), trust.certificate)
  const chain = trust.certificate.cert + trust.ca
  writeFileSync(cert, chain)
  assert.equal((await givenCertificate({ cert, key }, NOW)).cert, chain)
})

test('a certificate outside its time is refused', async t => {
  const files = await aPair(t)
  await assertRefused(files, /server\.crt' is good no more: it ended at 2026-01-16T09:00:00\.000Z\.$/, LIFE.to)
  await assertRefused(files, /server\.crt' is good only from 2026-01-14T09:00:00\.000Z on\.$/, LIFE.from - 1)
})

test('a key that does not fit its certificate is refused', async t => {
  await assertRefused(
    await aPair(t, { key: pemOf(aKey()) }),
    /server\.key' does not fit the certificate file '.*server\.crt'\.$/,
  )
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await assertRefused(await aPair(t, { key: pemOf(privateKey) }), /does not fit/)
})

test('files that hold something else are refused', async t => {
  const { trust } = await aPair(t)
  for (const text of [
    '',
    'nonsense',
    trust.certificate.key,
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  ]) {
    await assertRefused(await aPair(t, { cert: text }), /server\.crt' holds no certificate in PEM\.$/)
  }
  for (const text of ['', 'nonsense', trust.certificate.cert]) {
    await assertRefused(await aPair(t, { key: text }), /server\.key' holds no key in PEM\.$/)
  }
})

test('a key under a passphrase is refused as that', async t => {
  for (const type of ['pkcs8', 'sec1'] as const) {
    const locked = aKey().export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }).toString()
    await assertRefused(await aPair(t, { key: locked }), /server\.key' is locked by a passphrase\.$/)
  }
})

test('files that are not there, or cannot be read, are refused', async t => {
  const { cert, key } = await aPair(t)
  await assertRefused({ cert: `${cert}.not`, key }, /^There is no certificate file '.*\.not'\.$/)
  await assertRefused({ cert, key: `${key}.not` }, /^There is no key file '.*\.not'\.$/)
  const folder = join(aFolder(t), 'folder')
  mkdirSync(folder)
  await assertRefused(
    { cert: folder, key },
    /^The certificate file '.*folder' cannot be read: illegal operation on a directory\.$/,
  )
})
