import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import test from 'node:test'
import { answerParserError } from '../../src/server/errors.ts'
import { aListener, type Listener } from './aListener.ts'
import type { Reply } from './aServer.ts'
import { SECURITY } from './bodies.ts'
import { assertEnvelope, assertStands, standingOf } from './refusal.ts'

/** Nothing here waits for more than the machine: what takes longer hangs. */
const options = { timeout: 20_000 }
const BAD_REQUEST = { status: 400, code: 'BadRequest' }
const LAST = 'Connection: close\r\n'
const BODY = JSON.stringify(SECURITY)

/** The head of a request that would create a group, up to its framing. */
function create({ host, authorization }: Listener): string {
  return `POST /v1.0/groups HTTP/1.1\r\n${host}${authorization}Content-Type: application/json\r\n`
}

/** A request that is answered with the list of groups, and ends its connection. */
function list({ host, authorization }: Listener, more = LAST): string {
  return `GET /v1.0/groups HTTP/1.1\r\n${host}${authorization}${more}\r\n`
}

function only(replies: readonly Reply[]): Reply {
  assert.equal(replies.length, 1, JSON.stringify(replies))
  const [reply] = replies
  assert.ok(reply)
  return reply
}

/** Requests that the HTTP parser refuses. */
function malformed(listener: Listener): Record<string, string> {
  const { host } = listener
  const line = `GET /v1.0/groups HTTP/1.1\r\n${host}`
  const post = create(listener)
  return {
    'no HTTP at all': 'HELLO\r\n\r\n',
    'a raw blank in the target': `GET /v1.0/groups?$filter=id eq 'x' HTTP/1.1\r\n${host}\r\n`,
    'NUL in the target': `GET /v1.0/gro\0ups HTTP/1.1\r\n${host}\r\n`,
    'NUL in a header': `${line}X-A: a\0b\r\n\r\n`,
    'an unknown method': `BREW /v1.0/groups HTTP/1.1\r\n${host}\r\n`,
    'a version of the future': `GET /v1.0/groups HTTP/3.7\r\n${host}\r\n`,
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a header that goes on in the next line': `${line}X-A: a\r\n b\r\n\r\n`,
    'a blank before the colon': `${line}X-A : a\r\n\r\n`,
    'a header without a colon': `${line}nonsense\r\n\r\n`,
    'lines that end in LF alone': `GET /v1.0/groups HTTP/1.1\n${host.trim()}\n\n`,
    'a header of 20 KB': `${line}X-A: ${'a'.repeat(20_000)}\r\n\r\n`,
    'a target of 20 KB': `GET /v1.0/groups?${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`,
    '1,500 headers': `${line}${'X: 1234567890\r\n'.repeat(1_500)}\r\n`,
    'two lengths': `${post}Content-Length: ${BODY.length}\r\nContent-Length: 2\r\n\r\n${BODY}`,
    'a length and chunks': `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${list(listener)}`,
    'a length that is no number': `${post}Content-Length: 0x10\r\n\r\n${BODY}`,
    'a length below nothing': `${post}Content-Length: -1\r\n\r\n${BODY}`,
    'an encoding that ends in no chunks': `${post}Transfer-Encoding: gzip\r\n\r\n${BODY}`,
    'a chunk without a size': `${post}Transfer-Encoding: chunked\r\n\r\nZZ\r\n${BODY}\r\n0\r\n\r\n`,
    'a chunk that is longer than it says': `${post}Transfer-Encoding: chunked\r\n\r\n2\r\n${BODY}\r\n0\r\n\r\n`,
  }
}

test(
  'what the HTTP parser refuses is 400 in the envelope, once, and the connection ends (DELTA-102)',
  options,
  async t => {
    const listener = await aListener(t)
    const standing = await standingOf(listener.inside)
    for (const [name, bytes] of Object.entries(malformed(listener))) {
      const replies = await listener.exchange(bytes)
      assert.equal(replies.length, 1, `${name}: ${JSON.stringify(replies)}`)
      const reply = only(replies)
      assertEnvelope(reply, {
        ...BAD_REQUEST,
        message: /^The request (is not well-formed HTTP|header is too large)\.$/,
      })
      assert.equal(reply.body.error.innerError.date, '2026-01-15T09:00:00')
      assert.equal(reply.headers['connection'], 'close')
    }
    await assertStands(listener.inside, standing)
  },
)

test(
  'the framework, the parser, the handlers and unknown paths answer in one envelope (DELTA-102)',
  options,
  async t => {
    const listener = await aListener(t)
    const { host, authorization } = listener
    const ask = async (head: string, body = '') =>
      only(await listener.exchange(`${head} HTTP/1.1\r\n${host}${authorization}${LAST}${body}`))
    const post = `POST /v1.0/groups`
    const doors: readonly (readonly [Reply, number, string])[] = [
      [await ask('GET /v1.0/groups/%zz', '\r\n'), 400, 'BadRequest'],
      [await ask(`GET /${'a'.repeat(3_000)}/discovery/v2.0/keys`, '\r\n'), 404, 'ResourceNotFound'],
      [await ask(post, 'Content-Type: ;\r\nContent-Length: 2\r\n\r\n{}'), 415, 'UnsupportedMediaType'],
      [await ask(post, 'Content-Length: 9999999\r\n\r\n'), 413, 'RequestEntityTooLarge'],
      [await ask('QUERY /v1.0/groups', 'Content-Length: 2\r\n\r\n{}'), 400, 'BadRequest'],
      [await ask('GET /v1.0/gro ups', '\r\n'), 400, 'BadRequest'],
      [await ask('GET /nowhere', '\r\n'), 404, 'ResourceNotFound'],
      [await ask('PROPFIND /nowhere', '\r\n'), 404, 'ResourceNotFound'],
      [await ask('OPTIONS *', '\r\n'), 404, 'ResourceNotFound'],
      [await ask('GET /v1.0/nowhere', '\r\n'), 400, 'BadRequest'],
      [await ask('PROPFIND /v1.0/groups', '\r\n'), 405, 'Request_BadRequest'],
      [await ask('GET /v1.0/groups/x', '\r\n'), 400, 'Request_BadRequest'],
    ]
    for (const [reply, status, code] of doors) assertEnvelope(reply, { status, code })
    assert.deepEqual(
      (await listener.close()).filter(({ level }) => level > 40),
      [],
    )
  },
)

test('a Host that is not ours, or not one, is 400 at every path and does nothing (DELTA-4)', options, async t => {
  const listener = await aListener(t)
  const { port, authorization, inside } = listener
  const standing = await standingOf(inside)
  const foreign = [
    'evil.example',
    `evil.example:${port}`,
    'localhost',
    `localhost:${port + 1}`,
    `127.0.0.1.evil:${port}`,
  ]
  const odd = [`127.0.0.2:${port}`, `user@localhost:${port}`, `localhost:${port}/`, `localhost:0${port}`, '']
  const heads = [...foreign, ...odd].map(name => `Host: ${name}\r\n`)
  heads.push('', `${listener.host}Host: evil.example\r\n`, `${listener.host}${listener.host}`)
  const write = `${authorization}Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n${LAST}\r\n${BODY}`
  for (const host of heads) {
    for (const target of ['POST /v1.0/groups', `POST /${inside.tenant}/oauth2/v2.0/token`, 'POST /nowhere']) {
      const reply = only(await listener.exchange(`${target} HTTP/1.1\r\n${host}${write}`))
      assertEnvelope(reply, { ...BAD_REQUEST, message: /Host/ })
    }
  }
  await assertStands(inside, standing)
})

test('the three names of this machine are ours, and links bear the one that was used (DELTA-4)', options, async t => {
  const listener = await aListener(t)
  const { port, authorization } = listener
  for (const name of [`localhost:${port}`, `LocalHost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
    const request = `GET /v1.0/groups/delta HTTP/1.1\r\nHost: ${name}\r\n${authorization}${LAST}\r\n`
    const { status, body } = only(await listener.exchange(request))
    assert.equal(status, 200)
    assert.equal(body['@odata.context'], `http://${name.toLowerCase()}/v1.0/$metadata#groups`)
    assert.ok(body['@odata.deltaLink'].startsWith(`http://${name.toLowerCase()}/v1.0/groups/delta?`))
  }
})

test('HTTP/1.0 is answered where it names its Host, and its connection ends', options, async t => {
  const listener = await aListener(t)
  const { host, authorization } = listener
  const line = 'GET /v1.0/groups HTTP/1.0\r\n'
  assert.equal(only(await listener.exchange(`${line}${host}${authorization}\r\n`)).status, 200)
  assertEnvelope(only(await listener.exchange(`${line}${authorization}\r\n`)), { ...BAD_REQUEST, message: /Host/ })
})

test('a target that is a whole URL is refused, ours and others alike, at every path', options, async t => {
  const listener = await aListener(t)
  const { host, authorization, port, inside } = listener
  for (const base of [`http://127.0.0.1:${port}`, 'http://evil.example', `https://127.0.0.1:${port}`]) {
    for (const path of ['/v1.0/groups', `/${inside.tenant}/discovery/v2.0/keys`, '/nowhere']) {
      const request = `GET ${base}${path} HTTP/1.1\r\n${host}${authorization}${LAST}\r\n`
      assertEnvelope(only(await listener.exchange(request)), { ...BAD_REQUEST, message: /whole URL/ })
    }
  }
})

test('an expectation is met or passed over, a tunnel is not opened, and an upgrade is not made', options, async t => {
  const listener = await aListener(t)
  const post = `${create(listener)}Content-Length: ${BODY.length}\r\n${LAST}`
  const [goOn, created] = await listener.exchange(`${post}Expect: 100-continue\r\n\r\n${BODY}`)
  assert.deepEqual([goOn?.status, created?.status], [100, 201])
  assert.equal(only(await listener.exchange(`${post}Expect: miracles\r\n\r\n${BODY}`)).status, 201)
  assert.deepEqual(await listener.exchange(`CONNECT evil.example:443 HTTP/1.1\r\n${listener.host}\r\n`), [])
  const upgrade = 'Connection: Upgrade, close\r\nUpgrade: websocket\r\n'
  assert.equal(only(await listener.exchange(list(listener, upgrade))).status, 200)
})

test('a body of more than 1 MB is 413 in chunks too, before all of it was sent (DELTA-107)', options, async t => {
  const listener = await aListener(t)
  const standing = await standingOf(listener.inside)
  const { socket, answers } = await listener.connect()
  socket.write(`${create(listener)}Transfer-Encoding: chunked\r\n\r\n`)
  const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`
  for (let sent = 0; sent < 17; sent += 1) socket.write(chunk)
  assertEnvelope(only(await answers(1)), { status: 413, code: 'RequestEntityTooLarge' })
  await assertStands(listener.inside, standing)
})

test('who has no good token is refused before a body is sent (DELTA-167)', options, async t => {
  const listener = await aListener(t)
  const head = `POST /v1.0/groups HTTP/1.1\r\n${listener.host}Content-Type: application/json\r\nContent-Length: 1000000\r\n`
  for (const bearer of ['', 'Authorization: Bearer x.y.z\r\n']) {
    const { socket, answers } = await listener.connect()
    socket.write(`${head}${bearer}\r\n`)
    assertEnvelope(only(await answers(1)), { status: 401, code: 'InvalidAuthenticationToken' })
  }
})

test('a token request of more than 16 KB is 413 (DELTA-167)', options, async t => {
  const listener = await aListener(t)
  const { host, inside } = listener
  const line = `POST /${inside.tenant}/oauth2/v2.0/token HTTP/1.1\r\n${host}${LAST}`
  const form = `${line}Content-Type: application/x-www-form-urlencoded\r\n`
  const sized = (bytes: number) => `${form}Content-Length: ${bytes}\r\n\r\n${'a'.repeat(bytes)}`
  const over = { status: 413, code: 'RequestEntityTooLarge', message: 'The body is larger than 16 KB.' }
  assertEnvelope(only(await listener.exchange(sized(16_385))), over)
  const { status, body } = only(await listener.exchange(sized(16_384)))
  assert.deepEqual([status, body.error], [400, 'invalid_request'])
})

test('a body in chunks is read like any other', options, async t => {
  const listener = await aListener(t)
  const half = BODY.length >> 1
  const chunks = [BODY.slice(0, half), BODY.slice(half), ''].map(part => `${part.length.toString(16)}\r\n${part}\r\n`)
  const reply = only(
    await listener.exchange(`${create(listener)}${LAST}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}`),
  )
  assert.equal(reply.status, 201)
})

test('a request that arrives slowly holds nobody up, and is answered when it is whole', options, async t => {
  const listener = await aListener(t)
  const head = await listener.connect()
  const [line, rest] = [list(listener).slice(0, 30), list(listener).slice(30)]
  head.socket.write(line)
  const body = await listener.connect()
  body.socket.write(`${create(listener)}Content-Length: ${BODY.length}\r\n${LAST}\r\n${BODY.slice(0, 10)}`)
  const silent = await Promise.all(Array.from({ length: 100 }, () => listener.connect()))
  assert.deepEqual(only(await listener.exchange(list(listener))).body.value, [])
  assert.ok([head, body, ...silent].every(({ socket }) => socket.bytesRead === 0))
  body.socket.write(BODY.slice(10))
  assert.equal(only(await body.answers(1)).status, 201)
  head.socket.write(rest)
  assert.equal(only(await head.answers(1)).body.value.length, 1)
})

test('a request that breaks off does nothing, and is no failure of the server', options, async t => {
  const listener = await aListener(t)
  const standing = await standingOf(listener.inside)
  const post = create(listener)
  const parts = [
    'POST /v1.0/gro',
    post,
    `${post}Content-Length: ${BODY.length + 1}\r\n\r\n${BODY}`,
    `${post}Transfer-Encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n`,
  ]
  for (const part of parts) {
    const { socket } = await listener.connect()
    socket.end(part)
    await once(socket, 'close')
    const reset = await listener.connect()
    reset.socket.write(part)
    reset.socket.resetAndDestroy()
  }
  assert.equal(only(await listener.exchange(list(listener))).status, 200)
  await assertStands(listener.inside, standing)
  const failures = (await listener.close()).filter(({ level }) => level > 40)
  assert.deepEqual(failures, [])
})

test('requests that follow each other on a connection are answered each, in their order', options, async t => {
  const listener = await aListener(t)
  const post = `${create(listener)}Content-Length: ${BODY.length}\r\n\r\n${BODY}`
  const replies = await listener.exchange(`${list(listener, '')}${post}${list(listener)}`)
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 201, 200],
  )
})

test('the body of a GET or HEAD is refused, and never taken for a request (DELTA-182)', options, async t => {
  const listener = await aListener(t)
  const { host, authorization, inside } = listener
  const standing = await standingOf(inside)
  const hidden = `${create(listener)}Content-Length: ${BODY.length}\r\n${LAST}\r\n${BODY}`
  const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
  for (const path of ['/v1.0/groups', `/${inside.tenant}/discovery/v2.0/keys`, '/nowhere']) {
    for (const body of [
      `Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
      `Transfer-Encoding: chunked\r\n\r\n${chunk}`,
    ]) {
      const carrier = `GET ${path} HTTP/1.1\r\n${host}${authorization}${body}`
      const reply = only(await listener.exchange(`${carrier}${list(listener)}`))
      assertEnvelope(reply, { ...BAD_REQUEST, message: 'A GET has no body.' })
      assert.equal(reply.headers['connection'], 'close')
    }
  }
  const empty = `GET /v1.0/groups HTTP/1.1\r\n${host}${authorization}Content-Length: 0\r\n${LAST}\r\n`
  assert.equal(only(await listener.exchange(empty)).status, 200)
  await assertStands(inside, standing)
})

test('the body of a DELETE is refused, and nothing is deleted (DELTA-182)', options, async t => {
  const listener = await aListener(t)
  const { host, authorization, inside } = listener
  const { body: group } = await inside.call('/v1.0/groups', { method: 'POST', body: SECURITY })
  const standing = await standingOf(inside)
  const head = `DELETE /v1.0/groups/${group.id} HTTP/1.1\r\n${host}${authorization}Content-Type: application/json\r\n${LAST}`
  const reply = only(await listener.exchange(`${head}Content-Length: 2\r\n\r\n{}`))
  assertEnvelope(reply, { ...BAD_REQUEST, message: 'A DELETE has no body.' })
  const batch = await inside.call('/v1.0/$batch', {
    method: 'POST',
    body: {
      requests: [
        {
          id: '1',
          method: 'DELETE',
          url: `/groups/${group.id}`,
          headers: { 'Content-Type': 'application/json' },
          body: {},
        },
      ],
    },
  })
  assert.deepEqual(
    batch.body.responses.map(({ status }: Reply) => status),
    [400],
  )
  await assertStands(inside, standing)
  const empty = only(await listener.exchange(`${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`))
  assert.equal(empty.status, 204)
})

test(
  'a header that may stand once and stands twice is 400 at every path, and does nothing (DELTA-182)',
  options,
  async t => {
    const listener = await aListener(t)
    const { host, authorization, inside } = listener
    const standing = await standingOf(inside)
    const framed = `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n`
    for (const repeated of [authorization, 'AUTHORIZATION: Bearer x\r\n', 'content-type: text/plain\r\n']) {
      for (const target of ['POST /v1.0/groups', `POST /${inside.tenant}/oauth2/v2.0/token`, 'POST /nowhere']) {
        const request = `${target} HTTP/1.1\r\n${host}${authorization}${framed}${repeated}\r\n${BODY}${list(listener)}`
        const reply = only(await listener.exchange(request))
        assertEnvelope(reply, {
          ...BAD_REQUEST,
          message: /^The header '(Authorization|Content-Type)' stands more than once\.$/,
        })
        assert.equal(reply.headers['connection'], 'close')
      }
    }
    await assertStands(inside, standing)
  },
)

test('a request that takes too long is told so, and one that is gone is told nothing', async () => {
  const told = async (code: string): Promise<string> => {
    const socket = new PassThrough()
    answerParserError(Object.assign(new Error(code), { code }), socket as unknown as Socket, Date.UTC(2026, 0, 15))
    if (socket.destroyed) return ''
    return text(socket)
  }
  assert.match(await told('ERR_HTTP_REQUEST_TIMEOUT'), /^HTTP\/1\.1 400 .*The request took too long to arrive\./s)
  assert.equal(await told('ECONNRESET'), '')
})
