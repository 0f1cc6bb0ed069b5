import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { decodeJwt, SignJWT } from 'jose'
import { verifyBearer } from '../../src/auth/bearer/bearerToken.ts'
import { localIssuer } from '../../src/auth/bearer/localProfile.ts'
import { newVerifiedTokens } from '../../src/auth/bearer/verifiedTokens.ts'
import { newUsedAssertions } from '../../src/auth/issuer/clientAssertion.ts'
import type { OAuthAnswer } from '../../src/auth/issuer/oauthRefusal.ts'
import { hashSecret, newClientSecret } from '../../src/auth/issuer/secret.ts'
import { newKeyRing } from '../../src/auth/keys/keyRing.ts'
import { answerTokenRequest, type TokenRequest } from '../../src/auth/tokenRequest.ts'
import { isGuid, parseTenantId } from '../../src/core/id.ts'
import type { App, Tenant } from '../../src/store/store.ts'
import { anAppCertificate } from './anAppCertificate.ts'
import { aPlainApp } from './aPlainApp.ts'

const GRAPH = 'https://graph.microsoft.com'
const BASE = 'http://127.0.0.1:3000'
const BASES = ['http://localhost:3000', BASE, 'http://[::1]:3000']
const NOW = Date.UTC(2026, 2, 3, 12, 4, 5, 789)

const ours: Tenant = {
  id: parseTenantId('11111111-2222-4333-8444-5555555555ab'),
  kind: 'workforce',
  displayName: 'Ours',
  defaultDomain: '11111111.tidemark.example',
  domains: ['11111111.tidemark.example', 'ours.example'],
}
const theirs: Tenant = {
  id: parseTenantId('99999999-2222-4333-8444-5555555555ab'),
  kind: 'workforce',
  displayName: 'Theirs',
  defaultDomain: '99999999.tidemark.example',
  domains: ['99999999.tidemark.example'],
}
const secret = newClientSecret()
const oldSecret = newClientSecret()
const spacedSecret = `${newClientSecret()} +`
const app: App = aPlainApp({
  clientId: 'aaaaaaaa-2222-4333-8444-555555555555',
  tenant: ours.id,
  displayName: 'Sync',
  roles: ['Group.Read.All'],
  secretHashes: [hashSecret(secret), hashSecret(oldSecret), hashSecret(spacedSecret)],
})
const secretless: App = { ...app, clientId: 'cccccccc-2222-4333-8444-555555555555', secretHashes: [] }

const ring = await newKeyRing()
const store: TokenRequest['store'] = {
  app: async id => [app, secretless].find(app => app.clientId === id) ?? null,
  tenant: async id => [ours, theirs].find(tenant => tenant.id === id) ?? null,
  read: async () => assert.fail('an app that asks by itself needs nothing of the directory'),
  directoryRoles: async () => assert.fail('an app has no directory roles'),
  tenantOfDomain: async domain => [ours, theirs].find(({ domains }) => domains.includes(domain)) ?? null,
}

const FORM = {
  grant_type: 'client_credentials',
  client_id: app.clientId,
  client_secret: secret,
  scope: `${GRAPH}/.default`,
}

type Fields = Partial<Record<keyof typeof FORM | 'client-request-id' | 'client_assertion', string | undefined>>

/** The usual form with some fields replaced, or left out where undefined. */
function aForm(fields: Fields = {}): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...FORM, ...fields })) if (value !== undefined) form.append(name, value)
  return form
}

function ask(fields: Fields | URLSearchParams = {}, request: Partial<TokenRequest> = {}): Promise<OAuthAnswer> {
  const form = fields instanceof URLSearchParams ? fields : aForm(fields)
  const usual = {
    tenant: ours.id,
    authorization: undefined,
    now: NOW,
    base: BASE,
    bases: BASES,
    ring,
    store,
    signIns: null,
  }
  return answerTokenRequest({ ...usual, usedAssertions: null, form, ...request })
}

function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

/** The form of a client that sends its id and secret in the header. */
const headerForm = (fields: Fields = {}) => aForm({ client_id: undefined, client_secret: undefined, ...fields })

function claimsOf(answer: OAuthAnswer) {
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const { access_token: token } = answer.body
  assert.ok(typeof token === 'string')
  return decodeJwt(token)
}

function assertRefused(answer: OAuthAnswer, status: number, error: string, aadsts: number): void {
  assert.deepEqual(
    [answer.status, answer.body['error'], answer.body['error_codes']],
    [status, error, [aadsts]],
    JSON.stringify(answer.body),
  )
}

test('an app gets a bearer token for 3,599 seconds that the server then accepts', async () => {
  const { status, headers, body } = await ask()
  assert.equal(status, 200)
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['pragma'], 'no-cache')
  const { access_token: token, ...rest } = body
  assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 })
  const caller = await verifyBearer(`Bearer ${token}`, {
    now: NOW,
    issuers: [localIssuer({ ring: () => ring, bases: () => BASES })],
    knownTenant: async () => true,
    person: async () => null,
    verified: newVerifiedTokens(),
  })
  assert.deepEqual(caller, { kind: 'app', tenant: ours.id, app: app.clientId, roles: new Set(['Group.Read.All']) })
})

test('the issuer bears the base of the request, and the audience is the resource of the scope', async () => {
  const claims = claimsOf(await ask())
  assert.equal(claims.iss, `${BASE}/${ours.id}/v2.0`)
  assert.equal(claims.aud, GRAPH)
  for (const base of BASES) assert.equal(claimsOf(await ask({ scope: `${base}/.default` })).aud, base)
})

test("a slash at the resource's end is not part of the audience", async () => {
  assert.equal(claimsOf(await ask({ scope: `${GRAPH}//.default` })).aud, GRAPH)
  assert.equal(claimsOf(await ask({ scope: `${BASE}//.default` })).aud, BASE)
})

test('the tenant may be named by its id in any case or by one of its domains', async () => {
  for (const tenant of [ours.id, ours.id.toUpperCase(), ours.defaultDomain, 'Ours.Example']) {
    assert.equal(claimsOf(await ask({}, { tenant }))['tid'], ours.id)
  }
})

test('any of the secrets of an app lets in', async () => {
  claimsOf(await ask({ client_secret: oldSecret }))
})

test('what MSAL sends beside is passed over, and its request id comes back', async () => {
  const id = 'dddddddd-2222-4333-8444-555555555555'
  const form = aForm({ 'client-request-id': id, scope: 'openid' })
  form.append('x-client-SKU', 'msal.js.node')
  assert.equal((await ask(form)).body['correlation_id'], id)
  form.set('scope', FORM.scope)
  claimsOf(await ask(form))
})

test('an id and a secret may come in a Basic header, form-encoded', async () => {
  claimsOf(await ask(headerForm(), { authorization: basic(app.clientId, secret) }))
  claimsOf(await ask(headerForm(), { authorization: basic(app.clientId, secret).replace('Basic', 'basic') }))
  const encoded = basic(app.clientId.replaceAll('-', '%2D'), secret.replace('_', '%5F'))
  claimsOf(await ask(headerForm(), { authorization: encoded }))
  const spaced = basic(app.clientId, spacedSecret.replace('+', '%2B').replace(' ', '+'))
  claimsOf(await ask(headerForm(), { authorization: spaced }))
  claimsOf(await ask(headerForm({ client_id: app.clientId }), { authorization: basic(app.clientId, secret) }))
})

test('a client that names itself in the body and in the header is refused', async () => {
  const authorization = basic(app.clientId, secret)
  const twice = await ask({}, { authorization })
  assertRefused(twice, 400, 'invalid_request', 90023)
  assert.ok(!('www-authenticate' in twice.headers))
  assertRefused(await ask({ client_id: undefined }, { authorization }), 400, 'invalid_request', 90023)
  const another = headerForm({ client_id: secretless.clientId })
  assertRefused(await ask(another, { authorization }), 400, 'invalid_request', 90023)
})

test('a header that holds no Basic credentials is refused with a challenge', async () => {
  const pair = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  for (const authorization of ['', 'Basic', 'Basic !', 'Bearer abc', pair('no colon'), pair('a%:b'), pair('a:%zz')]) {
    const answer = await ask(headerForm(), { authorization })
    assertRefused(answer, 401, 'invalid_client', 7000216)
    assert.equal(answer.headers['www-authenticate'], 'Basic realm="tidemark"')
  }
})

test('a wrong secret in a header is refused with a challenge, in the body without one', async () => {
  const inHeader = await ask(headerForm(), { authorization: basic(app.clientId, newClientSecret()) })
  assertRefused(inHeader, 401, 'invalid_client', 7000215)
  assert.equal(inHeader.headers['www-authenticate'], 'Basic realm="tidemark"')
  assert.ok(!('www-authenticate' in (await ask({ client_secret: newClientSecret() })).headers))
})

test('an unknown app, an app of another tenant, an app without secrets and a wrong secret get one answer', async () => {
  const answers = await Promise.all([
    ask({ client_secret: newClientSecret() }),
    ask({ client_secret: `${secret}x` }),
    ask({ client_secret: 'x'.repeat(2000) }),
    ask({ client_secret: app.secretHashes[0] }),
    ask({ client_id: 'eeeeeeee-2222-4333-8444-555555555555' }),
    ask({ client_id: '__proto__' }),
    ask({ client_id: 'a\u0000b' }),
    ask({ client_id: 'x'.repeat(5000) }),
    ask({ client_id: secretless.clientId }),
    ask({}, { tenant: theirs.id }),
  ])
  const [{ body }] = answers
  for (const answer of answers) {
    assertRefused(answer, 401, 'invalid_client', 7000215)
    assert.equal(answer.body['error_description'], body['error_description'])
  }
})

test('a store is never asked for a client id that is no printable text', async () => {
  const asked: string[] = []
  const watching: typeof store = {
    ...store,
    app: async id => {
      asked.push(id)
      return null
    },
  }
  for (const id of ['a\u0000b', 'é', 'a\nb', 'x'.repeat(201)]) await ask({ client_id: id }, { store: watching })
  assert.deepEqual(asked, [])
})

test('a client without a secret is refused', async () => {
  for (const value of [undefined, '']) {
    assertRefused(await ask({ client_secret: value }), 401, 'invalid_client', 7000216)
  }
  const authorization = basic(app.clientId, '')
  assertRefused(await ask(headerForm(), { authorization }), 401, 'invalid_client', 7000216)
})

test('a request that lacks a parameter, or has it without a value, is refused and told which', async () => {
  for (const name of ['grant_type', 'client_id', 'scope'] as const) {
    for (const value of [undefined, '']) {
      const answer = await ask({ [name]: value })
      assertRefused(answer, 400, 'invalid_request', 900144)
      assert.match(String(answer.body['error_description']), new RegExp(`'${name}'`))
    }
  }
})

test('a request in which a parameter stands twice is refused', async () => {
  for (const [name, value] of Object.entries({ ...FORM, 'x-client-SKU': 'msal' })) {
    const form = aForm()
    form.append('x-client-SKU', 'msal')
    form.append(name, value)
    assertRefused(await ask(form), 400, 'invalid_request', 9000411)
  }
})

test('any other grant is refused', async () => {
  for (const grant of [
    'password',
    'authorization_code',
    'refresh_token',
    'Client_Credentials',
    ' client_credentials',
  ]) {
    assertRefused(await ask({ grant_type: grant }), 400, 'unsupported_grant_type', 70003)
  }
})

test('a scope that is not exactly the .default of one resource of ours is refused', async () => {
  for (const scope of [
    GRAPH,
    `${GRAPH}/`,
    '.default',
    '/.default',
    `${GRAPH}/Group.Read.All`,
    `${GRAPH}/.Default`,
    `${GRAPH}/.default offline_access`,
    `${GRAPH}/.default ${GRAPH}/.default`,
    ` ${GRAPH}/.default`,
    `${GRAPH}///.default`,
    `${GRAPH}.example.com/.default`,
    'https://management.azure.com/.default',
    'http://localhost:3001/.default',
    'https://localhost:3000/.default',
    `${GRAPH}/v1.0/.default`,
  ]) {
    assertRefused(await ask({ scope }), 400, 'invalid_scope', 70011)
  }
})

test('a tenant that is not there is refused before anything is read', async () => {
  for (const tenant of [
    '22222222-2222-4333-8444-555555555555',
    'common',
    'organizations',
    'nowhere.example',
    '',
    '..',
  ]) {
    assertRefused(await ask(new URLSearchParams(), { tenant }), 400, 'invalid_tenant', 90002)
  }
})

test('a refusal has the fields of Entra and must not be stored', async () => {
  const { headers, body } = await ask({ scope: 'x', 'client-request-id': 'not a guid' })
  assert.equal(headers['cache-control'], 'no-store')
  assert.deepEqual(Object.keys(body), [
    'error',
    'error_description',
    'error_codes',
    'timestamp',
    'trace_id',
    'correlation_id',
  ])
  assert.match(String(body['error_description']), /^AADSTS70011: /)
  assert.equal(body['timestamp'], '2026-03-03 12:04:05Z')
  assert.ok(isGuid(String(body['trace_id'])))
  assert.ok(isGuid(String(body['correlation_id'])))
})

test('a description quotes no more than OAuth lets it, and no secret', async () => {
  const { body } = await ask({}, { tenant: `"\\\n\u0000é${'x'.repeat(9000)}` })
  const description = String(body['error_description'])
  assert.match(description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,500}$/)
  const wrong = newClientSecret()
  assert.ok(!JSON.stringify((await ask({ client_secret: wrong })).body).includes(wrong))
})

test('an app proves itself by an assertion instead of a secret, never by both, and with or without its client id (DELTA-240)', async () => {
  const { registered, privateKey } = await anAppCertificate(NOW + 86_400_000)
  const certified = { ...app, certificates: [registered], secretHashes: [] }
  const proven: typeof store = { ...store, app: async id => (id === app.clientId ? certified : null) }
  const assertion = await new SignJWT({ jti: 'one', aud: `${BASE}/${ours.id}/oauth2/v2.0/token` })
    .setProtectedHeader({ alg: 'PS256', 'x5t#S256': registered.thumbprint })
    .setIssuer(app.clientId)
    .setSubject(app.clientId)
    .setExpirationTime(Math.floor(NOW / 1000) + 600)
    .sign(createPrivateKey(privateKey))
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  const askWith = (fields: Record<string, string | undefined>, request: Partial<TokenRequest> = {}) =>
    ask({ client_secret: undefined, client_assertion: assertion, client_assertion_type, ...fields } as Fields, {
      store: proven,
      ...request,
    })
  assert.equal(claimsOf(await askWith({}))['appidacr'], '2')
  claimsOf(await askWith({ client_id: undefined }))
  assertRefused(await askWith({ client_secret: secret }), 400, 'invalid_request', 90023)
  assertRefused(await askWith({ client_assertion_type: undefined }), 400, 'invalid_request', 900144)
  assertRefused(await askWith({ client_id: secretless.clientId }), 401, 'invalid_client', 7000215)
  assertRefused(await askWith({}, { tenant: theirs.id }), 401, 'invalid_client', 7000215)
  const usedAssertions = newUsedAssertions()
  claimsOf(await askWith({}, { usedAssertions }))
  assertRefused(await askWith({}, { usedAssertions }), 401, 'invalid_client', 700027)
})
