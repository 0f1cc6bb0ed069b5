import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type ClientHttp2Stream, constants } from 'node:http2'
import { connect } from 'node:net'
import test from 'node:test'
import type { Store } from '../../src/store/store.ts'
import { aTrust } from './aCertificate.ts'
import { aListener } from './aListener.ts'
import { aSession, replyOf } from './aSession.ts'
import { SECURITY } from './bodies.ts'
import { manyGroups } from './manyGroups.ts'

/** Nothing here waits for more than the machine: what takes longer hangs. */
const options = { timeout: 20_000 }
const trust = await aTrust()
const LARGE = '/v1.0/groups?$top=999'

test('who does not finish a TLS handshake is let go, and others get their place (DELTA-150)', options, async t => {
  const listener = await aListener(t, { trust, limits: { headersMs: 150, connectionsMax: 2 } })
  const ends = ['', '\x16\x03\x01\x02\x00\x01'].map(async bytes => {
    const socket = connect(listener.port, '127.0.0.1').on('error', () => {})
    t.after(() => socket.destroy())
    await once(socket, 'connect')
    socket.write(bytes)
    await once(socket.resume(), 'close')
  })
  await Promise.all(ends)
  const { ask } = await aSession(t, listener)
  assert.equal((await ask('/v1.0/groups')).status, 200)
})

test(
  'an answer that its HTTP/2 client does not take is let go, whatever else it asks on the connection (DELTA-150)',
  options,
  async t => {
    const listener = await aListener(t, { trust, limits: { stalledMs: 300 } })
    await manyGroups(listener.inside, 999)
    const { ask, begin, session } = await aSession(t, listener)
    const stalled = begin(LARGE)
    stalled.end()
    await once(stalled, 'response')
    const ended = once(stalled, 'close')
    let others = 0
    while (!stalled.destroyed && others < 10_000) {
      assert.equal((await ask('/v1.0/groups?$top=1')).status, 200)
      others += 1
      if (stalled.rstCode !== constants.NGHTTP2_NO_ERROR) stalled.resume()
    }
    await ended
    assert.equal(stalled.rstCode, constants.NGHTTP2_CANCEL)
    assert.ok(others > 1)
    assert.equal(session.destroyed, false)
  },
)

test('an HTTP/2 client that reads slowly is served to its end (DELTA-150)', options, async t => {
  const stalledMs = 600
  const listener = await aListener(t, { trust, limits: { stalledMs } })
  await manyGroups(listener.inside, 999)
  const { begin } = await aSession(t, listener)
  const stream = begin(LARGE)
  const answered = replyOf(stream)
  stream.on('data', () => {
    stream.pause()
    setTimeout(() => stream.resume(), 15)
  })
  const began = performance.now()
  stream.end()
  const { status, body } = await answered
  assert.ok(performance.now() - began > 2 * stalledMs, 'the client was too quick to show anything')
  assert.deepEqual([status, body.value.length], [200, 999])
})

test(
  'of the requests on a connection of HTTP/2 no more than its turns are done at a time, and those taken back not at all (DELTA-149)',
  options,
  async t => {
    let [underWay, most] = [0, 0]
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const held = (store: Store): Store => ({
      ...store,
      read: async (tenant, work) => {
        underWay += 1
        most = Math.max(most, underWay)
        if (underWay === 2) reached.resolve()
        await gate.promise
        const result = await store.read(tenant, work)
        underWay -= 1
        return result
      },
    })
    const listener = await aListener(t, { trust, limits: { underWayMax: 2 }, storeOf: held })
    const { ask, begin, session } = await aSession(t, listener)
    const first = Array.from({ length: 6 }, () => ask('/v1.0/groups'))
    await reached.promise
    const takenBack: ClientHttp2Stream = begin('/v1.0/groups', {
      ':method': 'POST',
      'content-type': 'application/json',
    })
    takenBack.end(JSON.stringify(SECURITY))
    const isRead = () => new Promise(resolve => session.ping(resolve))
    await isRead()
    takenBack.close(constants.NGHTTP2_CANCEL)
    await isRead()
    gate.resolve()
    const replies = await Promise.all(first)
    assert.deepEqual(
      replies.map(({ status }) => status),
      Array(6).fill(200),
    )
    assert.equal(most, 2)
    assert.deepEqual((await ask('/v1.0/groups')).body.value, [])
  },
)
