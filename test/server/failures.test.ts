import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import type { Method } from '../../src/server/route.ts'
import { ROUTES } from '../../src/server/routes.ts'
import type { Store } from '../../src/store/store.ts'
import { answersOf, gets } from './aBatch.ts'
import { aListener } from './aListener.ts'
import { aServer, aSibling, type Reply, type TestServer } from './aServer.ts'
import { assertEnvelope } from './refusal.ts'

const FIXED = 'The server failed; the outcome is not known.'
const SECRET = 'hunter2'

/** A store each of whose methods fails, and says what nobody outside may read. */
function onFire(store: Store, spared: readonly (keyof Store)[]): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function' || spared.some(one => one === name)) return value
      return () => Promise.reject(new TypeError(`disk on fire at /var/lib/${SECRET}: SELECT * FROM apps`))
    },
  })
}

async function aBroken(t: Parameters<typeof aServer>[0], spared: readonly (keyof Store)[]): Promise<TestServer> {
  const server = await aServer(t)
  return aSibling(t, server, { store: onFire(server.store, spared) })
}

function assertTellsNothing({ headers, body }: Reply): void {
  assert.doesNotMatch(JSON.stringify([headers, body]), /fire|hunter2|SELECT|TypeError|node_modules|\.ts:|at Object/)
}

test('whatever fails within a route is 500 in one sentence, and what failed is told to nobody (DELTA-235)', async t => {
  // To know who asks takes the tenant; all else fails.
  const server = await aBroken(t, ['tenant'])
  let failures = 0
  for (const [path, methods] of Object.entries(ROUTES)) {
    const target = `/v1.0/${path.replaceAll('{type}', 'microsoft.graph.user').replaceAll(/\{\w+\}/g, randomUUID())}`
    for (const method of Object.keys(methods) as Method[]) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} }
      const reply = await server.call(target, { method, ...body })
      assertTellsNothing(reply)
      if (reply.status !== 500) continue
      failures += 1
      assertEnvelope(reply, { status: 500, code: 'InternalServerError', message: FIXED })
    }
  }
  assert.ok(failures > 50, `only ${failures} routes came to the store`)
})

test('a failure where the caller is looked up, at the issuer and within a batch is no other (DELTA-235)', async t => {
  const nothing = await aBroken(t, [])
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const grant = 'grant_type=client_credentials&client_id=x&client_secret=y&scope=z'
  const at = `/${nothing.tenant}`
  const replies = [
    await nothing.call('/v1.0/groups'),
    await nothing.call(`${at}/v2.0/.well-known/openid-configuration`),
    await nothing.call(`${at}/discovery/v2.0/keys`),
    await nothing.call(`${at}/oauth2/v2.0/token`, { method: 'POST', body: grant, headers: form }),
  ]
  for (const reply of replies) {
    assertTellsNothing(reply)
    assertEnvelope(reply, { status: 500, code: 'InternalServerError', message: FIXED })
  }
  const answer = await answersOf(await aBroken(t, ['tenant']), gets('/groups', '/users'))
  for (const id of ['1', '2']) {
    const { status, body } = answer(id)
    assert.deepEqual([status, body.error.message], [500, FIXED])
    assert.doesNotMatch(JSON.stringify(body), /fire|hunter2/)
  }
})

test('the log has the cause of a failure, under the id that its caller was told (DELTA-235)', async t => {
  const listener = await aListener(t, { storeOf: store => onFire(store, ['tenant', 'close']) })
  const { host, authorization } = listener
  const lines = `${host}${authorization}Connection: close\r\n\r\n`
  const [reply] = await listener.exchange(`GET /v1.0/groups HTTP/1.1\r\n${lines}`)
  assert.ok(reply)
  assertEnvelope(reply, { status: 500, code: 'InternalServerError', message: FIXED })
  const failures = (await listener.close()).filter(({ level }) => level === 50)
  assert.equal(failures.length, 1)
  assert.match(JSON.stringify(failures), /disk on fire at/)
  assert.ok(JSON.stringify(failures).includes(String(reply.headers['request-id'])))
})
