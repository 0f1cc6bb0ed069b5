import assert from 'node:assert/strict'
import { once } from 'node:events'
import { constants } from 'node:http2'
import { connect } from 'node:net'
import test, { type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from '../../src/store/store.ts'
import { aTrust } from './aCertificate.ts'
import { aListener, type Listener, type ListenerParts } from './aListener.ts'
import type { Reply } from './aServer.ts'
import { aSession, replyOf } from './aSession.ts'
import { SECURITY } from './bodies.ts'
import { manyGroups } from './manyGroups.ts'
import { assertEnvelope, assertStands, headOf, standingOf } from './refusal.ts'

/** Nothing here waits for more than the machine: what takes longer hangs. */
const options = { timeout: 20_000 }
const trust = await aTrust()
const POST = { ':method': 'POST' }
const JSON_POST = { ...POST, 'content-type': 'application/json' }
const BODY = JSON.stringify(SECURITY)

function aSecureListener(context: TestContext, parts: ListenerParts = {}): Promise<Listener> {
  return aListener(context, { ...parts, trust })
}

async function assertNoFailure(listener: Listener): Promise<void> {
  assert.deepEqual(
    (await listener.close()).filter(({ level }) => level > 40),
    [],
  )
}

test('HTTP/2 and HTTP/1.1 are answered alike, as the client offers them (DELTA-172)', options, async t => {
  const listener = await aSecureListener(t)
  const { ask, session } = await aSession(t, listener)
  assert.equal(session.alpnProtocol, 'h2')
  const { host, authorization } = listener
  const lines = `${host}${authorization}Connection: close\r\n\r\n`
  const comparable = ({ status, headers, body }: Reply) => {
    const own = [':status', 'connection', 'date', 'request-id', 'client-request-id']
    const shared = Object.entries(headers).filter(([name]) => !own.includes(name))
    return { status, headers: Object.fromEntries(shared), body: body.error?.code ?? body }
  }
  for (const path of [
    '/v1.0/groups',
    '/v1.0/groups/delta?$deltatoken=',
    '/v1.0/groups/x',
    '/nowhere',
    '/beta/nowhere',
  ]) {
    const [old] = await listener.exchange(`GET ${path} HTTP/1.1\r\n${lines}`)
    assert.ok(old)
    assert.deepEqual(comparable(await ask(path)), comparable(old))
  }
})

test('over https links, contexts and the issuer begin with https (DELTA-172, DELTA-3)', options, async t => {
  const listener = await aSecureListener(t)
  const { ask } = await aSession(t, listener)
  const { body: page } = await ask('/v1.0/groups/delta')
  assert.equal(page['@odata.context'], `${listener.url}/v1.0/$metadata#groups`)
  assert.ok(page['@odata.deltaLink'].startsWith(`${listener.url}/v1.0/groups/delta?$deltatoken=`))
  assert.match(listener.url, /^https:/)
  const { body: issuer } = await ask(`/${listener.inside.tenant}/v2.0/.well-known/openid-configuration`)
  assert.equal(issuer.issuer, `${listener.url}/${listener.inside.tenant}/v2.0`)
  assert.equal(new URL(issuer.token_endpoint).protocol, 'https:')
})

test('HTTP/2 names the host by :authority, and a Host beside it must be the same (DELTA-173)', options, async t => {
  const listener = await aSecureListener(t)
  const { ask } = await aSession(t, listener)
  const { port, inside } = listener
  for (const name of [`localhost:${port}`, `LocalHost:${port}`, `[::1]:${port}`]) {
    const { status, body } = await ask('/v1.0/groups', { ':authority': name, host: name })
    assert.equal(status, 200)
    assert.ok(body['@odata.context'].startsWith(`https://${name.toLowerCase()}/v1.0/`))
  }
  const standing = await standingOf(inside)
  const own = `127.0.0.1:${port}`
  for (const names of [
    { ':authority': 'evil.example' },
    { ':authority': `localhost:${port + 1}` },
    { ':authority': own, host: 'evil.example' },
    { ':authority': 'evil.example', host: own },
    { ':authority': own, host: `localhost:${port}` },
  ]) {
    for (const path of ['/v1.0/groups', `/${inside.tenant}/oauth2/v2.0/token`, '/nowhere']) {
      assertEnvelope(await ask(path, { ...JSON_POST, ...names }, BODY), {
        status: 400,
        code: 'BadRequest',
        message: /Host/,
      })
    }
  }
  await assertStands(inside, standing)
})

test('bodies over HTTP/2 need no length, and one without a type is not passed over (DELTA-107)', options, async t => {
  const listener = await aSecureListener(t)
  const { ask } = await aSession(t, listener)
  const { body: group } = await ask('/v1.0/groups', JSON_POST, BODY)
  assert.equal(group.displayName, SECURITY.displayName)
  const standing = await standingOf(listener.inside)
  assertEnvelope(await ask('/v1.0/groups', POST, BODY), { status: 415, code: 'UnsupportedMediaType' })
  const large = Buffer.alloc(1_048_577, ' ')
  assertEnvelope(await ask('/v1.0/groups', JSON_POST, large), { status: 413, code: 'RequestEntityTooLarge' })
  assertEnvelope(await ask('/v1.0/groups', { ...JSON_POST, 'content-length': large.length }, large), {
    status: 413,
    code: 'RequestEntityTooLarge',
  })
  await assertStands(listener.inside, standing)
  assert.equal((await ask(`/v1.0/groups/${group.id}`, { ':method': 'DELETE' })).status, 204)
  assert.equal((await ask(`/v1.0/directory/deletedItems/${group.id}/restore`, POST)).status, 200)
})

test(
  'HEAD, 204 and errors over HTTP/2 have no body that they should not have, and no header of a connection',
  options,
  async t => {
    const listener = await aSecureListener(t)
    const { ask } = await aSession(t, listener)
    const { body: group } = await ask('/v1.0/groups', JSON_POST, BODY)
    const listed = await ask('/v1.0/groups')
    const headed = await ask('/v1.0/groups', { ':method': 'HEAD' })
    assert.deepEqual([headed.status, headed.body], [200, null])
    assert.equal(headed.headers['content-length'], listed.headers['content-length'])
    const patched = await ask(`/v1.0/groups/${group.id}`, { ...JSON_POST, ':method': 'PATCH' }, '{"description":"x"}')
    assert.deepEqual([patched.status, patched.body], [204, null])
    const tooLarge = await ask('/v1.0/groups', JSON_POST, Buffer.alloc(1_048_577, ' '))
    for (const { headers } of [listed, headed, patched, tooLarge]) {
      for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'upgrade'])
        assert.ok(!(name in headers), name)
    }
  },
)

test(
  'what is no request of ours is refused over HTTP/2 too, in the envelope where it has one (DELTA-102, DELTA-105)',
  options,
  async t => {
    const listener = await aSecureListener(t)
    const { ask, session } = await aSession(t, listener)
    const standing = await standingOf(listener.inside)
    const doors: readonly (readonly [Reply, number, string])[] = [
      [await ask('/v1.0/groups/%zz'), 400, 'BadRequest'],
      [await ask(`/${'a'.repeat(3_000)}/discovery/v2.0/keys`), 404, 'ResourceNotFound'],
      [await ask('/v1.0/groups', { ':method': 'BREW' }), 405, 'Request_BadRequest'],
      [await ask('/v1.0/groups', { ':method': 'get' }), 405, 'Request_BadRequest'],
      [await ask('/nowhere', { ':method': 'BREW' }), 404, 'ResourceNotFound'],
      [await ask('/v1.0/groups', { ':method': 'PROPFIND' }), 405, 'Request_BadRequest'],
      [await ask('*', { ':method': 'OPTIONS' }), 404, 'ResourceNotFound'],
      [await ask('/v1.0/nowhere'), 400, 'BadRequest'],
    ]
    for (const [reply, status, code] of doors) assertEnvelope(reply, { status, code })
    const noAnswer = [
      ask('v1.0/groups'),
      ask('https://evil.example/v1.0/groups'),
      ask(`/v1.0/groups?${'a'.repeat(20_000)}`),
      ask('/v1.0/groups', { 'x-a': 'a'.repeat(20_000) }),
      replyOf(session.request({ ':method': 'CONNECT', ':authority': 'evil.example:443' })),
    ]
    for (const reply of noAnswer) await assert.rejects(reply, /^Error: The stream ended with code \d+\.$/)
    assert.equal((await ask('/v1.0/groups')).status, 200)
    await assertStands(listener.inside, standing)
    await assertNoFailure(listener)
  },
)

test('a page of many parts is whole over HTTP/2, and so is the last one of a server that ends', options, async t => {
  const listener = await aSecureListener(t)
  await manyGroups(listener.inside, 999)
  const { ask, begin } = await aSession(t, listener)
  const { headers, body } = await ask('/v1.0/groups?$top=999')
  assert.equal(body.value.length, 999)
  assert.equal(headers['content-length'], String(Buffer.byteLength(JSON.stringify(body))))
  const last = begin('/v1.0/groups?$top=999', { expect: '100-continue' })
  await once(last, 'continue')
  const answered = replyOf(last)
  last.end()
  const ended = listener.close()
  const { status, body: page } = await answered
  assert.deepEqual([status, page.value.length], [200, 999])
  await ended
})

test('an expectation is met or passed over in HTTP/2', options, async t => {
  const { ask } = await aSession(t, await aSecureListener(t))
  assert.equal((await ask('/v1.0/groups', { ...JSON_POST, expect: '100-continue' }, BODY)).status, 201)
  assert.equal((await ask('/v1.0/groups', { ...JSON_POST, expect: 'miracles' }, BODY)).status, 201)
})

test(
  'a body that takes too long to arrive over HTTP/2 is cut off, and its neighbours are served (DELTA-150)',
  options,
  async t => {
    const listener = await aSecureListener(t, { limits: { requestMs: 150 } })
    const { ask, begin } = await aSession(t, listener)
    const standing = await standingOf(listener.inside)
    const slow = begin('/v1.0/groups', JSON_POST)
    slow.write(BODY.slice(0, 10))
    assert.equal((await ask('/v1.0/groups')).status, 200)
    await once(slow, 'close')
    assert.equal(slow.rstCode, constants.NGHTTP2_CANCEL)
    assert.equal((await ask('/v1.0/groups')).status, 200)
    await assertStands(listener.inside, standing)
  },
)

test(
  'a client of HTTP/2 that takes nothing of its answer, or asks nothing, is let go (DELTA-150)',
  options,
  async t => {
    const listener = await aSecureListener(t, { limits: { stalledMs: 200 } })
    await manyGroups(listener.inside, 999)
    const idle = await aSession(t, listener)
    await once(idle.session, 'close')
    const { begin, session } = await aSession(t, listener)
    const stalled = begin('/v1.0/groups?$top=999')
    stalled.end()
    stalled.pause()
    await once(session, 'close')
  },
)

test('a server that takes long over an answer keeps its HTTP/2 client (DELTA-150)', options, async t => {
  const slow = (store: Store): Store => ({
    ...store,
    read: async (tenant, work) => {
      await delay(150)
      return store.read(tenant, work)
    },
  })
  const listener = await aSecureListener(t, { limits: { stalledMs: 30 }, storeOf: slow })
  const { ask } = await aSession(t, listener)
  assert.equal((await ask('/v1.0/groups')).status, 200)
})

test('a server that ends lets an HTTP/2 request finish, and closes its connection', options, async t => {
  const listener = await aSecureListener(t)
  const idle = await aSession(t, listener)
  const { begin, session } = await aSession(t, listener)
  const last = begin('/v1.0/groups', { ...JSON_POST, expect: '100-continue' })
  await once(last, 'continue')
  const [ended, closed] = [listener.close(), once(session, 'close')]
  await once(idle.session, 'close')
  const answered = replyOf(last)
  last.end(BODY)
  assert.equal((await answered).status, 201)
  await Promise.all([ended, closed])
})

test('another certificate is shown to those who connect from then on (DELTA-175, DELTA-176)', options, async t => {
  const listener = await aSecureListener(t)
  const before = await aSession(t, listener)
  const next = await aTrust()
  listener.useCertificate(next.certificate)
  const after = await aSession(t, { ...listener, ca: next.ca })
  assert.equal((await after.ask('/v1.0/groups')).status, 200)
  assert.equal((await before.ask('/v1.0/groups')).status, 200)
})

test('what is no TLS on a port of https is let go, and leaves the server as it was', options, async t => {
  const listener = await aSecureListener(t)
  const version = await headOf(listener.inside)
  for (const bytes of [
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x16\x03\x01\x00\x05hello',
    '',
  ]) {
    const socket = connect(listener.port, '127.0.0.1').on('error', () => {})
    socket.end(bytes)
    await once(socket.resume(), 'close')
  }
  const { ask } = await aSession(t, listener)
  assert.equal((await ask('/v1.0/groups')).status, 200)
  assert.equal(await headOf(listener.inside), version)
  await assertNoFailure(listener)
})

test('what the parser of HTTP/1.1 refuses is 400 in the envelope over TLS too (DELTA-102)', options, async t => {
  const listener = await aSecureListener(t)
  for (const bytes of ['HELLO\r\n\r\n', `GET /v1.0/gro ups HTTP/1.1\r\n${listener.host}\r\n`]) {
    const [reply] = await listener.exchange(bytes)
    assert.ok(reply)
    assertEnvelope(reply, { status: 400, code: 'BadRequest' })
  }
})
