import assert from 'node:assert/strict'
import test from 'node:test'
import { aBrowserOf } from './aBrowser.ts'
import { aCode, aDemonstration, codeForm, type Demonstration, newPkce, REDIRECT_URI } from './aDemonstration.ts'
import { aServer, BASE } from './aServer.ts'

const PAGE = { host: 'localhost:3000', origin: 'http://localhost:5173' }

/** What a page's form is answered at the token endpoint, and whether the page may read that. */
async function asPage({ server, app }: Demonstration, fields: Readonly<Record<string, string>>, headers = {}) {
  const reply = await server.app.inject({
    method: 'POST',
    url: `/${server.tenant}/oauth2/v2.0/token`,
    headers: { ...PAGE, 'content-type': 'application/x-www-form-urlencoded;charset=utf-8', ...headers },
    payload: new URLSearchParams({ client_id: app.clientId, ...fields }).toString(),
  })
  assert.equal(reply.headers['access-control-allow-credentials'], undefined)
  const origin = reply.headers['access-control-allow-origin']
  return { status: reply.statusCode, isReadable: origin === '*', origin, body: reply.json() }
}

test('an app in a browser exchanges its code and its refresh token, and reads why it is refused (DELTA-252)', async t => {
  const demonstration = await aDemonstration(t)
  const pkce = newPkce()
  const first = await asPage(demonstration, codeForm(await aCode(demonstration, pkce), pkce))
  assert.deepEqual([first.status, first.isReadable], [200, true])
  const refresh = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token }
  const second = await asPage(demonstration, refresh)
  assert.deepEqual([second.status, second.isReadable], [200, true])
  const refused = await asPage(demonstration, { ...refresh, refresh_token: 'unknown' })
  assert.deepEqual([refused.status, refused.isReadable, refused.body.suberror], [400, true, 'bad_token'])
})

test('a page reads nothing that the token endpoint answers to a secret, an assertion or another grant (DELTA-252)', async t => {
  const demonstration = await aDemonstration(t)
  const { secret, app } = demonstration
  const basic = `Basic ${Buffer.from(`${app.clientId}:${secret}`).toString('base64')}`
  const pkce = newPkce()
  const code = async () => codeForm(await aCode(demonstration, pkce), pkce)
  const answers = [
    await asPage(demonstration, { ...(await code()), client_secret: secret }),
    await asPage(demonstration, { ...(await code()), client_secret: 'wrong' }),
    await asPage(demonstration, await code(), { authorization: basic }),
    await asPage(demonstration, { ...(await code()), client_assertion: 'x' }),
    await asPage(demonstration, { grant_type: 'client_credentials', client_secret: secret, scope: `${BASE}/.default` }),
    await asPage(demonstration, { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' }),
    await asPage(demonstration, {}),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401, 200, 400, 200, 400, 400],
  )
  for (const { origin } of answers) assert.equal(origin, undefined)
})

test('the token endpoint lets a page send the headers of MSAL and no Authorization, where people sign in (DELTA-252)', async t => {
  const { server } = await aDemonstration(t)
  const preflight = async ({ app, tenant }: typeof server) => {
    const { statusCode, headers } = await app.inject({
      method: 'OPTIONS',
      url: `/${tenant}/oauth2/v2.0/token`,
      headers: {
        ...PAGE,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-anchormailbox',
      },
    })
    return [statusCode, ...['origin', 'methods', 'headers'].map(name => headers[`access-control-allow-${name}`])]
  }
  assert.deepEqual(await preflight(server), [200, '*', 'POST', '*'])
  assert.deepEqual(await preflight(await aServer(t)), [404, undefined, undefined, undefined])
})

test('who signs out is sent back to the app, at an address that is registered for it alone (DELTA-253)', async t => {
  const demonstration = await aDemonstration(t)
  const { server } = demonstration
  const neighbour = await server.addTenant()
  await demonstration.register({ tenant: neighbour, redirectUris: ['https://neighbour.example/'] })
  const { body } = await server.call(`/${server.tenant}/v2.0/.well-known/openid-configuration`, { roles: null })
  const signOut = (fields: Readonly<Record<string, string>>) =>
    aBrowserOf(server).open(`${body.end_session_endpoint}?${new URLSearchParams(fields)}`)

  const back = await signOut({ post_logout_redirect_uri: REDIRECT_URI, state: 'a b\r\n', id_token_hint: 'x' })
  assert.deepEqual([back.status, back.headers['location']], [303, `${REDIRECT_URI}?state=a+b%0D%0A`])
  const plain = await signOut({ post_logout_redirect_uri: 'http://localhost:5173' })
  assert.deepEqual([plain.status, plain.headers['location']], [303, 'http://localhost:5173/'])
  const nowhere = await signOut({})
  assert.equal(nowhere.status, 200)
  assert.match(nowhere.text, /You are signed out/)
  for (const address of [
    'https://evil.example/',
    `${REDIRECT_URI}/`,
    'https://neighbour.example/',
    'javascript:alert(1)',
    '"><b>',
  ]) {
    const refused = await signOut({ post_logout_redirect_uri: address })
    assert.deepEqual([refused.status, refused.headers['location']], [400, undefined], address)
    assert.doesNotMatch(refused.text, /<b>/)
  }
})

test('the form of an app signs out like its link (DELTA-253)', async t => {
  const { server } = await aDemonstration(t)
  const { statusCode, headers } = await server.app.inject({
    method: 'POST',
    url: `/${server.tenant}/oauth2/v2.0/logout`,
    headers: { host: 'localhost:3000', 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ post_logout_redirect_uri: REDIRECT_URI }).toString(),
  })
  assert.deepEqual([statusCode, headers['location']], [303, REDIRECT_URI])
})
