import assert from 'node:assert/strict'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import test from 'node:test'
import { SignJWT } from 'jose'
import { claimedClient, newUsedAssertions, verifyAssertion } from '../../src/auth/issuer/clientAssertion.ts'
import { OAuthRefusal } from '../../src/auth/issuer/oauthRefusal.ts'
import { anAppCertificate } from './anAppCertificate.ts'
import { aPlainApp } from './aPlainApp.ts'
import { APP, BASE, NOW, NOW_S, OTHER_TENANT, TENANT } from './aToken.ts'

const DAY_MS = 86_400_000
const TOKEN_ENDPOINT = `${BASE}/${TENANT}/oauth2/v2.0/token`
const ISSUER = `${BASE}/${TENANT}/v2.0`

const held = await anAppCertificate(NOW + DAY_MS)
const ended = await anAppCertificate(NOW)
const stranger = await anAppCertificate(NOW + DAY_MS)
const key = createPrivateKey(held.privateKey)
const app = aPlainApp({ clientId: APP, tenant: TENANT, certificates: [ended.registered, held.registered] })

type Fields = Record<string, unknown>

const HEADER = { alg: 'PS256', 'x5t#S256': held.registered.thumbprint }
const CLAIMS = { aud: TOKEN_ENDPOINT, iss: APP, sub: APP, jti: 'one', nbf: NOW_S, exp: NOW_S + 600 }

/** An assertion as MSAL makes it, some claims and header fields given otherwise; `undefined` leaves one out. */
function anAssertion(claims: Fields = {}, header: Fields = {}, signer: KeyObject = key): Promise<string> {
  const all = { ...HEADER, ...header }
  return new SignJWT({ ...CLAIMS, ...claims }).setProtectedHeader(all).sign(signer)
}

function verify(
  assertion: string,
  now = NOW,
  used: Parameters<typeof verifyAssertion>[1]['used'] = null,
): Promise<void> {
  return verifyAssertion(assertion, { app, audiences: [TOKEN_ENDPOINT, ISSUER], now, used })
}

async function refuses(assertion: Promise<string> | string, aadsts: number, now = NOW): Promise<void> {
  await assert.rejects(verify(await assertion, now), (error: unknown) => {
    assert.ok(error instanceof OAuthRefusal, String(error))
    assert.deepEqual([error.error, error.aadsts], ['invalid_client', aadsts], error.message)
    return true
  })
}

test('an assertion that a certificate of the app signed for this tenant proves the app (DELTA-240)', async () => {
  const { sha1, thumbprint } = held.registered
  for (const header of [
    {},
    { alg: 'RS256' },
    { alg: 'RS256', 'x5t#S256': undefined, x5t: sha1 },
    { x5t: sha1, 'x5t#S256': thumbprint },
    { typ: 'JWT' },
    { typ: 'client-authentication+jwt' },
    { x5c: ['not looked at'] },
  ]) {
    await verify(await anAssertion({}, header))
  }
  await verify(await anAssertion({ aud: ISSUER }))
})

test('the certificate is one of the app, named by its thumbprint, and has not ended (DELTA-240)', async () => {
  await refuses(anAssertion({}, { 'x5t#S256': undefined }), 700027)
  await refuses(anAssertion({}, { 'x5t#S256': stranger.registered.thumbprint }), 700027)
  await refuses(anAssertion({}, { x5t: stranger.registered.sha1 }), 700027)
  await refuses(anAssertion({}, { 'x5t#S256': undefined, x5t: held.registered.thumbprint }), 700027)
  await refuses(anAssertion({}, { 'x5t#S256': '__proto__' }), 700027)
  const before = createPrivateKey(ended.privateKey)
  await refuses(anAssertion({}, { 'x5t#S256': ended.registered.thumbprint }, before), 700027)
})

test('the key of the certificate signed it, by one of two algorithms (DELTA-240)', async () => {
  await refuses(anAssertion({}, {}, createPrivateKey(stranger.privateKey)), 700027)
  for (const alg of ['RS384', 'PS512']) await refuses(anAssertion({}, { alg }), 700027)
  const good = await anAssertion()
  const [header = '', payload = '', signature = ''] = good.split('.')
  const changed = Buffer.from(JSON.stringify({ ...CLAIMS, jti: 'two' })).toString('base64url')
  await refuses(`${header}.${changed}.${signature}`, 700027)
  const inHeader = (fields: object) => Buffer.from(JSON.stringify({ ...HEADER, ...fields })).toString('base64url')
  await refuses(`${inHeader({ alg: 'none' })}.${payload}.`, 700027)
  const mac = new TextEncoder().encode(held.certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString())
  const forged = new SignJWT(CLAIMS).setProtectedHeader({ ...HEADER, alg: 'HS256' }).sign(mac)
  await refuses(forged, 700027)
})

test('the app made it, for this tenant alone (DELTA-240)', async () => {
  const other = 'bbbbbbbb-2222-4333-8444-555555555555'
  for (const claims of [{ iss: other }, { sub: other }, { iss: undefined }, { sub: undefined }]) {
    await refuses(anAssertion(claims), 50027)
  }
  const elsewhere = `${BASE}/${OTHER_TENANT}/oauth2/v2.0/token`
  for (const aud of [elsewhere, 'https://login.microsoftonline.com', BASE, undefined, [TOKEN_ENDPOINT, elsewhere]]) {
    await refuses(anAssertion({ aud }), 700023)
  }
})

test('it is made now and lives for an hour at the most, by clocks that are a minute apart (DELTA-240)', async () => {
  await verify(await anAssertion(), NOW + 659_000)
  await refuses(anAssertion(), 700024, NOW + 660_000)
  await verify(await anAssertion(), NOW - 60_000)
  await refuses(anAssertion(), 700024, NOW - 61_000)
  await verify(await anAssertion({ exp: NOW_S + 3_660 }))
  for (const claims of [{ exp: NOW_S + 3_661 }, { exp: NOW_S + 0.5 }, { iat: NOW_S + 61 }]) {
    await refuses(anAssertion(claims), 700024)
  }
  await refuses(anAssertion({ exp: undefined }), 50027)
})

test('it has an id (DELTA-240)', async () => {
  for (const jti of [undefined, '', 7, 'x'.repeat(257)]) await refuses(anAssertion({ jti }), 50027)
})

test('where assertions are good once, one that comes again is refused until it has ended, and another is not (DELTA-248)', async () => {
  const used = newUsedAssertions()
  const once = await anAssertion()
  await verify(once, NOW, used)
  await verify(await anAssertion({ jti: 'two' }), NOW, used)
  for (const now of [NOW, NOW + 659_000]) await assert.rejects(verify(once, now, used), /was used before/)
  await assert.rejects(verify(await anAssertion({ exp: NOW_S + 300 }), NOW, used), /was used before/)
  // Where they are not, MSAL sends one for ten minutes.
  await verify(once)
  await verify(once)
})

test('a refused assertion is not used up', async () => {
  const used = newUsedAssertions()
  await assert.rejects(verify(await anAssertion({ aud: BASE }), NOW, used))
  await verify(await anAssertion(), NOW, used)
})

test('text that is no signed JWT is refused, and names no app', async () => {
  const object = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  for (const text of [
    '',
    '.',
    '..',
    'a.b.c',
    'x'.repeat(10_000),
    `${object(null)}.${object(null)}.x`,
    '{"alg":"none"}',
  ]) {
    await refuses(text, 50027)
    assert.equal(claimedClient(text), null)
  }
  await refuses(anAssertion({}, { typ: 'at+jwt' }), 50027)
  assert.equal(claimedClient(await anAssertion()), APP)
  assert.equal(claimedClient(await anAssertion({ sub: 7 as unknown as string })), null)
})
