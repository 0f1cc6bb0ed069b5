import assert from 'node:assert/strict'
import test from 'node:test'
import { pino } from 'pino'
import { buildApp } from '../../src/server/app.ts'
import { answersOf, gets, type ItemReply, JSON_HEADERS, sendBatch } from './aBatch.ts'
import { aDirectory, reference } from './aDirectory.ts'
import { aServer, BASE } from './aServer.ts'
import { SECURITY, userBody } from './bodies.ts'
import { assertStands, standingOf } from './refusal.ts'

const SOME_ID = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

test('twenty requests of every kind are answered in one, each with its id, status, headers and body (DELTA-111)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ada, ben] = await Promise.all([directory.user('Ada'), directory.user('Ben')])
  const staff = await directory.group('Staff', { members: [ada] })
  const old = await directory.group('Old')
  const group = `/groups/${staff.id}`
  const reads = gets(
    ...[group, `${group}/members`, `${group}/owners`, '/groups', '/users', `/users/${ada.id}`],
    ...['/groups/delta', '/users/delta', '/groups?$top=1', `/groups/${SOME_ID}`, '/nowhere', '/me'],
  )
  const writes = [
    { id: 'create', method: 'POST', url: '/groups', headers: JSON_HEADERS, body: SECURITY },
    { id: 'hire', method: 'POST', url: '/users', headers: JSON_HEADERS, body: userBody(server, 'cleo') },
    { id: 'change', method: 'PATCH', url: `/users/${ben.id}`, headers: JSON_HEADERS, body: { jobTitle: 'Clerk' } },
    {
      id: 'add',
      method: 'POST',
      url: `${group}/members/$ref`,
      headers: JSON_HEADERS,
      body: { '@odata.id': reference(ben) },
    },
    { id: 'delete', method: 'delete', url: `/groups/${old.id}` },
    { id: 'wrong', method: 'PATCH', url: group, headers: JSON_HEADERS, body: { nonsense: 1 } },
    { id: 'method', method: 'PUT', url: group, headers: JSON_HEADERS, body: {} },
    { id: 'bin', method: 'GET', url: '/directory/deletedItems/microsoft.graph.group' },
  ]
  const answer = await answersOf(server, [...reads, ...writes])
  const statuses = [...reads, ...writes].map(request => answer(String(Reflect.get(request, 'id'))).status)
  assert.deepEqual(
    statuses,
    [200, 200, 200, 200, 200, 200, 200, 200, 200, 404, 400, 400, 201, 201, 204, 204, 204, 400, 405, 200],
  )
  assert.equal(answer('1').body.displayName, 'Staff')
  assert.equal(answer('create').headers['Location']?.startsWith(`${BASE}/v1.0/directoryObjects/`), true)
  assert.equal(answer('10').body.error.code, 'Request_ResourceNotFound')
  assert.deepEqual(await staff.members(), [ada.id, ben.id].sort())
})

test("an item's JSON is told under Content-Type in this spelling, and a 204 has neither body nor type (DELTA-111)", async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).group('Staff')
  const answer = await answersOf(server, [
    ...gets(`/groups/${id}`, '/nowhere'),
    { id: '3', method: 'DELETE', url: `/groups/${id}`, dependsOn: ['1'] },
  ])
  const { 'request-id': requestId, 'client-request-id': clientRequestId, ...rest } = answer('1').headers
  assert.match(String(requestId), GUID)
  assert.equal(clientRequestId, requestId)
  assert.deepEqual(rest, {
    'Cache-Control': 'no-store',
    'Content-Type': JSON_TYPE,
    'OData-Version': '4.0',
    'x-ms-resource-unit': '1',
  })
  const failed = answer('2')
  assert.equal(failed.headers['Content-Type'], 'application/json')
  assert.equal(failed.headers['OData-Version'], undefined)
  assert.equal(failed.body.error.innerError['request-id'], failed.headers['request-id'])
  assert.deepEqual(Object.keys(answer('3')), ['id', 'status', 'headers'])
  assert.equal(answer('3').headers['Content-Type'], undefined)
})

test('an item is answered as the same request alone (DELTA-111)', async t => {
  const server = await aServer(t)
  await aDirectory(server).groups('A', 'B', 'C')
  const urls = ['/groups?$top=2&$select=displayName', '/groups/x', '/groups/delta?$select=nonsense', '/users?$top=0']
  const answer = await answersOf(server, gets(...urls))
  for (const [index, url] of urls.entries()) {
    const { status, headers, body } = await server.call(`/v1.0${url}`)
    const item = answer(String(index + 1))
    assert.equal(item.status, status)
    assert.equal(item.headers['Content-Type'], headers['content-type'])
    assert.deepEqual({ ...item.body.error, innerError: null }, { ...body.error, innerError: null })
    if (status === 200) assert.deepEqual(item.body, body)
  }
})

test('HEAD in a batch is answered as alone, without a body, and OPTIONS is no question to a batch (DELTA-111)', async t => {
  const server = await aServer(t)
  const answer = await answersOf(server, [
    { id: 'get', method: 'GET', url: '/groups' },
    { id: 'head', method: 'HEAD', url: '/groups' },
    { id: 'none', method: 'HEAD', url: `/groups/${SOME_ID}` },
    { id: 'body', method: 'HEAD', url: '/groups', headers: JSON_HEADERS, body: {} },
    { id: 'options', method: 'OPTIONS', url: '/groups' },
  ])
  const unmarked = ({ headers }: ItemReply) => ({ ...headers, 'request-id': null, 'client-request-id': null })
  assert.equal(answer('head').status, 200)
  assert.deepEqual(unmarked(answer('head')), unmarked(answer('get')))
  assert.deepEqual(
    ['none', 'body', 'options'].map(id => answer(id).status),
    [404, 400, 405],
  )
  for (const id of ['head', 'none', 'body']) assert.deepEqual(Object.keys(answer(id)), ['id', 'status', 'headers'])
})

test('what is no id, method or url of a request is named (DELTA-112)', async t => {
  const server = await aServer(t)
  const get = { id: '1', method: 'GET', url: '/groups' }
  for (const [request, message] of [
    [{ ...get, id: 1.5 }, /has no 'id' but '1\.5':/],
    [{ ...get, method: 'GE T' }, /'1' has no 'method' but '"GE T"'\.$/],
    [{ ...get, url: ['/groups'] }, /'1' has no 'url' but '\["\/groups"\]'\.$/],
    [{ id: '1', method: 'GET' }, /'1' has no 'url'\.$/],
  ] as const) {
    const { status, body } = await sendBatch(server, [request])
    assert.equal(status, 400)
    assert.match(body.error.message, message)
  }
})

test('ids may be numbers, answered as text, and are told as they were sent (DELTA-111)', async t => {
  const server = await aServer(t)
  const answer = await answersOf(server, [
    { id: 7, method: 'GET', url: '/groups' },
    { id: 'First', method: 'GET', url: '/users' },
    { ID: 'b', Method: 'get', URL: '/groups', DependsOn: [7, 'FIRST'], atomicityGroup: 'g1' },
  ])
  for (const id of ['7', 'First', 'b']) assert.equal(answer(id).status, 200)
})

test('a batch that is not well formed is 400 and none of its items is done (DELTA-112)', async t => {
  const server = await aServer(t)
  const create = { id: '1', method: 'POST', url: '/groups', headers: JSON_HEADERS, body: SECURITY }
  const get = { id: '2', method: 'GET', url: '/groups' }
  const numbered = (count: number) => Array.from({ length: count }, (_, id) => ({ ...get, id: `n${id}` }))
  const wrong: Record<string, unknown> = {
    'no array': { '0': create },
    'no request': [],
    '21 requests': [create, ...numbered(20)],
    'no object': [create, 'GET /groups'],
    'a null': [create, null],
    'one id twice': [create, { ...get, id: '1' }],
    'one id twice but for its case': [
      { ...create, id: 'a' },
      { ...get, id: 'A' },
    ],
    'one id as number and as text': [create, { ...get, id: 1 }],
    'no id': [create, { method: 'GET', url: '/groups' }],
    'an empty id': [create, { ...get, id: '' }],
    'an id that is no whole number': [create, { ...get, id: 1.5 }],
    'an id that is a list': [create, { ...get, id: ['2'] }],
    'no method': [create, { id: '2', url: '/groups' }],
    'a method that is no word': [create, { ...get, method: 'GET /groups' }],
    'no url': [create, { id: '2', method: 'GET' }],
    'an empty url': [create, { ...get, url: '' }],
    'headers in a list': [create, { ...get, headers: ['Prefer'] }],
    'a header that is a number': [create, { ...get, headers: { Prefer: 1 } }],
    'a body without Content-Type': [create, { id: '2', method: 'POST', url: '/groups', body: SECURITY }],
    'a dependency that is no list': [create, { ...get, dependsOn: '1' }],
    'an unknown dependency': [create, { ...get, dependsOn: ['3'] }],
    'a dependency on nothing': [create, { ...get, dependsOn: [null] }],
    'a dependency on itself': [create, { ...get, dependsOn: ['2'] }],
    'a dependency on a later one': [{ ...get, dependsOn: ['1'] }, create],
    'a circle': [
      { ...create, dependsOn: ['2'] },
      { ...get, dependsOn: ['1'] },
    ],
  }
  const standing = await standingOf(server)
  for (const [what, requests] of Object.entries(wrong)) {
    const { status, body } = await sendBatch(server, requests)
    assert.deepEqual([status, body.error?.code], [400, 'BadRequest'], `${what}: ${JSON.stringify(body)}`)
  }
  for (const body of [
    undefined,
    '[]',
    '{}',
    'null',
    '"requests"',
    '{"requests":null}',
    '{',
    '{"requests":[],"Requests":[]}',
  ]) {
    const { status } = await server.call('/v1.0/$batch', { method: 'POST', ...(body === undefined ? {} : { body }) })
    assert.equal(status, 400, String(body))
  }
  await assertStands(server, standing)
  assert.equal((await sendBatch(server, numbered(20))).status, 200)
})

test('a batch is refused as an item of a batch, and the others are done (DELTA-112)', async t => {
  const server = await aServer(t)
  const inner = { requests: [{ id: '1', method: 'POST', url: '/groups', headers: JSON_HEADERS, body: SECURITY }] }
  const nested = (id: string, url: string) => ({ id, method: 'POST', url, headers: JSON_HEADERS, body: inner })
  const answer = await answersOf(server, [
    nested('1', '/$batch'),
    nested('2', '%24batch'),
    nested('3', `${BASE}/beta/$batch`),
    { id: '4', method: 'GET', url: '/groups' },
  ])
  for (const id of ['1', '2', '3']) {
    assert.deepEqual([answer(id).status, answer(id).body.error.code], [400, 'BadRequest'])
  }
  assert.deepEqual(answer('4').body.value, [])
})

test('an item begins after those that it depends on, and is 424 where one of them has failed (DELTA-113)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const patch = (id: string, description: string, dependsOn: readonly string[] = []) => ({
    ...{ id, method: 'PATCH', url: `/groups/${staff.id}`, headers: JSON_HEADERS, body: { description }, dependsOn },
  })
  const chain = Array.from({ length: 19 }, (_, n) => patch(`p${n}`, `${n}`, n === 0 ? [] : [`P${n - 1}`]))
  const last = { id: 'last', method: 'GET', url: `/groups/${staff.id}`, dependsOn: ['p18', 'p18', 'p3'] }
  assert.equal((await answersOf(server, [...chain, last]))('last').body.description, '18')

  const standing = await standingOf(server)
  const answer = await answersOf(server, [
    { id: 'fails', method: 'GET', url: `/groups/${SOME_ID}` },
    { id: 'works', method: 'GET', url: '/groups' },
    patch('1', 'not to be', ['fails']),
    patch('2', 'nor this', ['works', '1']),
    { id: 'apart', method: 'GET', url: '/users', dependsOn: ['works'] },
    { id: 'free', method: 'GET', url: '/users', dependsOn: null },
  ])
  for (const id of ['1', '2']) {
    const { status, headers, body } = answer(id)
    assert.deepEqual([status, body.error.code], [424, 'FailedDependency'])
    assert.equal(headers['Content-Type'], 'application/json')
    assert.equal(body.error.innerError['request-id'], headers['request-id'])
  }
  for (const id of ['works', 'apart', 'free']) assert.equal(answer(id).status, 200)
  await assertStands(server, standing)
})

test("an item's url may be relative, begin with a version, or be a whole link of this server (DELTA-114)", async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).group('Staff')
  const spellings = [
    `/groups/${id}?$select=id`,
    `groups/${id}?%24select=id`,
    `/v1.0/groups/${id}?$select=id`,
    `v1.0/groups/${id}?$select=id`,
    `/V1.0/groups('${id}')?select=id`,
    `${BASE}/v1.0/groups/${id}?$select=id`,
    `HTTP://LOCALHOST:3000/v1.0/groups/${id}?$select=id`,
    `/groups/${id}?$select= id `,
  ]
  const answer = await answersOf(server, gets(...spellings))
  for (const [index, url] of spellings.entries()) {
    const context = `${BASE}/v1.0/$metadata#groups(id)/$entity`
    assert.deepEqual(answer(String(index + 1)).body, { '@odata.context': context, id }, url)
  }
  const other = await answersOf(server, gets('/groups', '/v1.0/groups'), { path: '/beta/$batch' })
  assert.equal(other('1').body['@odata.context'], `${BASE}/beta/$metadata#groups`)
  assert.equal(other('2').body['@odata.context'], `${BASE}/v1.0/$metadata#groups`)
})

test('an url of another server, or one that is no path, is refused for itself (DELTA-114)', async t => {
  const server = await aServer(t)
  const urls = [
    'https://graph.microsoft.com/v1.0/groups',
    'https://localhost:3000/v1.0/groups',
    `${BASE}.example/v1.0/groups`,
    'file:///etc/passwd',
    '//elsewhere/groups',
    '/groups#there',
    '/groups%2f..',
    '/groups\n',
    '/groups/%ff',
    `/groups?$filter=${'a'.repeat(20_000)}`,
  ]
  const answer = await answersOf(server, gets(...urls, '/groups'))
  for (const [index, url] of urls.entries()) {
    const { status, body } = answer(String(index + 1))
    assert.deepEqual([status, body.error.code], [400, 'BadRequest'], url)
  }
  assert.equal(answer(String(urls.length + 1)).status, 200)
})

test('a round goes on in batches, by whole links and by links made relative (DELTA-114)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const first = (await answersOf(server, gets('/groups/delta?$select=displayName')))('1').body
  assert.deepEqual(first.value, [{ id: staff.id, displayName: 'Staff' }])
  const link: string = first['@odata.deltaLink']
  await staff.set({ displayName: 'Crew' })
  const relative = link.slice(`${BASE}/v1.0`.length)
  const answer = await answersOf(server, gets(link, relative, relative.slice(1), link.slice(BASE.length)))
  for (const id of ['1', '2', '3', '4']) {
    assert.deepEqual(answer(id).body.value, [{ id: staff.id, displayName: 'Crew' }])
    assert.equal(answer(id).body['@odata.deltaLink'].startsWith(`${BASE}/v1.0/groups/delta?$deltatoken=`), true)
  }
  server.clock.advance(8 * 86_400_000)
  const late = (await answersOf(server, gets(relative)))('1')
  assert.equal(late.status, 410)
  assert.equal(late.headers['Location'], `${BASE}/v1.0/groups/delta?$select=displayName&$deltatoken=`)
})

test("an item's body is JSON, or text that is the base64 of JSON, as an SDK sends it (DELTA-114)", async t => {
  const server = await aServer(t)
  const base64 = (body: object) => Buffer.from(JSON.stringify(body)).toString('base64')
  const post = (id: string, body: unknown, headers?: object) => ({ id, method: 'POST', url: '/groups', body, headers })
  const answer = await answersOf(server, [
    post('object', { ...SECURITY, mailNickname: 'a' }, { 'content-type': 'application/json; charset=utf-8' }),
    post('text', base64({ ...SECURITY, mailNickname: 'b' })),
    post('typed', base64({ ...SECURITY, mailNickname: 'c' }), JSON_HEADERS),
    post('no JSON', Buffer.from('hello').toString('base64')),
    post('no base64', '{"displayName":"x"}'),
    post('no text', ''),
    post('twice', Buffer.from('{"displayName":"a","DisplayName":"b"}').toString('base64')),
    post('other type', SECURITY, { 'Content-Type': 'text/plain' }),
    post('packed', SECURITY, { ...JSON_HEADERS, 'Content-Encoding': 'gzip' }),
    { id: 'none', method: 'POST', url: '/groups' },
    { id: 'null', method: 'POST', url: '/groups', body: null },
  ])
  for (const id of ['object', 'text', 'typed']) assert.equal(answer(id).status, 201, id)
  for (const id of ['no JSON', 'no base64', 'no text', 'twice', 'none', 'null']) {
    assert.equal(answer(id).status, 400, id)
  }
  for (const id of ['other type', 'packed']) assert.equal(answer(id).status, 415, id)
})

test("items are asked by the batch's caller, each for itself, whatever they say of it (DELTA-115)", async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const more = { Host: 'elsewhere', 'Accept-Encoding': 'gzip', connection: 'close' }
  const strong = { ...more, authorization: `Bearer ${await server.token()}` }
  const answer = await answersOf(
    server,
    [
      { id: 'read', method: 'GET', url: '/groups', headers: { ...more, Authorization: 'Bearer nonsense' } },
      { id: 'write', method: 'DELETE', url: `/groups/${staff.id}`, headers: strong },
      { id: 'users', method: 'GET', url: '/users', headers: strong },
    ],
    { roles: ['Group.Read.All'] },
  )
  assert.equal(answer('read').status, 200)
  assert.equal(answer('read').headers['content-encoding'], undefined)
  assert.ok(answer('read').body['@odata.context'].startsWith(BASE))
  for (const id of ['write', 'users']) {
    assert.deepEqual([answer(id).status, answer(id).body.error.code], [403, 'Authorization_RequestDenied'])
  }
  assert.equal((await sendBatch(server, gets('/groups'), { roles: null })).status, 401)
  const other = await server.addTenant()
  const foreign = await answersOf(server, gets(`/groups/${staff.id}`, '/groups'), { tenant: other })
  assert.equal(foreign('1').status, 404)
  assert.deepEqual(foreign('2').body.value, [])
})

test('what else an item says in its headers holds for it alone (DELTA-115)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff', { description: 'a' })
  const { body } = await server.call('/v1.0/groups/delta?$select=displayName,description&$deltatoken=latest')
  await staff.set({ description: 'b' })
  const url = body['@odata.deltaLink']
  const own = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'
  const batch = '7f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c8'
  const answer = await answersOf(
    server,
    [
      { id: '1', method: 'GET', url, headers: { prefer: 'return=minimal', 'client-request-id': own } },
      { id: '2', method: 'GET', url },
    ],
    { headers: { 'client-request-id': batch } },
  )
  assert.deepEqual(answer('1').body.value, [{ id: staff.id, description: 'b' }])
  assert.deepEqual(answer('2').body.value, [{ id: staff.id, displayName: 'Staff', description: 'b' }])
  assert.equal(answer('1').headers['client-request-id'], own)
  assert.equal(answer('2').headers['client-request-id'], batch)
})

test('each item has a line of its own in the log, which names the batch and no token (DELTA-115)', async t => {
  const { services, token } = await aServer(t)
  const lines: string[] = []
  const app = buildApp(services, pino({ level: 'info' }, { write: line => void lines.push(line) }))
  t.after(() => app.close())
  const headers = {
    host: 'localhost:3000',
    authorization: `Bearer ${await token()}`,
    'content-type': 'application/json',
  }
  const payload = JSON.stringify({ requests: gets('/groups/delta?$skiptoken=secret', '/nowhere') })
  const reply = await app.inject({ method: 'POST', url: '/v1.0/$batch', headers, payload })
  const ids = reply.json().responses.map((answer: ItemReply) => answer.headers['request-id'])
  const [batch, ...items] = lines.map(line => JSON.parse(line)).reverse()
  assert.deepEqual(items.map(({ path }) => path).sort(), ['/v1.0/groups/delta', '/v1.0/nowhere'])
  assert.deepEqual(items.map(({ requestId }) => requestId).sort(), ids.sort())
  for (const item of items) assert.deepEqual([item.method, item.status, item.batch], ['GET', 400, batch.requestId])
  assert.equal(reply.headers['request-id'], batch.requestId)
  assert.doesNotMatch(lines.join(), /secret|Bearer/)
})
