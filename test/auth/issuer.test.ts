import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { openIdConfiguration } from '../../src/auth/issuer/discovery.ts'
import { issueAccessToken, issueDelegatedToken, issuerOf, jwks } from '../../src/auth/issuer/issuer.ts'
import { newKeyRing } from '../../src/auth/keys/keyRing.ts'
import { isGuid, parseObjectId, parseTenantId } from '../../src/core/id.ts'
import type { App } from '../../src/store/store.ts'
import { aPlainApp } from './aPlainApp.ts'

const BASE = 'http://localhost:3000'
const NOW = Date.UTC(2026, 2, 3, 12, 0, 0, 789)
const tenant = parseTenantId('11111111-2222-4333-8444-555555555555')
const otherTenant = parseTenantId('99999999-2222-4333-8444-555555555555')
const ring = await newKeyRing()
const app: App = aPlainApp({
  clientId: 'aaaaaaaa-2222-4333-8444-555555555555',
  tenant,
  displayName: 'Größe',
  roles: ['Group.Read.All', 'User.Read.All'],
})

function issue(grant: Partial<Parameters<typeof issueAccessToken>[0]> = {}): Promise<string> {
  const issuer = issuerOf(BASE, tenant)
  return issueAccessToken({ tenant, app, audience: BASE, now: NOW, issuer, ring, ...grant })
}

test('an access token is an RS256 JWT that the published keys verify', async () => {
  const token = await issue()
  assert.deepEqual(decodeProtectedHeader(token), { typ: 'JWT', alg: 'RS256', kid: ring.signing[0].kid })
  const options = {
    algorithms: ['RS256'],
    issuer: `${BASE}/${tenant}/v2.0`,
    audience: BASE,
    currentDate: new Date(NOW),
  }
  await jwtVerify(token, createLocalJWKSet(jwks(ring)), options)
})

test('an access token carries the claims of an Entra token for an app and lives 3,599 seconds', async () => {
  const claims = decodeJwt(await issue())
  const issuedAt = Math.floor(NOW / 1000)
  assert.equal(claims.iss, `${BASE}/${tenant}/v2.0`)
  assert.equal(claims.aud, BASE)
  assert.equal(claims.iat, issuedAt)
  assert.equal(claims.nbf, issuedAt)
  assert.equal(claims.exp, issuedAt + 3599)
  assert.equal(claims['tid'], tenant)
  assert.equal(claims['appid'], app.clientId)
  assert.equal(claims['azp'], app.clientId)
  assert.equal(claims['app_displayname'], 'Größe')
  assert.equal(claims['idtyp'], 'app')
  assert.equal(claims['ver'], '2.0')
  assert.deepEqual(claims['roles'], ['Group.Read.All', 'User.Read.All'])
})

test('the object id in a token is a GUID, the same at every issue and another in every tenant and for every app', async () => {
  const oidOf = async (grant: Parameters<typeof issue>[0] = {}) => decodeJwt(await issue(grant))['oid']
  const oid = await oidOf()
  assert.ok(typeof oid === 'string' && isGuid(oid) && oid !== app.clientId)
  assert.equal(await oidOf({ now: NOW + 1 }), oid)
  assert.notEqual(await oidOf({ tenant: otherTenant }), oid)
  assert.notEqual(await oidOf({ app: { ...app, clientId: 'another' } }), oid)
  assert.equal(decodeJwt(await issue()).sub, oid)
})

const user = {
  id: parseObjectId('cccccccc-2222-4333-8444-555555555555'),
  displayName: 'Ada',
  userPrincipalName: 'ada@example.org',
}

function issueFor(grant: Partial<Parameters<typeof issueDelegatedToken>[0]> = {}): Promise<string> {
  const issuer = issuerOf(BASE, tenant)
  const scopes = ['User.Read', 'Group.Read.All']
  return issueDelegatedToken({
    ...{ tenant, app, audience: BASE, now: NOW, issuer, ring, user, scopes },
    directoryRoles: ['User Administrator'],
    ...grant,
  })
}

test('a delegated token carries the claims of an Entra token for a user, and none of an app', async () => {
  const { uti, iat, nbf, exp, sub, ...claims } = decodeJwt(await issueFor())
  assert.equal(typeof uti, 'string')
  assert.deepEqual([iat, nbf, exp], [NOW / 1000, NOW / 1000, NOW / 1000 + 3599].map(Math.floor))
  assert.ok(typeof sub === 'string' && isGuid(sub))
  assert.deepEqual(claims, {
    iss: `${BASE}/${tenant}/v2.0`,
    aud: BASE,
    app_displayname: 'Größe',
    appid: app.clientId,
    appidacr: '1',
    azpacr: '1',
    azp: app.clientId,
    name: 'Ada',
    oid: user.id,
    preferred_username: 'ada@example.org',
    scp: 'User.Read Group.Read.All',
    tid: tenant,
    ver: '2.0',
    wids: ['fe930be7-5e62-47db-91af-98c3a49a38b1'],
  })
})

test('the subject of a delegated token is one user before one app, and tells neither', async () => {
  const subOf = async (grant: Parameters<typeof issueFor>[0] = {}) => decodeJwt(await issueFor(grant)).sub
  const sub = await subOf()
  assert.equal(await subOf({ now: NOW + 1, scopes: ['User.Read'] }), sub)
  assert.notEqual(await subOf({ app: { ...app, clientId: 'another' } }), sub)
  assert.notEqual(await subOf({ tenant: otherTenant }), sub)
  const another = { ...user, id: parseObjectId('dddddddd-2222-4333-8444-555555555555') }
  assert.notEqual(await subOf({ user: another }), sub)
  assert.ok(sub !== user.id && sub !== app.clientId)
})

test('no two access tokens are the same', async () => {
  assert.notEqual(await issue(), await issue())
})

test('the published keys hold every signing key and no private part', async () => {
  const other = await newKeyRing()
  const { keys } = jwks({ ...ring, signing: [...other.signing, ...ring.signing] })
  assert.deepEqual(
    keys.map(key => key.kid),
    [other.signing[0].kid, ring.signing[0].kid],
  )
  for (const key of keys) assert.deepEqual(Object.keys(key).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
})

test('the discovery document names the endpoints at the paths of Entra, and the issuer of the tokens', () => {
  const document = openIdConfiguration({ base: BASE, tenant, signIn: false })
  assert.equal(document.issuer, issuerOf(BASE, tenant))
  assert.equal(document.issuer, `${BASE}/${tenant}/v2.0`)
  assert.equal(document.authorization_endpoint, `${BASE}/${tenant}/oauth2/v2.0/authorize`)
  assert.equal(document.token_endpoint, `${BASE}/${tenant}/oauth2/v2.0/token`)
  assert.equal(document.jwks_uri, `${BASE}/${tenant}/discovery/v2.0/keys`)
  assert.deepEqual(document.token_endpoint_auth_methods_supported, [
    'client_secret_post',
    'client_secret_basic',
    'private_key_jwt',
  ])
  assert.deepEqual(document.response_types_supported, ['none'])
  assert.deepEqual(document.id_token_signing_alg_values_supported, ['RS256'])
})
