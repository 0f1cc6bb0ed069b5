import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aServer, type TestServer } from './aServer.ts'
import { assertStands, standingOf } from './refusal.ts'

type Method = 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT'
const HOST = { host: 'localhost:3000' }

async function ask({ app, token }: TestServer, method: Method, url: string, headers?: Record<string, string>) {
  const reply = await app.inject({
    method,
    url,
    headers: { ...HOST, authorization: `Bearer ${await token()}`, ...headers },
  })
  return { status: reply.statusCode, headers: reply.headers, text: reply.payload }
}

test('a preflight is 200 without a token, and lets pages of every origin send what SDKs send (DELTA-116)', async t => {
  const { app } = await aServer(t)
  for (const url of ['/v1.0/groups', '/beta/groups/delta?$select=id', '/v1.0/$batch', '/v1.0/nowhere', '/v1.0']) {
    const { statusCode, headers, payload } = await app.inject({
      method: 'OPTIONS',
      url,
      headers: {
        ...HOST,
        origin: 'https://app.example',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,consistencylevel,content-type,prefer,sdkversion',
      },
    })
    assert.deepEqual([statusCode, payload], [200, ''], url)
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.equal(headers['access-control-allow-credentials'], undefined)
    const methods = String(headers['access-control-allow-methods']).split(', ')
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) assert.ok(methods.includes(method))
    assert.equal(headers['access-control-allow-headers'], 'Authorization, *')
  }
})

test('every answer below a version, a refusal too, may be read by pages of every origin (DELTA-116)', async t => {
  const server = await aServer(t)
  const origin = { origin: 'https://app.example' }
  const answers = [
    await ask(server, 'GET', '/v1.0/groups', origin),
    await ask(server, 'GET', '/v1.0/groups'),
    await ask(server, 'GET', '/beta/nowhere', origin),
    await ask(server, 'PUT', '/v1.0/groups', origin),
    await ask(server, 'GET', '/v1.0/groups', { ...origin, authorization: 'Bearer nonsense' }),
    await ask(server, 'GET', '/v1.0/groups/%ff', origin),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 400, 405, 401, 400],
  )
  for (const { headers } of answers) {
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.equal(headers['access-control-allow-credentials'], undefined)
    const exposed = String(headers['access-control-expose-headers']).split(', ')
    for (const name of ['Location', 'Preference-Applied', 'Retry-After', 'request-id', 'client-request-id']) {
      assert.ok(exposed.includes(name))
    }
  }
})

test("a page may read the issuer's description and keys, and no access token of an app's own (DELTA-116)", async t => {
  const { app, tenant } = await aServer(t)
  for (const path of ['v2.0/.well-known/openid-configuration', 'discovery/v2.0/keys']) {
    const { statusCode, headers } = await app.inject({ url: `/${tenant}/${path}`, headers: HOST })
    assert.deepEqual([statusCode, headers['access-control-allow-origin']], [200, '*'])
  }
  const { headers } = await app.inject({ method: 'POST', url: `/${tenant}/oauth2/v2.0/token`, headers: HOST })
  assert.equal(headers['access-control-allow-origin'], undefined)
})

test('HEAD is answered as GET, without a body (DELTA-117)', async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).group('Staff')
  const standing = await standingOf(server)
  const paths = [`/groups/${id}`, '/groups', '/groups/delta?$deltatoken=latest', '/nowhere', `/groups/${server.tenant}`]
  for (const path of paths) {
    const get = await ask(server, 'GET', `/v1.0${path}`)
    const head = await ask(server, 'HEAD', `/v1.0${path}`)
    assert.deepEqual([head.status, head.text], [get.status, ''], path)
    for (const name of ['content-type', 'content-length', 'odata-version', 'cache-control', 'vary']) {
      assert.equal(head.headers[name], get.headers[name], `${path}: ${name}`)
    }
  }
  assert.equal((await ask(server, 'HEAD', '/v1.0/groups', { authorization: '' })).status, 401)
  assert.equal((await ask(server, 'HEAD', '/v1.0/$batch')).status, 405)
  assert.equal((await ask(server, 'HEAD', `/${server.tenant}/discovery/v2.0/keys`)).status, 200)
  await assertStands(server, standing)
})
