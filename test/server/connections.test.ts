import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from '../../src/store/store.ts'
import { aListener, type Listener } from './aListener.ts'
import { SECURITY } from './bodies.ts'
import { manyGroups } from './manyGroups.ts'

/** Nothing here waits for more than the machine: what takes longer hangs. */
const options = { timeout: 20_000 }
const LAST = 'Connection: close\r\n'

function list({ host, authorization }: Listener, more = ''): string {
  return `GET /v1.0/groups?$top=999 HTTP/1.1\r\n${host}${authorization}${more}\r\n`
}

function create({ host, authorization }: Listener, name: string): string {
  const body = JSON.stringify({ ...SECURITY, displayName: name })
  const head = `POST /v1.0/groups HTTP/1.1\r\n${host}${authorization}Content-Type: application/json\r\n`
  return `${head}Content-Length: ${body.length}\r\n\r\n${body}`
}

/** The server's own ends of the connections that are made, in their order. */
function serverEnds(context: TestContext, { port }: Listener): Socket[] {
  const ends: Socket[] = []
  const note = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    if (socket.localPort === port) ends.push(socket)
  }
  subscribe('net.server.socket', note)
  context.after(() => unsubscribe('net.server.socket', note))
  return ends
}

/** More than the system itself holds for a connection. */
const PAGES = 40

async function aLargeDirectory(context: TestContext, stalledMs: number): Promise<Listener> {
  const listener = await aListener(context, { limits: { stalledMs } })
  await manyGroups(listener.inside, 999)
  return listener
}

test('a client that reads nothing is let go, and what it asked ahead is not done (DELTA-150)', options, async t => {
  const listener = await aLargeDirectory(t, 200)
  const ends = serverEnds(t, listener)
  const { socket, answers } = await listener.connect()
  socket.pause()
  socket.write(list(listener).repeat(PAGES) + create(listener, 'Never'))
  const [end] = ends
  assert.ok(end)
  await once(end, 'close')
  socket.resume()
  assert.ok((await answers(Number.POSITIVE_INFINITY)).length < PAGES)
  const { body } = await listener.inside.call("/v1.0/groups?$filter=displayName eq 'Never'")
  assert.deepEqual(body.value, [])
})

test('a client that reads slowly is served to its end (DELTA-150)', options, async t => {
  const listener = await aLargeDirectory(t, 200)
  const { socket, answers } = await listener.connect()
  socket.on('data', () => {
    socket.pause()
    setTimeout(() => socket.resume(), 2)
  })
  const began = performance.now()
  socket.write(list(listener).repeat(PAGES - 1) + list(listener, LAST))
  await once(socket, 'close')
  assert.ok(performance.now() - began > 3 * 200, 'the client was too quick to show anything')
  const replies = await answers(Number.POSITIVE_INFINITY)
  assert.deepEqual(
    replies.map(({ body }) => body.value.length),
    Array(PAGES).fill(999),
  )
})

test('a server that takes long over an answer does not blame the client (DELTA-150)', options, async t => {
  const slow = (store: Store): Store => ({
    ...store,
    read: async (tenant, work) => {
      await delay(150)
      return store.read(tenant, work)
    },
  })
  const listener = await aListener(t, { limits: { stalledMs: 30 }, storeOf: slow })
  const [reply] = await listener.exchange(list(listener, LAST))
  assert.equal(reply?.status, 200)
})

test('a connection without a request stays open as long as the answer before said (DELTA-150)', options, async t => {
  const idleMs = 1_000
  const listener = await aListener(t, { limits: { stalledMs: 100, idleMs } })
  const { socket, answers } = await listener.connect()
  socket.write(list(listener))
  const [reply] = await answers(1)
  assert.equal(reply?.headers['keep-alive'], 'timeout=1')
  const answered = performance.now()
  await once(socket, 'close')
  assert.ok(performance.now() - answered >= idleMs)
})

test('requests that are sent ahead are done one after the other (DELTA-149)', options, async t => {
  const listener = await aListener(t)
  const replies = await listener.exchange(
    create(listener, 'A') + list(listener) + create(listener, 'B') + list(listener, LAST),
  )
  assert.deepEqual(
    replies.map(({ status, body }) => (status === 201 ? body.displayName : body.value.length)),
    ['A', 1, 'B', 2],
  )
})

test(
  'of too many requests that are sent ahead the first are done, one is told so and none after it is done (DELTA-149)',
  options,
  async t => {
    const listener = await aListener(t, { limits: { waitingMax: 2 } })
    const names = ['A', 'B', 'C', 'D', 'E', 'F']
    const replies = await listener.exchange(names.map(name => create(listener, name)).join(''))
    assert.deepEqual(
      replies.map(({ status }) => status),
      [201, 201, 201, 503],
    )
    assert.equal(replies[3]?.headers['connection'], 'close')
    const { body } = await listener.inside.call('/v1.0/groups')
    assert.deepEqual(body.value.map(({ displayName }: { displayName: string }) => displayName).sort(), ['A', 'B', 'C'])
  },
)

test(
  'what is no HTTP behind a request on its way is told nothing that could be its answer (DELTA-149)',
  options,
  async t => {
    const gate = Promise.withResolvers<void>()
    const held = (store: Store): Store => ({
      ...store,
      read: async (tenant, work) => {
        await gate.promise
        return store.read(tenant, work)
      },
    })
    const listener = await aListener(t, { storeOf: held })
    assert.deepEqual(await listener.exchange(`${list(listener)}HELLO\r\n\r\n`), [])
    gate.resolve()
  },
)
