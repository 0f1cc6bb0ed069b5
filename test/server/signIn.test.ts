import assert from 'node:assert/strict'
import test from 'node:test'
import { decodeJwt } from 'jose'
import { GRAPH_RESOURCE } from '../../src/auth/issuer/issuer.ts'
import { aBrowserOf } from './aBrowser.ts'
import {
  aCode,
  aDemonstration,
  answerIn,
  assertRefusal,
  choose,
  codeForm,
  newPkce,
  REDIRECT_URI,
  SCOPE,
  tokensOf,
} from './aDemonstration.ts'
import { aServer, aSibling, BASE, type TestServer } from './aServer.ts'
import { assertEnvelope } from './refusal.ts'

test('who has chosen a person gets tokens by the code, of that person and its directory roles (DELTA-239, DELTA-242)', async t => {
  const demonstration = await aDemonstration(t)
  const { server, app } = demonstration
  const grace = await demonstration.user('grace', ['Groups Administrator'])
  const pkce = newPkce()
  const address = demonstration.address({ code_challenge: pkce.challenge, nonce: 'seen once' })
  const answer = answerIn(await choose(demonstration, address, grace))
  assert.deepEqual([...answer.keys()].sort(), ['code', 'iss', 'state'])
  assert.equal(answer.get('state'), 'here')
  assert.equal(answer.get('iss'), `${BASE}/${server.tenant}/v2.0`)
  const { status, headers, body } = await demonstration.ask({
    ...codeForm(String(answer.get('code')), pkce),
    client_info: '1',
  })
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(headers['cache-control'], 'no-store')
  assert.deepEqual([body.token_type, body.expires_in], ['Bearer', 3599])
  assert.equal(body.scope, 'User.Read Group.ReadWrite.All openid profile')
  const access = decodeJwt(body.access_token)
  assert.equal(access.aud, GRAPH_RESOURCE)
  assert.equal(access['oid'], grace)
  assert.equal(access['scp'], 'User.Read Group.ReadWrite.All openid profile')
  assert.deepEqual(access['wids'], ['fdd7a751-b60b-444a-984c-02652fe8fa1c'])
  assert.equal(access['appidacr'], '0')
  const id = decodeJwt(body.id_token)
  assert.deepEqual([id.aud, id['oid'], id['tid'], id['nonce']], [app.clientId, grace, server.tenant, 'seen once'])
  assert.equal(id.sub, access.sub)
  assert.deepEqual(JSON.parse(Buffer.from(body.client_info, 'base64url').toString()), {
    uid: grace,
    utid: server.tenant,
  })
})

test('/me with User.Read is who has signed in, which every app may ask, and no other user is (DELTA-249)', async t => {
  const demonstration = await aDemonstration(t, { scopes: [] })
  const { server, ada } = demonstration
  const other = await demonstration.user('grace')
  const pkce = newPkce()
  const code = await aCode(demonstration, pkce, { scope: `${GRAPH_RESOURCE}/User.Read` })
  const { body } = await demonstration.ask(codeForm(code, pkce))
  const get = (path: string) =>
    server.call(path, { roles: null, headers: { authorization: `Bearer ${body.access_token}` } })
  assert.equal((await get('/v1.0/me')).body.id, ada)
  assert.equal((await get('/v1.0/me/memberOf')).status, 200)
  for (const path of [`/v1.0/users/${other}`, '/v1.0/users', '/v1.0/groups']) {
    assertEnvelope(await get(path), { status: 403, code: 'Authorization_RequestDenied' })
  }
})

test('.default is all that the app was granted, and a scope that it was not granted is told to it (DELTA-242)', async t => {
  const demonstration = await aDemonstration(t, { scopes: ['Group.Read.All', 'Device.Read.All'] })
  const pkce = newPkce()
  const code = await aCode(demonstration, pkce, { scope: `${BASE}/.default` })
  const { body } = await demonstration.ask(codeForm(code, pkce))
  assert.equal(decodeJwt(body.access_token)['scp'], 'User.Read Group.Read.All Device.Read.All')
  assert.equal(decodeJwt(body.access_token).aud, BASE)
  assert.ok(!('id_token' in body) && !('refresh_token' in body))
  const browser = aBrowserOf(demonstration.server)
  for (const scope of [
    'Group.ReadWrite.All',
    'https://vault.azure.net/.default',
    `${GRAPH_RESOURCE}/.default Group.Read.All`,
    `Group.Read.All ${BASE}/Device.Read.All`,
    ' ',
  ]) {
    const answer = answerIn(await browser.open(demonstration.address({ scope })))
    assert.equal(answer.get('error'), 'invalid_scope', scope)
    assert.equal(answer.get('state'), 'here')
  }
})

test('a scope of which no token could come is refused', async t => {
  const demonstration = await aDemonstration(t)
  const browser = aBrowserOf(demonstration.server)
  const errorOf = async (scope: string) => {
    const { headers } = await browser.open(demonstration.address({ scope }))
    return new URL(String(headers['location'])).searchParams.get('error')
  }
  for (const scope of [' ', 'offline_access', 'offline_access offline_access'])
    assert.equal(await errorOf(scope), 'invalid_scope')
  assert.equal((await browser.open(demonstration.address({ scope: 'openid offline_access' }))).status, 200)
})

test('a code is good once, and its second use ends the sign-in: none of its tokens is good any longer (DELTA-239)', async t => {
  const demonstration = await aDemonstration(t)
  const pkce = newPkce()
  const form = codeForm(await aCode(demonstration, pkce), pkce)
  const { body } = await demonstration.ask(form)
  const me = () =>
    demonstration.server.call('/v1.0/me', { roles: null, headers: { authorization: `Bearer ${body.access_token}` } })
  assert.equal((await me()).status, 200)
  assertRefusal(await demonstration.ask(form), 'invalid_grant')
  const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
  assertRefusal(await demonstration.ask(refresh), 'invalid_grant')
  const message = 'The sign-in of the access token has ended.'
  assertEnvelope(await me(), { status: 401, code: 'InvalidAuthenticationToken', message })
  assert.equal((await tokensOf(demonstration)).status, 200)
})

test('a code is good for a minute (DELTA-239)', async t => {
  const demonstration = await aDemonstration(t)
  for (const [ms, status] of [
    [59_999, 200],
    [60_000, 400],
  ] as const) {
    const pkce = newPkce()
    const form = codeForm(await aCode(demonstration, pkce), pkce)
    demonstration.server.clock.advance(ms)
    assert.equal((await demonstration.ask(form)).status, status)
  }
})

test('a code is good for the app, the redirect URI and the verifier that it is bound to, and a wrong try uses it up (DELTA-239)', async t => {
  const demonstration = await aDemonstration(t)
  const thief = await demonstration.register({ publicClient: true, redirectUris: [REDIRECT_URI] })
  const wrong: readonly Record<string, string>[] = [
    { client_id: thief.clientId },
    { redirect_uri: 'http://localhost' },
    { redirect_uri: `${REDIRECT_URI}/` },
    { redirect_uri: '' },
    { code_verifier: newPkce().verifier },
    { code_verifier: '' },
    { code_verifier: 'short' },
  ]
  for (const fields of wrong) {
    const pkce = newPkce()
    const form = codeForm(await aCode(demonstration, pkce), pkce)
    assertRefusal(await demonstration.ask({ ...form, ...fields }), 'invalid_grant')
    assertRefusal(await demonstration.ask(form), 'invalid_grant')
  }
  for (const code of ['', 'x', 'x'.repeat(5_000)]) {
    const answer = await demonstration.ask(codeForm(code, newPkce()))
    assertRefusal(answer, code === '' ? 'invalid_request' : 'invalid_grant')
  }
})

test('PKCE by the plain method, without a method or with a broken challenge is refused (DELTA-244)', async t => {
  const demonstration = await aDemonstration(t)
  const { challenge } = newPkce()
  const browser = aBrowserOf(demonstration.server)
  for (const wrong of [
    { code_challenge_method: 'plain' },
    { code_challenge_method: undefined },
    { code_challenge_method: 's256' },
    { code_challenge: challenge.slice(1) },
    { code_challenge: `${challenge}=` },
    { code_challenge: undefined },
  ]) {
    assert.equal(answerIn(await browser.open(demonstration.address(wrong))).get('error'), 'invalid_request')
  }
})

test('an app that cannot prove itself needs PKCE, and a code asked for without is good only with its proof (DELTA-244)', async t => {
  const without = { code_challenge: undefined, code_challenge_method: undefined }
  const bare = await aDemonstration(t, { secretHashes: [] })
  const refused = answerIn(await aBrowserOf(bare.server).open(bare.address(without)))
  assert.equal(refused.get('error'), 'invalid_request')

  const demonstration = await aDemonstration(t)
  const pkce = newPkce()
  const { code_verifier, ...form } = codeForm('', pkce)
  const aCodeWithout = () => aCode(demonstration, pkce, without)
  assertRefusal(await demonstration.ask({ ...form, code: await aCodeWithout() }), 'invalid_grant')
  const proven = { ...form, client_secret: demonstration.secret }
  assertRefusal(
    await demonstration.ask({ ...proven, code: await aCodeWithout(), code_verifier: pkce.verifier }),
    'invalid_grant',
  )
  assert.equal((await demonstration.ask({ ...proven, code: await aCodeWithout() })).status, 200)
})

test('a credential that is sent must be right, also of an app that needs none', async t => {
  const demonstration = await aDemonstration(t)
  const pkce = newPkce()
  const form = codeForm(await aCode(demonstration, pkce), pkce)
  assertRefusal(await demonstration.ask({ ...form, client_secret: 'wrong' }), 'invalid_client', 401)
  assert.equal((await demonstration.ask({ ...form, client_secret: demonstration.secret })).status, 200)
})

test('nothing is sent to an address that is not registered for the app, letter by letter (DELTA-243)', async t => {
  const demonstration = await aDemonstration(t)
  const browser = aBrowserOf(demonstration.server)
  for (const redirect_uri of [
    'https://evil.example/',
    `${REDIRECT_URI}/`,
    `${REDIRECT_URI}?next=evil`,
    `${REDIRECT_URI}#`,
    REDIRECT_URI.toUpperCase(),
    'http://localhost:5000/auth/../auth/redirect',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'http://localhost:5000@evil.example',
    'https://localhost',
    'http://127.0.0.1',
    '//localhost',
    '',
    undefined,
  ]) {
    const { status, headers } = await browser.open(demonstration.address({ redirect_uri }))
    assert.deepEqual([status, headers['location']], [400, undefined], String(redirect_uri))
  }
  for (const client_id of ['nobody', '', undefined, '<script>']) {
    const { status, headers, text } = await browser.open(demonstration.address({ client_id }))
    assert.deepEqual([status, headers['location']], [400, undefined])
    assert.ok(!text.includes('<script'))
  }
  for (const name of ['client_id', 'redirect_uri']) {
    const { status, headers } = await browser.open(`${demonstration.address()}&${name}=x`)
    assert.deepEqual([status, headers['location']], [400, undefined])
  }
})

test('a loopback address without a port is good with every port, and with nothing else (DELTA-243)', async t => {
  const demonstration = await aDemonstration(t, {
    redirectUris: ['http://localhost', 'http://[::1]/back', 'myapp://auth'],
  })
  const browser = aBrowserOf(demonstration.server)
  const statusOf = async (redirect_uri: string) => (await browser.open(demonstration.address({ redirect_uri }))).status
  for (const good of [
    'http://localhost',
    'http://localhost:1',
    'http://localhost:65535',
    'http://[::1]:80/back',
    'myapp://auth',
  ]) {
    assert.equal(await statusOf(good), 200, good)
  }
  for (const bad of [
    'http://localhost:',
    'http://localhost:1/',
    'http://localhost:x',
    'http://localhost:1:2',
    'http://localhost:65536',
    'http://localhost:99999',
    'http://[::1]:80',
    'myapp://auth:1',
  ]) {
    assert.equal(await statusOf(bad), 400, bad)
  }
})

test('what else an app asks wrongly is told to it, with its state (DELTA-239)', async t => {
  const demonstration = await aDemonstration(t)
  const browser = aBrowserOf(demonstration.server)
  for (const [wrong, error] of [
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: 'code id_token' }, 'unsupported_response_type'],
    [{ response_type: undefined }, 'invalid_request'],
    [{ response_mode: 'web_message' }, 'invalid_request'],
    [{ scope: undefined }, 'invalid_request'],
    [{ prompt: 'none' }, 'login_required'],
    [{ request: 'x.y.z' }, 'request_not_supported'],
    [{ request_uri: 'https://evil.example' }, 'request_uri_not_supported'],
    [{ nonce: 'x'.repeat(2_049) }, 'invalid_request'],
  ] as const) {
    const answer = answerIn(await browser.open(demonstration.address(wrong)))
    assert.deepEqual([answer.get('error'), answer.get('state')], [error, 'here'])
    assert.match(String(answer.get('error_description')), /^AADSTS\d+: /)
  }
  const twice = answerIn(await browser.open(`${demonstration.address()}&scope=openid`))
  assert.equal(twice.get('error'), 'invalid_request')
})

test('the answer comes in the query, the fragment or a form, as the app asks', async t => {
  const demonstration = await aDemonstration(t)
  const { ada } = demonstration
  const inFragment = await choose(demonstration, demonstration.address({ response_mode: 'fragment' }), ada)
  const { search, hash } = new URL(String(inFragment.headers['location']))
  assert.equal(search, '')
  assert.ok(new URLSearchParams(hash.slice(1)).get('code'))
  const asForm = await choose(demonstration, demonstration.address({ response_mode: 'form_post' }), ada)
  assert.equal(asForm.status, 200)
  assert.match(asForm.text, /name="code" value="[\w-]{43}"/)
  assert.match(asForm.text, new RegExp(`action="${REDIRECT_URI}"`))
})

test('who does not want to sign in sends the app access_denied', async t => {
  const demonstration = await aDemonstration(t)
  const browser = aBrowserOf(demonstration.server)
  const answer = answerIn(await browser.submit(await browser.open(demonstration.address()), { act: 'cancel' }))
  assert.deepEqual([answer.get('error'), answer.get('state')], ['access_denied', 'here'])
})

test('each refresh token is good once, and one that comes again later ends the sign-in (DELTA-241)', async t => {
  const demonstration = await aDemonstration(t)
  const { clock } = demonstration.server
  const first = (await tokensOf(demonstration)).body
  assert.equal(first.refresh_token_expires_in, 86_400)
  const refresh = (token: string, fields = {}) =>
    demonstration.ask({ grant_type: 'refresh_token', refresh_token: token, scope: SCOPE, ...fields })
  clock.advance(3_600_000)
  const second = (await refresh(first.refresh_token)).body
  assert.notEqual(second.refresh_token, first.refresh_token)
  // Requests of one program that are under way together bring the same token.
  assert.equal((await refresh(first.refresh_token, { scope: `${BASE}/.default` })).status, 200)
  clock.advance(60_000)
  assert.equal((await refresh(second.refresh_token)).status, 200)
  assertRefusal(await refresh(first.refresh_token), 'invalid_grant')
  const third = await refresh(second.refresh_token)
  assertRefusal(third, 'invalid_grant')
})

test('a refresh token stays good where its request is refused for something else (DELTA-241)', async t => {
  const demonstration = await aDemonstration(t)
  const { server, app } = demonstration
  const refresh = (token: string, fields = {}) =>
    demonstration.ask({ grant_type: 'refresh_token', refresh_token: token, ...fields })
  const { refresh_token: token } = (await tokensOf(demonstration)).body
  assertRefusal(await refresh(token, { scope: 'Device.Read.All' }), 'invalid_scope')
  server.clock.advance(60_000)
  await server.store.putApp({ ...app, scopes: [] })
  assertRefusal(await refresh(token), 'invalid_scope')
  server.clock.advance(60_000)
  await server.store.putApp(app)
  assert.equal((await refresh(token)).status, 200)
  server.clock.advance(60_000)
  assertRefusal(await refresh(token), 'invalid_grant')
})

test('a refresh token is good for a day and for its app, and asks for nothing that the app was not granted (DELTA-241)', async t => {
  const demonstration = await aDemonstration(t)
  const other = await demonstration.register({ publicClient: true })
  const refresh = (token: string, fields = {}) =>
    demonstration.ask({ grant_type: 'refresh_token', refresh_token: token, ...fields })
  const { refresh_token } = (await tokensOf(demonstration)).body
  assertRefusal(await refresh(refresh_token, { client_id: other.clientId }), 'invalid_grant')
  assertRefusal(await refresh(refresh_token, { scope: 'Device.Read.All' }), 'invalid_scope')
  assertRefusal(await refresh('unknown'), 'invalid_grant')
  const later = (await tokensOf(demonstration)).body.refresh_token
  demonstration.server.clock.advance(86_400_000)
  assertRefusal(await refresh(later), 'invalid_grant')
})

test('a person who is disabled or deleted gets no more tokens, and what an app is granted counts anew each time (DELTA-241)', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ada, app } = demonstration
  const refresh = async (token: string) => demonstration.ask({ grant_type: 'refresh_token', refresh_token: token })
  const [one, two, three] = [
    await tokensOf(demonstration),
    await tokensOf(demonstration),
    await tokensOf(demonstration),
  ]
  await server.store.putApp({ ...app, scopes: [] })
  assertRefusal(await refresh(one.body.refresh_token), 'invalid_scope')
  await server.store.putApp(app)
  await server.store.changeDirectoryRoles(server.tenant, ada, () => ['Global Reader'])
  const raised = decodeJwt((await refresh(two.body.refresh_token)).body.access_token)
  assert.deepEqual(raised['wids'], ['f2ef992c-3afb-46b9-b7cf-a126ee74c451'])
  await server.call(`/v1.0/users/${ada}`, { method: 'PATCH', body: { accountEnabled: false } })
  assertRefusal(await refresh(three.body.refresh_token), 'invalid_grant')
})

test('a code is good for what the person was shown, whatever scope its exchange names (DELTA-242)', async t => {
  const demonstration = await aDemonstration(t)
  const pkce = newPkce()
  const code = await aCode(demonstration, pkce, { scope: 'User.Read' })
  const { body } = await demonstration.ask({ ...codeForm(code, pkce), scope: SCOPE })
  assert.equal(decodeJwt(body.access_token)['scp'], 'User.Read')
  assert.ok(!('refresh_token' in body) && !('id_token' in body))
})

test('an app that lies with people asks by itself only with its secret', async t => {
  const { ask, secret } = await aDemonstration(t)
  const form = { grant_type: 'client_credentials', scope: `${GRAPH_RESOURCE}/.default` }
  assertRefusal(await ask(form), 'invalid_client', 401)
  assert.equal((await ask({ ...form, client_secret: secret })).status, 200)
})

test('an ID token opens nothing (DELTA-242)', async t => {
  const demonstration = await aDemonstration(t)
  const { id_token } = (await tokensOf(demonstration)).body
  const reply = await demonstration.server.call('/v1.0/me', {
    roles: null,
    headers: { authorization: `Bearer ${id_token}` },
  })
  assertEnvelope(reply, { status: 401, code: 'InvalidAuthenticationToken' })
})

test('an app of another tenant is none here, and a code is good at its own tenant alone', async t => {
  const demonstration = await aDemonstration(t)
  const { server } = demonstration
  const tenant = await server.addTenant()
  const elsewhere = demonstration.address().replace(server.tenant, tenant)
  assert.equal((await aBrowserOf(server).open(elsewhere)).status, 400)
  const pkce = newPkce()
  assertRefusal(
    await demonstration.ask(codeForm(await aCode(demonstration, pkce), pkce), tenant),
    'invalid_client',
    401,
  )
})

/** What a tenant says of itself. */
async function describedBy({ call, tenant }: TestServer) {
  return (await call(`/${tenant}/v2.0/.well-known/openid-configuration`, { roles: null })).body
}

test('people sign in on a demonstration alone: elsewhere nothing of it is offered (DELTA-245)', async t => {
  const plain = await aServer(t)
  const described = await describedBy(plain)
  assert.deepEqual(described.response_types_supported, ['none'])
  assert.deepEqual(described.grant_types_supported, ['client_credentials'])
  const browser = aBrowserOf(plain)
  for (const path of [`/${plain.tenant}/oauth2/v2.0/authorize`, '/devicelogin']) {
    const page = await browser.open(BASE + path)
    assert.equal(page.status, 400)
    assert.match(page.text, /people do on a demonstration/)
  }
  const { server } = await aDemonstration(t)
  const own = await describedBy(server)
  assert.deepEqual(own.response_types_supported, ['code'])
  assert.deepEqual(own.code_challenge_methods_supported, ['S256'])
  assert.equal(own.device_authorization_endpoint, `${BASE}/${server.tenant}/oauth2/v2.0/devicecode`)
})

test('the secret of a demonstration is good on a demonstration alone (DELTA-245)', async t => {
  const { server, secret, ask, app } = await aDemonstration(t, { demo: true })
  const form = { grant_type: 'client_credentials', scope: `${GRAPH_RESOURCE}/.default`, client_secret: secret }
  assert.equal((await ask(form)).status, 200)
  const plain = aSibling(t, server, { signIns: null })
  const reply = await plain.app.inject({
    method: 'POST',
    url: `/${server.tenant}/oauth2/v2.0/token`,
    headers: { host: 'localhost:3000', 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ ...form, client_id: app.clientId }).toString(),
  })
  assert.deepEqual([reply.statusCode, reply.json().error], [401, 'invalid_client'])
})
