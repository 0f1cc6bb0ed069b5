import assert from 'node:assert/strict'
import test from 'node:test'
import { aTrust } from './aCertificate.ts'
import { aDirectory } from './aDirectory.ts'
import { aListener } from './aListener.ts'
import { aServer, type Call, type Reply } from './aServer.ts'
import { aSession } from './aSession.ts'
import { SECURITY } from './bodies.ts'

const options = { timeout: 20_000 }

/** That nobody may keep an answer, and, where somebody did, that it is not given to another caller. */
function assertNotKept({ headers }: Reply, what: string): void {
  assert.equal(headers['cache-control'], 'no-store', what)
  assert.match(String(headers['vary']), /(^|, )Authorization(,|$)/, what)
}

test('no answer may be kept: pages, writes, tokens, refusals, what is not there (DELTA-236)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const at = `/${server.tenant}`
  const asked: readonly (readonly [string, Call])[] = [
    ['/v1.0', { roles: null }],
    ['/v1.0/$metadata', { roles: null }],
    ['/v1.0/groups', {}],
    ['/v1.0/groups/delta', {}],
    ['/v1.0/groups', { method: 'POST', body: SECURITY }],
    [`/v1.0/groups/${staff.id}`, { method: 'PATCH', body: { description: 'new' } }],
    [`/v1.0/groups/${staff.id}`, { method: 'DELETE' }],
    ['/v1.0/$batch', { method: 'POST', body: { requests: [{ id: '1', method: 'GET', url: '/groups' }] } }],
    ['/v1.0/groups', { roles: null }],
    ['/v1.0/groups', { roles: [] }],
    ['/v1.0/groups/x', {}],
    ['/v1.0/groups', { method: 'PUT' }],
    ['/v1.0/nowhere', {}],
    ['/nowhere', { roles: null }],
    ['/%zz', { roles: null }],
    [`${at}/v2.0/.well-known/openid-configuration`, { roles: null }],
    [`${at}/discovery/v2.0/keys`, { roles: null }],
    [`${at}/oauth2/v2.0/token`, { method: 'POST', roles: null }],
    [`${at}/oauth2/v2.0/token`, { method: 'POST', roles: null, body: 'grant_type=x', headers: form }],
    ['/common/discovery/instance', { roles: null }],
  ]
  for (const [path, call] of asked) {
    const reply = await server.call(path, call)
    assertNotKept(reply, `${call.method ?? 'GET'} ${path}: ${reply.status}`)
  }
  const preflight = await server.app.inject({
    method: 'OPTIONS',
    url: '/v1.0/groups',
    headers: { host: 'localhost:3000' },
  })
  assertNotKept({ status: preflight.statusCode, headers: preflight.headers, body: null }, 'OPTIONS')
})

test('what the parser refuses, and what HTTP/2 asks, is kept as little (DELTA-236)', options, async t => {
  const plain = await aListener(t)
  const large = `GET / HTTP/1.1\r\n${plain.host}X: ${'a'.repeat(20_000)}\r\n\r\n`
  for (const bytes of ['HELLO\r\n\r\n', large, `GET /nowhere HTTP/1.0\r\n\r\n`]) {
    const [reply] = await plain.exchange(bytes)
    assert.ok(reply)
    assertNotKept(reply, bytes.slice(0, 40))
    assert.ok(reply.headers['date'])
  }
  const { ask } = await aSession(t, await aListener(t, { trust: await aTrust() }))
  for (const path of ['/v1.0/groups', '/v1.0/groups/delta', '/nowhere', '/v1.0/groups/x']) {
    assertNotKept(await ask(path), path)
  }
})

/** What proxies say of those before them, and whoever likes says of itself. */
const FORWARDED = {
  forwarded: 'for=1.2.3.4;host=evil.example;proto=https',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-forwarded-port': '444',
  'x-forwarded-prefix': '/evil',
  'x-original-url': '/evil',
  'x-rewrite-url': '/evil',
  'x-host': 'evil.example',
}

test('links, contexts and the issuer go by no header but Host, and behind a public URL by none (DELTA-3)', async t => {
  const server = await aServer(t)
  const hosts = ['evil.example', 'localhost:3000', 'evil.example:3000']
  for (const host of hosts) {
    for (const path of [
      '/v1.0/groups/delta',
      '/v1.0/groups?$top=1',
      `/${server.tenant}/v2.0/.well-known/openid-configuration`,
    ]) {
      const { status, headers, body } = await server.call(path, { headers: { ...FORWARDED, host } })
      assert.equal(status, 200)
      assert.doesNotMatch(JSON.stringify([headers, body]), /evil/)
    }
  }
  const listener = await aListener(t)
  const lines = Object.entries(FORWARDED).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${listener.host}${listener.authorization}${lines.join('')}Connection: close\r\n\r\n`
  const [reply] = await listener.exchange(`GET /v1.0/groups/delta HTTP/1.1\r\n${head}`)
  assert.ok(reply?.body['@odata.deltaLink'].startsWith(`${listener.url}/v1.0/groups/delta?`))
  assert.doesNotMatch(JSON.stringify(reply), /evil/)
})
