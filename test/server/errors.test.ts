import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aNeighbour } from './aNeighbour.ts'
import { aServer, aSibling, BASE, type Call, type Reply, type TestServer } from './aServer.ts'
import { SECURITY, userBody } from './bodies.ts'
import { assertEnvelope, assertRefused, badRequest, notFound } from './refusal.ts'

const UNKNOWN = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A request for each error that the server knows besides 500 and 503, with its status and code. */
const ERRORS: readonly (readonly [string, Call, number, string])[] = [
  ['/v1.0/nowhere', {}, 400, 'BadRequest'],
  ['/v1.0/groups', { method: 'POST', body: {} }, 400, 'Request_BadRequest'],
  ['/v1.0/groups?$skip=1', {}, 400, 'Request_UnsupportedQuery'],
  ['/v1.0/groups', { roles: null }, 401, 'InvalidAuthenticationToken'],
  ['/v1.0/groups', { roles: [] }, 403, 'Authorization_RequestDenied'],
  ['/nowhere', {}, 404, 'ResourceNotFound'],
  [`/v1.0/groups/${UNKNOWN}`, {}, 404, 'Request_ResourceNotFound'],
  ['/v1.0/groups', { method: 'PUT' }, 405, 'Request_BadRequest'],
  ['/v1.0/groups', { method: 'POST', body: `"${' '.repeat(1_048_576)}"` }, 413, 'RequestEntityTooLarge'],
  [
    '/v1.0/groups',
    { method: 'POST', body: '<xml/>', headers: { 'content-type': 'text/xml' } },
    415,
    'UnsupportedMediaType',
  ],
  ['/v1.0/groups?$select=hideFromAddressLists', {}, 501, 'NotImplemented'],
]

test('every error has one envelope: code, message, and innerError with date and both request ids (DELTA-102)', async t => {
  const server = await aServer(t)
  for (const [path, call, status, code] of ERRORS) {
    const reply = await assertRefused(server, path, call, { status, code })
    assert.equal(reply.body.error.innerError.date, '2026-01-15T09:00:00')
  }
})

test('the date of an error is that of the server, in UTC and whole seconds (DELTA-102)', async t => {
  const server = await aServer(t)
  server.clock.advance(86_400_000 + 1_999)
  const { body } = await server.call('/v1.0/groups')
  assert.deepEqual(body.value, [])
  const late = await server.call('/v1.0/nowhere')
  assert.equal(late.body.error.innerError.date, '2026-01-16T09:00:01')
})

test('a failure of the server is 500 in the same envelope, and tells nothing of its cause (DELTA-102)', async t => {
  const server = await aServer(t)
  const { store } = server.services
  const fail = async () => {
    throw new Error('disk on fire at /var/lib/secret')
  }
  const broken = aSibling(t, server, { store: { ...server.store, ...store, read: fail, write: fail } })
  for (const how of [{}, { method: 'POST', body: SECURITY }] as const) {
    const reply = await broken.call('/v1.0/groups', how)
    assertEnvelope(reply, { status: 500, code: 'InternalServerError' })
    assert.doesNotMatch(JSON.stringify(reply.body), /fire|secret|Error:/)
  }
})

/** Requests that are answered in every way: with bodies, without, refused, outside the versions. */
async function anAnswerOfEachKind(server: TestServer, headers: Record<string, string>): Promise<Reply[]> {
  const staff = await aDirectory(server).group('Staff')
  const calls: readonly (readonly [string, Call])[] = [
    ['/v1.0/groups', {}],
    ['/v1.0/groups/delta', {}],
    ['/v1.0/groups', { method: 'POST', body: SECURITY }],
    [`/v1.0/groups/${staff.id}`, { method: 'PATCH', body: { description: 'new' } }],
    [`/v1.0/groups/${staff.id}`, { method: 'DELETE' }],
    [`/${server.tenant}/discovery/v2.0/keys`, { roles: null }],
    [`/${server.tenant}/v2.0/.well-known/openid-configuration`, { roles: null }],
    [`/${server.tenant}/oauth2/v2.0/token`, { method: 'POST', roles: null }],
    ...ERRORS.map(([path, call]): readonly [string, Call] => [path, call]),
  ]
  const replies: Reply[] = []
  for (const [path, call] of calls) {
    replies.push(await server.call(path, { ...call, headers: { ...headers, ...call.headers } }))
  }
  return replies
}

test('every answer has a request-id of its own, which client-request-id repeats where none was sent (DELTA-103)', async t => {
  const replies = await anAnswerOfEachKind(await aServer(t), {})
  for (const { headers } of replies) {
    assert.match(String(headers['request-id']), GUID)
    assert.equal(headers['client-request-id'], headers['request-id'])
  }
  assert.equal(new Set(replies.map(({ headers }) => headers['request-id'])).size, replies.length)
})

test('a client-request-id that is a GUID comes back in the header and in innerError as it was sent (DELTA-103)', async t => {
  const sent = 'C0FFEE00-3F2D-4A53-9d43-0F5BB9D3A1C7'
  const replies = await anAnswerOfEachKind(await aServer(t), { 'client-request-id': sent })
  for (const reply of replies) {
    assert.equal(reply.headers['client-request-id'], sent)
    assert.notEqual(reply.headers['request-id'], sent)
    const { error } = reply.body ?? {}
    if (error?.code !== undefined) assertEnvelope(reply, { status: reply.status, code: error.code }, sent)
  }
})

test('a client-request-id that is no GUID is not echoed', async t => {
  const server = await aServer(t)
  for (const sent of ['mine', '', `${UNKNOWN}x`, '<script>', `${UNKNOWN}, ${UNKNOWN}`]) {
    const { headers } = await server.call('/v1.0/groups', { headers: { 'client-request-id': sent } })
    assert.equal(headers['client-request-id'], headers['request-id'])
  }
})

/** Every place where a path names an object of the tenant, with what is asked there. */
function places(
  id: string,
  own: { readonly group: string; readonly user: string },
): readonly (readonly [string, Call])[] {
  const link = { '@odata.id': `${BASE}/v1.0/directoryObjects/${own.user}` }
  return [
    [`groups/${id}`, {}],
    [`groups('${id}')`, {}],
    [`groups/${id}`, { method: 'PATCH', body: { description: 'new' } }],
    [`groups/${id}`, { method: 'DELETE' }],
    [`groups/${id}/members`, {}],
    [`groups/${id}/owners`, {}],
    [`groups/${id}/members/$ref`, { method: 'POST', body: link }],
    [`groups/${id}/owners/$ref`, { method: 'POST', body: link }],
    [`groups/${id}/members/${own.user}/$ref`, { method: 'DELETE' }],
    [`groups/${own.group}/members/${id}/$ref`, { method: 'DELETE' }],
    [`groups/${own.group}/owners/${id}/$ref`, { method: 'DELETE' }],
    [`directory/deletedItems/${id}`, {}],
    [`directory/deletedItems/${id}`, { method: 'DELETE' }],
    [`directory/deletedItems/${id}/restore`, { method: 'POST' }],
  ]
}

/** The same for paths where a name may stand too. */
function userPlaces(name: string): readonly (readonly [string, Call])[] {
  return [
    [`users/${name}`, {}],
    [`users/${name}`, { method: 'PATCH', body: { jobTitle: 'new' } }],
    [`users/${name}`, { method: 'DELETE' }],
  ]
}

async function ownObjects(server: TestServer) {
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const staff = await directory.group('Staff', { owners: [ada] })
  return { group: staff.id, user: ada.id }
}

test("an id that names nothing in the caller's tenant is 404, and another tenant's is no different (DELTA-104)", async t => {
  const server = await aServer(t)
  const own = await ownObjects(server)
  const neighbour = await aNeighbour(server)
  const deleted = await aDirectory(server, { tenant: neighbour.tenant }).group('Deleted')
  await deleted.delete()
  for (const id of [UNKNOWN, neighbour.group.id, neighbour.user.id, deleted.id, neighbour.tenant]) {
    for (const [path, call] of [...places(id, own), ...userPlaces(id)]) {
      await assertRefused(server, `/v1.0/${path}`, call, notFound(id))
    }
  }
  const { status } = await server.call(`/v1.0/groups/${neighbour.group.id}`, { tenant: neighbour.tenant })
  assert.equal(status, 200)
})

test("another tenant's userPrincipalName is 404 like any that nobody has (DELTA-104)", async t => {
  const server = await aServer(t)
  const { tenant, user } = await aNeighbour(server)
  const { body } = await server.call(`/v1.0/users/${user.id}`, { tenant })
  for (const name of [body.userPrincipalName, `nobody@${server.domain}`]) {
    for (const [path, call] of userPlaces(name)) await assertRefused(server, `/v1.0/${path}`, call, notFound(name))
  }
})

test('an ill-formed id is 400, save in /users/{text}, where it is a name and 404 (DELTA-104)', async t => {
  const server = await aServer(t)
  const own = await ownObjects(server)
  for (const id of ['staff', '1', UNKNOWN.slice(1), `${UNKNOWN}0`, UNKNOWN.replaceAll('-', ''), `{${UNKNOWN}}`]) {
    for (const [path, call] of places(id, own)) {
      await assertRefused(server, `/v1.0/${path}`, call, badRequest(`Invalid object identifier '${id}'.`))
    }
    for (const [path, call] of userPlaces(id)) await assertRefused(server, `/v1.0/${path}`, call, notFound(id))
  }
})

test('an id is known in whatever case it is written', async t => {
  const server = await aServer(t)
  const { group, user } = await ownObjects(server)
  const inGroup = `/v1.0/groups/${group.toUpperCase()}`
  for (const path of [inGroup, `${inGroup}/members`, `/v1.0/users/${user.toUpperCase()}`]) {
    assert.equal((await server.call(path)).status, 200)
  }
})

test('a user cannot take the id of another by its name', async t => {
  const server = await aServer(t)
  const { user } = await ownObjects(server)
  const body = { ...userBody(server, 'ben'), userPrincipalName: user }
  await assertRefused(server, '/v1.0/users', { method: 'POST', body }, badRequest(/userPrincipalName/))
})
