import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { aTrust, type Trust } from './aCertificate.ts'
import { aListener, type Listener } from './aListener.ts'
import { aSession } from './aSession.ts'
import { SECURITY } from './bodies.ts'
import { aFrameSocket, END_STREAM, FRAME, frame, type Header, head, isRead, writeHeaders } from './frames.ts'
import { assertEnvelope, assertStands, standingOf } from './refusal.ts'

/** Nothing here waits for more than the machine: what takes longer hangs. */
const options = { timeout: 60_000 }
const trust = await aTrust()
const KINDS: readonly (readonly [string, Trust | null])[] = [
  ['plain', null],
  ['TLS', trust],
]
const BODY = JSON.stringify(SECURITY)
const LAST = 'Connection: close\r\n'
const SIZE = BODY.length.toString(16)
const CHUNKS = `${SIZE}\r\n${BODY}\r\n0\r\n\r\n`

function listenerOf(context: TestContext, given: Trust | null): Promise<Listener> {
  return aListener(context, given === null ? {} : { trust: given })
}

/** Writes whose end one reader can see elsewhere than another. */
function smuggled({ host, authorization }: Listener): Record<string, string> {
  const create = `POST /v1.0/groups HTTP/1.1\r\n${host}${authorization}Content-Type: application/json\r\n`
  const old = create.replace('HTTP/1.1', 'HTTP/1.0')
  const chunked = `${create}Transfer-Encoding: chunked\r\n\r\n`
  const length = BODY.length
  return {
    'chunks and a length': `${create}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${CHUNKS}`,
    'a length and chunks': `${create}Content-Length: ${length}\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    'the same length twice': `${create}Content-Length: ${length}\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
    'a list of lengths': `${create}Content-Length: ${length}, ${length}\r\n\r\n${BODY}`,
    'a length with a sign': `${create}Content-Length: +${length}\r\n\r\n${BODY}`,
    'no length in the header of that name': `${create}Content-Length: \r\n\r\n${BODY}`,
    'a length of 23 digits': `${create}Content-Length: ${'9'.repeat(23)}\r\n\r\n${BODY}`,
    'chunks twice': `${create}Transfer-Encoding: chunked, chunked\r\n\r\n${CHUNKS}`,
    'chunks of gzip': `${create}Transfer-Encoding: gzip, chunked\r\n\r\n${CHUNKS}`,
    'chunks, then identity': `${create}Transfer-Encoding: chunked, identity\r\n\r\n${CHUNKS}`,
    'identity beside chunks': `${create}Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    'chunks in two headers': `${create}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    'identity beside a length': `${create}Transfer-Encoding: identity\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
    'a word that ends in chunked': `${create}Transfer-Encoding: xchunked\r\n\r\n${CHUNKS}`,
    'chunks with a parameter': `${create}Transfer-Encoding: chunked;q=1\r\n\r\n${CHUNKS}`,
    'chunks behind a vertical tab': `${create}Transfer-Encoding: \x0bchunked\r\n\r\n${CHUNKS}`,
    'no coding in the header of that name': `${create}Transfer-Encoding: \r\nContent-Length: ${length}\r\n\r\n${BODY}`,
    'a blank before the colon of a length': `${create}Content-Length : ${length}\r\n\r\n${BODY}`,
    'chunks in HTTP/1.0': `${old}Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    'chunks whose lines end in LF': `${chunked}${SIZE}\n${BODY}\n0\n\n`,
    'an extension of a chunk that ends in LF': `${chunked}${SIZE};\n${BODY}\r\n0\r\n\r\n`,
    'a chunk of 20 KB of extension': `${chunked}${SIZE};${'a'.repeat(20_000)}\r\n${BODY}\r\n0\r\n\r\n`,
    'a size with 0x': `${chunked}0x5\r\nhello\r\n0\r\n\r\n`,
    'a size among blanks': `${chunked} ${SIZE} \r\n${BODY}\r\n0\r\n\r\n`,
    'a size below nothing': `${chunked}-5\r\nhello\r\n0\r\n\r\n`,
    'a size of 17 digits': `${chunked}${'f'.repeat(17)}\r\nhello\r\n0\r\n\r\n`,
    'a length behind the chunks': `${chunked}${SIZE}\r\n${BODY}\r\n0\r\nContent-Length: 3\r\n\r\n`,
    'lines that end in LF': `${create.replaceAll('\r\n', '\n')}Content-Length: ${length}\n\n${BODY}`,
    'one line that ends in LF': `${create}X-A: a\nContent-Length: ${length}\r\n\r\n${BODY}`,
    'CR within a header': `${create}X-A: a\rb\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
    'CR before the end of a line': `${create}X-A: a\r\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
    'a header that goes on behind a tab': `${create}X-A: a\r\n\tb\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
    'a header that goes on in the first line': `POST /v1.0/groups HTTP/1.1\r\n X-A: b\r\n${create.slice(29)}\r\n${BODY}`,
    'NUL in a name': `${create}X\0A: a\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
    'a control character in a header': `${create}X-A: a\x01b\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
    'a header without a name': `${create}: a\r\nContent-Length: ${length}\r\n\r\n${BODY}`,
  }
}

for (const [kind, given] of KINDS) {
  test(`what can end in two places is refused over ${kind}, and its connection ends (DELTA-234)`, options, async t => {
    const listener = await listenerOf(t, given)
    const standing = await standingOf(listener.inside)
    const next = `GET /v1.0/groups HTTP/1.1\r\n${listener.host}${listener.authorization}${LAST}\r\n`
    for (const [name, bytes] of Object.entries(smuggled(listener))) {
      const replies = await listener.exchange(Buffer.from(bytes + next, 'latin1'))
      assert.equal(replies.length, 1, `${name}: ${JSON.stringify(replies)}`)
      const [reply] = replies
      assert.ok(reply)
      assertEnvelope(reply, { status: 400, code: 'BadRequest' })
      assert.equal(reply.headers['connection'], 'close', name)
    }
    await assertStands(listener.inside, standing)
  })
}

test('chunks are read in any case of their name, with extensions and a tab before it', options, async t => {
  const listener = await aListener(t)
  const { host, authorization } = listener
  const create = `POST /v1.0/groups HTTP/1.1\r\n${host}${authorization}Content-Type: application/json\r\n${LAST}`
  for (const request of [
    `${create}Transfer-Encoding: CHUNKED\r\n\r\n${CHUNKS}`,
    `${create}Transfer-Encoding:\tchunked\r\n\r\n${CHUNKS}`,
    `${create}Transfer-Encoding: chunked\r\n\r\n${SIZE};name=value\r\n${BODY}\r\n0\r\n\r\n`,
  ]) {
    assert.equal((await listener.exchange(request))[0]?.status, 201)
  }
})

test('a hundred headers are read and one more is refused, also where they are short (DELTA-234)', options, async t => {
  const listener = await aListener(t)
  const { host, authorization } = listener
  const known = `${host}${authorization}${LAST}`
  const ask = (more: number) => listener.exchange(`GET /v1.0/groups HTTP/1.1\r\n${known}${'X:1\r\n'.repeat(more)}\r\n`)
  assert.equal((await ask(97))[0]?.status, 200)
  for (const more of [98, 1_500, 2_500]) {
    const [reply] = await ask(more)
    assert.ok(reply)
    assertEnvelope(reply, { status: 400, code: 'BadRequest', message: /headers|too large/ })
    assert.equal(reply.headers['connection'], 'close')
  }
})

test('a second Authorization behind two thousand headers is not passed over (DELTA-182)', options, async t => {
  const listener = await aListener(t)
  const { host, authorization } = listener
  const fill = 'X:1\r\n'.repeat(2_020)
  const request = `GET /v1.0/groups HTTP/1.1\r\n${host}${authorization}${fill}Authorization: Bearer x\r\n${LAST}\r\n`
  assert.equal((await listener.exchange(request))[0]?.status, 400)
})

test('a request without a Host is 400 also in HTTP/1.0, and HTTP/0.9 is not spoken (DELTA-234)', options, async t => {
  const listener = await aListener(t)
  const { host, authorization } = listener
  for (const request of [
    `GET /v1.0/groups HTTP/1.0\r\n${authorization}\r\n`,
    `GET /v1.0/groups HTTP/0.9\r\n${host}${authorization}\r\n`,
    'GET /v1.0/groups\r\n\r\n',
  ]) {
    const [reply] = await listener.exchange(request)
    assert.ok(reply, request)
    assertEnvelope(reply, { status: 400, code: 'BadRequest' })
  }
})

/** Heads of HTTP/2 that are none, as what is changed of a good one. */
const BROKEN: Readonly<Record<string, (good: Header[]) => Header[]>> = {
  'two paths': good => [...good.slice(0, 2), [':path', '/v1.0/users'], ...good.slice(2)],
  'two methods': good => [[':method', 'POST'], ...good],
  'two authorities': good => [[':authority', 'evil.example'], ...good],
  'a pseudo-header that nobody knows': good => [[':evil', 'x'], ...good],
  'a pseudo-header of answers': good => [[':status', '200'], ...good],
  'two lengths': good => [...good, ['content-length', String(BODY.length)], ['content-length', '5']],
  'the same length twice': good => [...good, ...Array<Header>(2).fill(['content-length', String(BODY.length)])],
  'a length with a sign': good => [...good, ['content-length', `+${BODY.length}`]],
  'two hosts': good => [...good, ['host', 'a.example'], ['host', 'b.example']],
  'a coding for transfer': good => [...good, ['te', 'gzip']],
  'keep-alive': good => [...good, ['keep-alive', '5']],
  upgrade: good => [...good, ['upgrade', 'websocket']],
  'proxy-connection': good => [...good, ['proxy-connection', 'keep-alive']],
  'LF in the path': good => good.map(([name, value]) => [name, name === ':path' ? '/v1.0/groups\nx' : value]),
  'a blank in the path': good =>
    good.map(([name, value]) => [name, name === ':path' ? '/v1.0/groups HTTP/1.1' : value]),
  'a method that is a line': good =>
    good.map(([name, value]) => [name, name === ':method' ? 'GET / HTTP/1.1\r\n' : value]),
  'a user in the authority': good =>
    good.map(([name, value]) => [name, name === ':authority' ? `user:word@${value}` : value]),
  '200 headers': good => [...good, ...Array.from({ length: 200 }, (_, index): Header => [`x-${index}`, '1'])],
}

test('what is no head of HTTP/2 does nothing (DELTA-174)', options, async t => {
  const listener = await aListener(t, { trust })
  const standing = await standingOf(listener.inside)
  const good = Object.entries(writeHeaders(listener, '/v1.0/groups'))
  for (const change of Object.values(BROKEN)) {
    const socket = await aFrameSocket(t, listener)
    const body = frame(FRAME.data, END_STREAM, 1, Buffer.from(BODY))
    socket.write(Buffer.concat([head(1, change(good)), body]))
    await isRead(socket)
    socket.destroy()
  }
  await assertStands(listener.inside, standing)
})

test('over HTTP/2 too a header that may stand once and stands twice is 400 (DELTA-182)', options, async t => {
  const listener = await aListener(t, { trust })
  const standing = await standingOf(listener.inside)
  const good = Object.entries(writeHeaders(listener, '/v1.0/groups'))
  for (const repeated of [
    ['authorization', 'Bearer x'],
    ['content-type', 'text/plain'],
  ] as const) {
    const socket = await aFrameSocket(t, listener)
    const answered = new Promise<string>(resolve => {
      let text = ''
      socket.on('data', part => {
        text += part.toString('latin1')
        if (text.includes('}}}')) resolve(text)
      })
    })
    socket.write(Buffer.concat([head(1, [...good, repeated]), frame(FRAME.data, END_STREAM, 1, Buffer.from(BODY))]))
    assert.match(await answered, /stands more than once/)
  }
  const { ask } = await aSession(t, listener)
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x-${index}`, '1']))
  assertEnvelope(await ask('/v1.0/groups', many), { status: 400, code: 'BadRequest', message: /more than 100 headers/ })
  await assertStands(listener.inside, standing)
})

test('the body of a GET is refused over HTTP/2 also where no header tells of it (DELTA-182)', options, async t => {
  const listener = await aListener(t, { trust })
  const { ask } = await aSession(t, listener)
  const keys = `/${listener.inside.tenant}/discovery/v2.0/keys`
  for (const path of ['/v1.0/groups', keys, '/nowhere']) {
    const refused = await ask(path, { ':method': 'GET' }, BODY)
    assertEnvelope(refused, { status: 400, code: 'BadRequest', message: 'A GET has no body.' })
  }
  assert.equal((await ask('/v1.0/groups')).status, 200)
  assert.equal((await ask(keys, { ':method': 'HEAD' })).status, 200)
})

test('a head, and a body, that does not come in time is told so and cut off (DELTA-150)', options, async t => {
  const listener = await aListener(t, { limits: { headersMs: 100, requestMs: 200 } })
  const { host, authorization } = listener
  const begun = [
    'GET /v1.0/groups HTTP/1.1\r\nHost: ',
    `POST /v1.0/groups HTTP/1.1\r\n${host}${authorization}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{`,
  ]
  const replies = await Promise.all(begun.map(bytes => listener.exchange(bytes)))
  const [slowHead] = replies.map(([reply]) => reply)
  assert.ok(slowHead)
  assertEnvelope(slowHead, { status: 400, code: 'BadRequest', message: 'The request took too long to arrive.' })
})
