import assert from 'node:assert/strict'
import { once } from 'node:events'
import test from 'node:test'
import fc from 'fast-check'
import { aTrust } from './aCertificate.ts'
import { aListener } from './aListener.ts'
import { aSession } from './aSession.ts'
import { SECURITY } from './bodies.ts'
import { aFrameSocket, END_STREAM, FRAME, frame, head, isRead, writeHeaders } from './frames.ts'
import { assertStands, standingOf } from './refusal.ts'

/** Nothing here waits for more than the machine: what takes longer hangs. */
const options = { timeout: 20_000 }
const trust = await aTrust()
const BODY = JSON.stringify(SECURITY)

function failuresOf(lines: readonly { readonly level: number }[]): object[] {
  return lines.filter(({ level }) => level > 40)
}

/** How a write can end before its body does: RST_STREAM by its code, or all of the connection. */
const ENDS = ['reset 0', 'reset 2', 'reset 8', 'end', 'destroy', 'go away'] as const

test('a write over HTTP/2 that breaks off does nothing, however much of it has come (DELTA-174)', options, async t => {
  const listener = await aListener(t, { trust })
  const standing = await standingOf(listener.inside)
  for (const end of ENDS) {
    const socket = await aFrameSocket(t, listener)
    // Whole JSON, but for the flag that says so.
    socket.write(
      Buffer.concat([head(1, writeHeaders(listener, '/v1.0/groups')), frame(FRAME.data, 0, 1, Buffer.from(BODY))]),
    )
    assert.equal(await isRead(socket), true)
    const [what, code] = end.split(' ')
    if (what === 'reset') socket.write(frame(FRAME.reset, 0, 1, Buffer.of(0, 0, 0, Number(code))))
    if (what === 'go') socket.write(frame(FRAME.goAway, 0, 0, Buffer.alloc(8)))
    if (what === 'reset') assert.equal(await isRead(socket), true)
    else if (what === 'destroy') socket.destroy()
    else socket.end()
    if (what !== 'reset') await once(socket, 'close')
  }
  const whole = await aFrameSocket(t, listener)
  whole.write(
    Buffer.concat([
      head(1, writeHeaders(listener, '/v1.0/users')),
      frame(FRAME.data, END_STREAM, 1, Buffer.from('{}')),
    ]),
  )
  assert.equal(await isRead(whole), true)
  await assertStands(listener.inside, standing)
  assert.deepEqual(failuresOf(await listener.close()), [])
})

test(
  'frames that break the rules of HTTP/2 end their connection or request, and nothing else (DELTA-174)',
  options,
  async t => {
    const listener = await aListener(t, { trust })
    const { ask } = await aSession(t, listener)
    const standing = await standingOf(listener.inside)
    const good = writeHeaders(listener, '/v1.0/groups')
    const data = (text: string) => frame(FRAME.data, END_STREAM, 1, Buffer.from(text))
    const { ':path': _, ...pathless } = good
    const broken: Record<string, Buffer> = {
      'no frames': Buffer.from(`GET /v1.0/groups HTTP/1.1\r\n${listener.host}\r\n`),
      'a body without a request': data(BODY),
      'a request of the server': Buffer.concat([head(2, good), data(BODY)]),
      'no path': Buffer.concat([head(1, pathless), data(BODY)]),
      'a header of a connection': Buffer.concat([head(1, { ...good, connection: 'close' }), data(BODY)]),
      chunks: Buffer.concat([head(1, { ...good, 'transfer-encoding': 'chunked' }), data(BODY)]),
      'a name in upper case': Buffer.concat([head(1, { ...good, 'X-A': 'b' }), data(BODY)]),
      'a pseudo-header behind others': Buffer.concat([head(1, { authorization: 'x', ...good }), data(BODY)]),
      'a body longer than it says': Buffer.concat([head(1, { ...good, 'content-length': '5' }), data(BODY)]),
      'a body shorter than it says': Buffer.concat([head(1, { ...good, 'content-length': '500' }), data(BODY)]),
      'nonsense for headers': frame(FRAME.headers, 4 | END_STREAM, 1, Buffer.alloc(40, 0xff)),
      'a frame that is too long': frame(FRAME.data, 0, 1, Buffer.alloc(20_000)),
      'settings of an odd length': frame(FRAME.settings, 0, 0, Buffer.alloc(5)),
    }
    for (const [name, bytes] of Object.entries(broken)) {
      const socket = await aFrameSocket(t, listener)
      socket.write(bytes)
      await isRead(socket)
      assert.equal((await ask('/v1.0/groups')).status, 200, name)
    }
    await assertStands(listener.inside, standing)
    assert.deepEqual(failuresOf(await listener.close()), [])
  },
)

const anyFrame = fc
  .record({
    type: fc.integer({ min: 0, max: 10 }),
    flags: fc.integer({ min: 0, max: 255 }),
    stream: fc.oneof(fc.constantFrom(0, 1, 3), fc.integer({ min: 0, max: 2 ** 31 - 1 })),
    payload: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ type, flags, stream, payload }) => frame(type, flags, stream, Buffer.from(payload)))

test('frames by chance, also behind a request, change nothing and fell nobody (DELTA-174)', options, async t => {
  const listener = await aListener(t, { trust })
  const { ask } = await aSession(t, listener)
  const standing = await standingOf(listener.inside)
  const request = head(1, writeHeaders(listener, '/v1.0/users'))
  const property = fc.asyncProperty(
    fc.array(anyFrame, { minLength: 1, maxLength: 8 }),
    fc.boolean(),
    async (frames, behind) => {
      const socket = await aFrameSocket(t, listener)
      socket.write(Buffer.concat(behind ? [request, ...frames] : frames))
      await isRead(socket)
      socket.destroy()
    },
  )
  await fc.assert(property, { numRuns: 150 })
  assert.equal((await ask('/v1.0/groups')).status, 200)
  await assertStands(listener.inside, standing)
  assert.deepEqual(failuresOf(await listener.close()), [])
})
