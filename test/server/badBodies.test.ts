import assert from 'node:assert/strict'
import test from 'node:test'
import { gzipSync } from 'node:zlib'
import { aDirectory } from './aDirectory.ts'
import { aServer, type Reply, type TestServer } from './aServer.ts'
import { SECURITY } from './bodies.ts'
import { assertEnvelope, assertRefused, assertStands, standingOf } from './refusal.ts'

type Write = readonly [method: 'POST' | 'PATCH', path: string]

/** Every place that reads a body, with objects that it can write to. */
async function writes(server: TestServer): Promise<Write[]> {
  const directory = aDirectory(server)
  const [ada, deleted] = await directory.users(2)
  assert.ok(ada && deleted)
  const staff = await directory.group('Staff')
  await deleted.delete()
  return [
    ['POST', '/v1.0/groups'],
    ['PATCH', `/v1.0/groups/${staff.id}`],
    ['POST', `/v1.0/groups/${staff.id}/members/$ref`],
    ['POST', '/beta/users'],
    ['PATCH', `/v1.0/users/${ada.id}`],
    ['POST', `/v1.0/directory/deletedItems/${deleted.id}/restore`],
  ]
}

/** Sends bytes as they are. */
async function send(
  server: TestServer,
  [method, url]: Write,
  payload: string | Buffer,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Reply> {
  const authorization = `Bearer ${await server.token()}`
  const reply = await server.app.inject({
    method,
    url,
    payload,
    headers: { host: 'localhost:3000', authorization, ...headers },
  })
  return { status: reply.statusCode, headers: reply.headers, body: reply.payload === '' ? null : reply.json() }
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** Bodies of a group or user that would do something if they were read by a careless reader. */
const UNREADABLE: Readonly<Record<string, string | Buffer>> = {
  'text that is no JSON': 'displayName=Staff',
  'two values': '{"displayName":"A"}{"displayName":"B"}',
  'an object without its end': '{"displayName":"Staff"',
  'a comma at the end': '{"displayName":"Staff",}',
  'single quotes': "{'displayName':'Staff'}",
  'a comment': '{"displayName":"Staff"/* */}',
  NaN: '{"displayName":NaN}',
  'bytes that are not UTF-8': Buffer.concat([
    Buffer.from('{"displayName":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('"}'),
  ]),
  'UTF-16': Buffer.from('{"displayName":"Staff"}', 'utf16le'),
  'a key twice': '{"displayName":"A","displayName":"B"}',
  'a key twice in another case': '{"displayName":"A","DISPLAYNAME":"B"}',
  'a key twice in another spelling': '{"displayName":"A","display\\u004eame":"B"}',
  'a key twice deep inside': '{"passwordProfile":{"password":"a","Password":"b"}}',
  'an annotation twice': '{"@odata.id":"a","@odata.id":"b"}',
  'the key __proto__': '{"__proto__":{"displayName":"Staff"}}',
  'the key constructor': '{"displayName":"Staff","constructor":{}}',
  'the key Prototype': '{"displayName":"Staff","Prototype":1}',
  'a forbidden key deep inside': '{"passwordProfile":{"password":"a","__proto__":{}}}',
  'U+0000 written as an escape': '{"displayName":"a\\u0000b"}',
  'U+0000 as a byte': '{"displayName":"a\0b"}',
  'U+0000 in a key': '{"a\\u0000":1}',
  'half a surrogate pair': '{"displayName":"\\ud800"}',
  'the other half': '{"displayName":"a\\udc00b"}',
  'halves in the wrong order': '{"displayName":"\\udc00\\ud800"}',
  'a number past all bounds': '{"displayName":1e999}',
  'an integer past 2^53': '{"displayName":9007199254740993}',
  'a nesting of 33': `{"displayName":${nested(32)}}`,
  'a nesting of 100,000': nested(100_000),
}

test('a body that no two readers agree on is 400 BadRequest wherever one is read, and changes nothing (DELTA-106)', async t => {
  const server = await aServer(t)
  const places = await writes(server)
  for (const [name, bytes] of Object.entries(UNREADABLE)) {
    const standing = await standingOf(server)
    for (const place of places) {
      const reply = await send(server, place, bytes)
      assert.equal(reply.status, 400, `${name}: ${JSON.stringify(reply.body)}`)
      assertEnvelope(reply, { status: 400, code: 'BadRequest', message: /^Unable to read JSON request payload\./ })
    }
    await assertStands(server, standing)
  }
})

test('the refusal of a body does not repeat what may be a password in it', async t => {
  const server = await aServer(t)
  const reply = await send(server, ['POST', '/v1.0/users'], '{"passwordProfile":{"password":"opensesame"},,}')
  assert.equal(reply.status, 400)
  assert.doesNotMatch(JSON.stringify(reply.body), /opensesame/)
})

test('what is just readable is read: a nesting of 32, a byte order mark, pairs of surrogates, escapes (DELTA-106)', async t => {
  const server = await aServer(t)
  const fields = JSON.stringify(SECURITY).slice(1, -1)
  const readable = [
    `{${fields},"ignored@odata.context":${nested(31)}}`,
    `\uFEFF{${fields}}`,
    ` \r\n\t{${fields}} `,
    `{${fields},"description":"\\ud83d\\udc69 \\"\\\\ \\u2028"}`,
    `{${fields},"Description":null,"@odata.type":"#microsoft.graph.group"}`,
  ]
  for (const body of readable) {
    const reply = await send(server, ['POST', '/v1.0/groups'], body)
    assert.equal(reply.status, 201, JSON.stringify(reply.body))
  }
})

test('a body that is JSON but no object is 400 where an object is needed', async t => {
  const server = await aServer(t)
  for (const place of await writes(server)) {
    for (const body of ['null', '[]', '"text"', '7', 'true']) {
      const standing = await standingOf(server)
      assertEnvelope(await send(server, place, body), { status: 400, code: 'BadRequest', message: /JSON object/ })
      await assertStands(server, standing)
    }
  }
})

test('a write without a body is 400 where one is needed, and a Content-Type alone is no body', async t => {
  const server = await aServer(t)
  const needed = (await writes(server)).filter(([, path]) => !path.endsWith('/restore'))
  for (const [method, path] of needed) {
    const headers = { 'content-type': 'application/json' }
    for (const how of [{ method }, { method, headers }]) {
      await assertRefused(server, path, how, { status: 400, code: 'BadRequest', message: /needs a body/ })
    }
  }
  const staff = await aDirectory(server).group('Staff')
  const headers = { 'content-type': 'application/json' }
  assert.equal((await server.call(`/v1.0/groups/${staff.id}`, { headers })).status, 200)
  assert.equal((await server.call(`/v1.0/groups/${staff.id}`, { method: 'DELETE', headers })).status, 204)
})

/** A body of exactly this many bytes that makes a group. */
function ofSize(bytes: number): string {
  const text = JSON.stringify(SECURITY)
  return text + ' '.repeat(bytes - text.length)
}

test('a body of 1 MB is read, and one byte more is 413 and changes nothing (DELTA-107)', async t => {
  const server = await aServer(t)
  const place: Write = ['POST', '/v1.0/groups']
  assert.equal((await send(server, place, ofSize(1_048_576))).status, 201)
  for (const size of [1_048_577, 2_000_000]) {
    const standing = await standingOf(server)
    assertEnvelope(await send(server, place, ofSize(size)), { status: 413, code: 'RequestEntityTooLarge' })
    await assertStands(server, standing)
  }
})

test('a body that is not declared as JSON is 415 wherever one is read, and changes nothing (DELTA-107)', async t => {
  const server = await aServer(t)
  const types = [
    'text/plain',
    'text/json',
    'application/xml',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/merge-patch+json',
    'multipart/form-data; boundary=x',
    '*/*',
    'json',
    ';',
    '',
  ]
  for (const place of await writes(server)) {
    const standing = await standingOf(server)
    const body = JSON.stringify(SECURITY)
    const replies = [await send(server, place, body, {})]
    for (const type of types) replies.push(await send(server, place, body, { 'content-type': type }))
    for (const reply of replies) assertEnvelope(reply, { status: 415, code: 'UnsupportedMediaType' })
    await assertStands(server, standing)
  }
})

test('a body with a Content-Encoding is 415, and is not unpacked (DELTA-107)', async t => {
  const server = await aServer(t)
  for (const place of await writes(server)) {
    const standing = await standingOf(server)
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'GZIP', 'gzip, identity', 'nonsense']) {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
      const reply = await send(server, place, gzipSync(JSON.stringify(SECURITY)), headers)
      assertEnvelope(reply, { status: 415, code: 'UnsupportedMediaType' })
    }
    await assertStands(server, standing)
  }
})

test('JSON may be declared in any case and with parameters, and encoded as identity (DELTA-107)', async t => {
  const server = await aServer(t)
  const types = [
    'application/json',
    'Application/JSON',
    'application/json;charset=utf-8',
    'application/json; odata.metadata=minimal; charset=UTF-8; IEEE754Compatible=false',
  ]
  for (const type of types) {
    const headers = { 'content-type': type, 'content-encoding': 'identity' }
    const reply = await send(server, ['POST', '/v1.0/groups'], JSON.stringify(SECURITY), headers)
    assert.equal(reply.status, 201, JSON.stringify(reply.body))
  }
})
