import assert from 'node:assert/strict'
import test from 'node:test'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { GRAPH_RESOURCE, issueAccessToken, issuerOf } from '../../src/auth/issuer/issuer.ts'
import { hashSecret, newClientSecret } from '../../src/auth/issuer/secret.ts'
import { newKeyRing } from '../../src/auth/keys/keyRing.ts'
import type { TenantId } from '../../src/core/id.ts'
import type { App } from '../../src/store/store.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { aNeighbour } from './aNeighbour.ts'
import { aServer, BASE, type Reply, type TestServer } from './aServer.ts'
import { assertEnvelope, assertStands, standingOf } from './refusal.ts'

/** Registers an app of the server's tenant; gives it with its secret. */
async function anApp({ store, tenant }: TestServer, roles = ['Group.Read.All']): Promise<{ app: App; secret: string }> {
  const secret = newClientSecret()
  const clientId = crypto.randomUUID()
  const app: App = aPlainApp({ clientId, tenant, displayName: 'Sync', roles, secretHashes: [hashSecret(secret)] })
  await store.putApp(app)
  return { app, secret }
}

/** Sends a form to a tenant's token endpoint. */
async function askToken(
  { app }: TestServer,
  tenant: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const reply = await app.inject({
    method: 'POST',
    url: `/${tenant}/oauth2/v2.0/token`,
    headers: { host: 'localhost:3000', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(form).toString(),
  })
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() }
}

function formOf({ clientId }: App, secret: string, scope = `${GRAPH_RESOURCE}/.default`): Record<string, string> {
  return { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope }
}

/** Asks for the groups with a token, as whoever holds it would. */
function listGroups({ call }: TestServer, authorization: string): Promise<Reply> {
  return call('/v1.0/groups', { roles: null, headers: { authorization } })
}

test("an app gets an RS256 token for the scope's resource, good for 3,599 seconds, that opens the directory (DELTA-95)", async t => {
  const server = await aServer(t)
  const { app, secret } = await anApp(server)
  for (const resource of [GRAPH_RESOURCE, BASE]) {
    const { status, headers, body } = await askToken(server, server.tenant, formOf(app, secret, `${resource}/.default`))
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'no-store')
    assert.match(String(headers['content-type']), /^application\/json/)
    assert.equal(body.token_type, 'Bearer')
    assert.equal(body.expires_in, 3599)
    assert.equal(decodeProtectedHeader(body.access_token).alg, 'RS256')
    const { aud, iat, exp } = decodeJwt(body.access_token)
    assert.equal(aud, resource)
    assert.equal((exp ?? 0) - (iat ?? 0), 3599)
    assert.equal((await listGroups(server, `Bearer ${body.access_token}`)).status, 200)
  }
})

test('a tenant is named by its id or its domain, and the secret may stand in a Basic header (DELTA-95)', async t => {
  const server = await aServer(t)
  const { app, secret } = await anApp(server)
  const { client_id: _, client_secret: __, ...form } = formOf(app, secret)
  const basic = `Basic ${Buffer.from(`${app.clientId}:${secret}`).toString('base64')}`
  for (const name of [server.tenant, server.domain]) {
    assert.equal((await askToken(server, name, formOf(app, secret))).status, 200)
    assert.equal((await askToken(server, name, form, { authorization: basic })).status, 200)
  }
})

test('a wrong secret, an unknown app and the app of another tenant are 401 invalid_client alike (DELTA-95)', async t => {
  const server = await aServer(t)
  const neighbour = await aNeighbour(server)
  const { app, secret } = await anApp(server)
  const unknown = { ...app, clientId: crypto.randomUUID() }
  const replies = [
    await askToken(server, server.tenant, formOf(app, newClientSecret())),
    await askToken(server, server.tenant, formOf(unknown, secret)),
    await askToken(server, neighbour.tenant, formOf(app, secret)),
  ]
  for (const { status, body } of replies) {
    assert.equal(status, 401)
    assert.equal(body.error, 'invalid_client')
    assert.equal(body.error_description, replies[0]?.body.error_description)
    assert.ok(!('access_token' in body))
  }
})

test('what the token endpoint does not offer is refused in the words of OAuth', async t => {
  const server = await aServer(t)
  const { app, secret } = await anApp(server)
  const form = formOf(app, secret)
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [{}, 'invalid_request'],
    [{ ...form, grant_type: 'password' }, 'unsupported_grant_type'],
    [{ ...form, scope: 'https://vault.azure.net/.default' }, 'invalid_scope'],
    [{ ...form, scope: `${GRAPH_RESOURCE}/Group.Read.All` }, 'invalid_scope'],
  ]
  for (const [sent, error] of cases) {
    const { status, headers, body } = await askToken(server, server.tenant, sent)
    assert.deepEqual([status, body.error], [400, error])
    assert.ok(headers['request-id'])
  }
  const asJson = await askToken(server, server.tenant, form, { 'content-type': 'application/json' })
  assert.deepEqual([asJson.status, asJson.body.error], [400, 'invalid_request'])
  const nowhere = await askToken(server, 'nowhere.example', form)
  assert.deepEqual([nowhere.status, nowhere.body.error], [400, 'invalid_tenant'])
})

test('the discovery document names issuer, token endpoint and keys on the public base, and the keys verify tokens (DELTA-96)', async t => {
  const server = await aServer(t)
  const { app, secret } = await anApp(server)
  for (const name of [server.tenant, server.domain]) {
    const { status, body } = await server.call(`/${name}/v2.0/.well-known/openid-configuration`, { roles: null })
    assert.equal(status, 200)
    assert.equal(body.issuer, `${BASE}/${server.tenant}/v2.0`)
    assert.equal(body.token_endpoint, `${BASE}/${server.tenant}/oauth2/v2.0/token`)
    assert.equal(body.jwks_uri, `${BASE}/${server.tenant}/discovery/v2.0/keys`)
    const keys = (await server.call(body.jwks_uri, { roles: null })).body
    const { access_token: token } = (await askToken(server, server.tenant, formOf(app, secret))).body
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: body.issuer,
      audience: GRAPH_RESOURCE,
      algorithms: ['RS256'],
      currentDate: new Date(server.clock.now()),
    })
    assert.equal(payload['tid'], server.tenant)
  }
})

test('the key set holds no private part of a key (DELTA-96)', async t => {
  const server = await aServer(t)
  const { body } = await server.call(`/${server.tenant}/discovery/v2.0/keys`, { roles: null })
  assert.ok(body.keys.length > 0)
  for (const key of body.keys) {
    assert.equal(key.kty, 'RSA')
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(name in key), name)
  }
})

test('discovery and keys of a tenant that is not there are 404', async t => {
  const server = await aServer(t)
  for (const tenant of ['nowhere.example', '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7', '%00', 'common']) {
    for (const path of ['v2.0/.well-known/openid-configuration', 'discovery/v2.0/keys']) {
      const reply = await server.call(`/${tenant}/${path}`, { roles: null })
      assertEnvelope(reply, { status: 404, code: 'ResourceNotFound' })
    }
  }
})

test('instance discovery knows the authorities of this server, by every name of its host, and no others (DELTA-207)', async t => {
  const server = await aServer(t)
  const discover = (endpoint: string) =>
    server.call(`/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(endpoint)}`, {
      roles: null,
    })
  for (const path of ['oauth2/v2.0/authorize', 'oauth2/authorize']) {
    const { status, body } = await discover(`${BASE}/${server.tenant}/${path}`)
    assert.equal(status, 200)
    assert.equal(body.tenant_discovery_endpoint, `${BASE}/${server.tenant}/v2.0/.well-known/openid-configuration`)
    assert.equal(body['api-version'], '1.1')
    const host = 'localhost:3000'
    assert.deepEqual(body.metadata, [{ preferred_network: host, preferred_cache: host, aliases: [host] }])
  }
  for (const endpoint of [
    'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    `https://evil.example/${BASE}/x/oauth2/v2.0/authorize`,
    `${BASE}.evil.example/x/oauth2/v2.0/authorize`,
    `${BASE}/x/oauth2/v2.0/token`,
    '',
  ]) {
    const { status, body } = await discover(endpoint)
    assert.deepEqual([status, body.error], [400, 'invalid_instance'])
  }
})

/** Tokens that differ from a good one in one point. */
async function badTokens(server: TestServer): Promise<Record<string, string>> {
  const { tenant, clock } = server
  const { ring } = server.services.controls
  const { app } = await anApp(server, ['Group.ReadWrite.All'])
  const grant = { tenant, app, audience: GRAPH_RESOURCE, now: clock.now(), issuer: issuerOf(BASE, tenant), ring }
  const good = await issueAccessToken(grant)
  const [header = '', payload = '', signature = ''] = good.split('.')
  const claims = decodeJwt(good)
  const key = ring.signing[0]
  const resigned = (changes: object) =>
    new SignJWT({ ...claims, ...changes })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: key.kid })
      .sign(key.privateJwk)
  const inHeader = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url')
  const other = await newKeyRing()
  const gone = crypto.randomUUID() as TenantId
  return {
    'no token': '',
    'text without dots': 'nonsense',
    'two parts': `${header}.${payload}`,
    'an unsigned token': `${inHeader({ typ: 'JWT', alg: 'none' })}.${payload}.`,
    'a changed payload': `${header}.${inHeader({ ...claims, roles: ['Directory.ReadWrite.All'] })}.${signature}`,
    'a changed signature': `${header}.${payload}.${signature.replace(/^./, first => (first === 'A' ? 'B' : 'A'))}`,
    "another server's key": await issueAccessToken({ ...grant, ring: other }),
    'an HS256 token': await new SignJWT({ ...claims })
      .setProtectedHeader({ typ: 'JWT', alg: 'HS256', kid: key.kid })
      .sign(new TextEncoder().encode(JSON.stringify(key.publicJwk))),
    'a PS256 header': `${inHeader({ typ: 'JWT', alg: 'PS256', kid: key.kid })}.${payload}.${signature}`,
    'another audience': await issueAccessToken({ ...grant, audience: 'https://vault.azure.net' }),
    'another issuer': await issueAccessToken({ ...grant, issuer: issuerOf('https://evil.example', tenant) }),
    'a life that is over': await issueAccessToken({ ...grant, now: clock.now() - 2 * 3_600_000 }),
    'a life that has not begun': await issueAccessToken({ ...grant, now: clock.now() + 2 * 3_600_000 }),
    'no end of life': await resigned({ exp: undefined }),
    'a tenant that is not there': await issueAccessToken({ ...grant, tenant: gone, issuer: issuerOf(BASE, gone) }),
  }
}

test('a token that is missing or wrong in any one point is 401 with WWW-Authenticate, and nothing is done (DELTA-97)', async t => {
  const server = await aServer(t)
  const standing = await standingOf(server)
  const refusal = { status: 401, code: 'InvalidAuthenticationToken' }
  for (const [name, token] of Object.entries(await badTokens(server))) {
    const headers = { authorization: `Bearer ${token}` }
    const body = { displayName: 'Staff', mailEnabled: false, mailNickname: 'staff', securityEnabled: true }
    for (const how of [{}, { method: 'POST', body }] as const) {
      const reply = await server.call('/v1.0/groups', { ...how, roles: null, headers })
      assertEnvelope(reply, refusal)
      assert.match(String(reply.headers['www-authenticate']), /^Bearer /, name)
    }
  }
  await assertStands(server, standing)
})

test('a token in another scheme, or anywhere but in its header, is none (DELTA-97)', async t => {
  const server = await aServer(t)
  const token = await server.token()
  for (const authorization of [token, `Basic ${token}`, `Bearer  ${token}`, `Bearer ${token} x`, 'Bearer', '']) {
    const reply = await listGroups(server, authorization)
    assertEnvelope(reply, { status: 401, code: 'InvalidAuthenticationToken' })
    assert.match(String(reply.headers['www-authenticate']), /^Bearer /)
  }
  const inQuery = await server.call(`/v1.0/groups?access_token=${token}`, { roles: null })
  assertEnvelope(inQuery, { status: 401, code: 'InvalidAuthenticationToken', message: 'Access token is empty.' })
  assert.equal((await listGroups(server, `bearer ${token}`)).status, 200)
})

test('a wrong signature on a payload that was let in before is 401 (DELTA-97)', async t => {
  const server = await aServer(t)
  const [header, payload, signature = ''] = (await server.token()).split('.')
  const ask = (authorization: string) => server.call('/v1.0/groups', { roles: null, headers: { authorization } })
  const good = `Bearer ${header}.${payload}.${signature}`
  assert.equal((await ask(good)).status, 200)
  const wrong = Buffer.from(signature, 'base64url').reverse().toString('base64url')
  assertEnvelope(await ask(`Bearer ${header}.${payload}.${wrong}`), {
    status: 401,
    code: 'InvalidAuthenticationToken',
  })
  assert.equal((await ask(good)).status, 200)
})

test('a token ends with its life, by the clock of the server, and the answer names its tenant (DELTA-97, DELTA-191)', async t => {
  const server = await aServer(t)
  const authorization = `Bearer ${await server.token()}`
  server.clock.advance(3_599_000)
  assert.equal((await listGroups(server, authorization)).status, 200)
  server.clock.advance(120_000)
  const message = 'Lifetime validation failed, the token is expired.'
  const reply = await listGroups(server, authorization)
  assertEnvelope(reply, { status: 401, code: 'InvalidAuthenticationToken', message })
  const place = `authorization_uri="${BASE}/${server.tenant}/oauth2/authorize"`
  assert.ok(String(reply.headers['www-authenticate']).includes(place))
})

test('without a token every path below a version is 401, also one that is not there (DELTA-97)', async t => {
  const server = await aServer(t)
  for (const path of ['groups', 'groups/delta', 'users/ada', 'directory/deletedItems', 'nowhere', 'me']) {
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'PUT'] as const) {
      const reply = await server.call(`/v1.0/${path}`, { method, roles: null })
      assertEnvelope(reply, { status: 401, code: 'InvalidAuthenticationToken', message: 'Access token is empty.' })
    }
  }
})
