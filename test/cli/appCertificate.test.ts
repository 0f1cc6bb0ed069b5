import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { givenAppCertificate } from '../../src/cli/appCertificate.ts'
import { Refusal } from '../../src/cli/refusal.ts'
import { aTrust } from '../server/aCertificate.ts'
import { anAppCertificate } from './anAppCertificate.ts'
import { aFolder } from './aProgram.ts'

const NOW = Date.UTC(2026, 0, 15, 9)
const DAY_MS = 86_400_000
const LIFE = { from: NOW - DAY_MS, to: NOW + DAY_MS }

function aFile(t: TestContext, text: string): string {
  const path = join(aFolder(t), 'app.pem')
  writeFileSync(path, text)
  return path
}

async function refuses(path: string, sentence: RegExp, now = NOW): Promise<void> {
  await assert.rejects(givenAppCertificate(path, now), (error: unknown) => {
    assert.ok(error instanceof Refusal)
    assert.match(error.message, sentence)
    assert.doesNotMatch(error.message, /\n/)
    return true
  })
}

test('of a certificate both digests, the public key and the end are kept, also where others stand after it', async t => {
  const [pem, other] = [await anAppCertificate(LIFE), await anAppCertificate(LIFE)]
  const { raw, publicKey } = new X509Certificate(pem)
  const { n, e } = publicKey.export({ format: 'jwk' })
  for (const text of [pem, `${pem}\n${other}`, `Bag Attributes\n${pem}`]) {
    assert.deepEqual(await givenAppCertificate(aFile(t, text), NOW), {
      thumbprint: createHash('sha256').update(raw).digest('base64url'),
      sha1: createHash('sha1').update(raw).digest('base64url'),
      publicJwk: { kty: 'RSA', n, e },
      notAfter: LIFE.to,
    })
  }
})

test('a certificate is good to its last second, from its first one on', async t => {
  const path = aFile(t, await anAppCertificate(LIFE))
  for (const now of [LIFE.from, LIFE.to - 1]) assert.equal((await givenAppCertificate(path, now)).notAfter, LIFE.to)
  await refuses(path, /'.*app\.pem' is good no more: it ended at 2026-01-16T09:00:00\.000Z\.$/, LIFE.to)
  await refuses(path, /'.*app\.pem' is good only from 2026-01-14T09:00:00\.000Z on\.$/, LIFE.from - 1)
})

test('a key that is no RSA key, or a short one, is refused with what it is', async t => {
  const { certificate } = await aTrust(LIFE)
  await refuses(aFile(t, certificate.cert), /holds a key of the kind ec: it must be RSA\.$/)
  await refuses(aFile(t, await anAppCertificate({ ...LIFE, bits: 1_024 })), /an RSA key of 1024 bits: it needs 2048\.$/)
})

test('what holds no certificate, a private key alone too, and what cannot be read is refused by its name', async t => {
  const { certificate } = await aTrust(LIFE)
  for (const text of ['', 'text', certificate.key, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
    await refuses(aFile(t, text), /^The certificate file '.*app\.pem' holds no certificate in PEM\.$/)
  }
  const folder = aFolder(t)
  await refuses(join(folder, 'none.pem'), /^There is no certificate file '.*none\.pem'\.$/)
  await refuses(folder, /^The certificate file '.*' cannot be read: .*directory\.$/)
})
