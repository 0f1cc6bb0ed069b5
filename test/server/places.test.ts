import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import { NO_OBSERVER } from '../../src/server/monitor/observer.ts'
import type { Store } from '../../src/store/store.ts'
import { aTrust } from './aCertificate.ts'
import { aListener, type Listener } from './aListener.ts'
import { aSession } from './aSession.ts'

/** Nothing here waits for more than the machine: what takes longer hangs. */
const options = { timeout: 20_000 }

/** A listener with two places, whose reads wait for the test, and how many it has turned away. */
async function twoPlaces(t: TestContext) {
  const gate = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const away = { count: 0 }
  const held = (store: Store): Store => ({
    ...store,
    read: async (tenant, work) => {
      reached.resolve()
      await gate.promise
      return store.read(tenant, work)
    },
  })
  const observer = { ...NO_OBSERVER, turnedAway: () => (away.count += 1) }
  const listener = await aListener(t, { limits: { connectionsMax: 2 }, storeOf: held, observer })
  return { listener, away, open: gate.resolve, reached: reached.promise }
}

function list({ host, authorization }: Listener, more = ''): string {
  return `GET /v1.0/groups HTTP/1.1\r\n${host}${authorization}${more}\r\n`
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close')
}

test('of those who have asked nothing the first makes room for whoever comes (DELTA-250)', options, async t => {
  const { listener, away, open } = await twoPlaces(t)
  open()
  const first = await listener.connect()
  const second = await listener.connect()
  const third = await listener.connect()
  await closed(first.socket)
  for (const { socket, answers } of [second, third]) {
    socket.write(list(listener))
    assert.deepEqual(
      (await answers(1)).map(({ status }) => status),
      [200],
    )
  }
  assert.equal(away.count, 1)
})

test('who has asked before keeps its place before those who have not (DELTA-250)', options, async t => {
  const { listener, open } = await twoPlaces(t)
  open()
  const known = await listener.connect()
  known.socket.write(list(listener))
  await known.answers(1)
  const silent = await listener.connect()
  const next = await listener.connect()
  await closed(silent.socket)
  known.socket.write(list(listener))
  assert.equal((await known.answers(2)).length, 2)
  next.socket.write(list(listener))
  assert.equal((await next.answers(1)).length, 1)
  const last = await listener.connect()
  await closed(known.socket)
  last.socket.write(list(listener))
  assert.equal((await last.answers(1)).length, 1)
})

test('where all wait for an answer nobody loses it, and a further one is let go (DELTA-250)', options, async t => {
  const { listener, away, open, reached } = await twoPlaces(t)
  const waiting = [await listener.connect(), await listener.connect()]
  for (const { socket } of waiting) socket.write(list(listener, 'Connection: close\r\n'))
  await reached
  const further = await listener.connect()
  await closed(further.socket)
  assert.equal(away.count, 1)
  open()
  for (const { answers } of waiting) assert.equal((await answers(1))[0]?.status, 200)
})

test('a place is one connection of HTTP/2, however much it asks (DELTA-250)', options, async t => {
  const trust = await aTrust()
  const listener = await aListener(t, { trust, limits: { connectionsMax: 2 } })
  const [first, second] = [await aSession(t, listener), await aSession(t, listener)]
  await Promise.all(Array.from({ length: 20 }, () => first.ask('/v1.0/groups')))
  await second.ask('/v1.0/groups')
  const third = await aSession(t, listener)
  assert.equal((await third.ask('/v1.0/groups')).status, 200)
  if (!first.session.destroyed) await once(first.session, 'close')
  assert.equal((await second.ask('/v1.0/groups')).status, 200)
})
