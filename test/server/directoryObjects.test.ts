import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, type Named } from './aDirectory.ts'
import { aNeighbour } from './aNeighbour.ts'
import { aServer, BASE } from './aServer.ts'
import { assertRefused, badRequest, invalidValue, notFound } from './refusal.ts'

const DIRECTORY = ['Directory.Read.All']
const SOME_ID = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'

test('a directory object of any type is read by its id, with its type (DELTA-133)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ada, staff] = [await directory.user('Ada'), await directory.group('Staff')]
  for (const [collection, type, { id }] of [
    ['users', 'user', ada],
    ['groups', 'group', staff],
  ] as const) {
    const { '@odata.context': _, ...shown } = (await server.call(`/v1.0/${collection}/${id}`)).body
    const { status, body } = await server.call(`/v1.0/directoryObjects/${id}`, { roles: DIRECTORY })
    assert.equal(status, 200)
    const context = `${BASE}/v1.0/$metadata#directoryObjects/$entity`
    assert.deepEqual(body, { '@odata.context': context, '@odata.type': `#microsoft.graph.${type}`, ...shown })
  }
  const selected = await server.call(`/v1.0/directoryObjects('${ada.id}')?$select=displayName`, { roles: DIRECTORY })
  assert.equal(selected.body.displayName, 'Ada')
  assert.ok(!('id' in selected.body))
})

test('what is not in its collection is no directory object (DELTA-133)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const neighbour = await aNeighbour(server)
  const gone = await directory.group('Gone')
  await gone.delete()
  for (const id of [SOME_ID, gone.id, neighbour.group.id]) {
    await assertRefused(server, `/v1.0/directoryObjects/${id}`, { roles: DIRECTORY }, notFound(id))
    await assertRefused(server, `/v1.0/directoryObjects/${id}`, { method: 'DELETE' }, notFound(id))
  }
  await assertRefused(server, '/v1.0/directoryObjects/x', { roles: DIRECTORY }, badRequest(/'x'/))
})

test('a directory object is deleted as its collection would delete it, by those who may (DELTA-133)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const denied = { status: 403, code: 'Authorization_RequestDenied' }
  for (const [object, role, other, type] of [
    [await directory.user('Ada'), 'User.ReadWrite.All', 'Group.ReadWrite.All', 'user'],
    [await directory.group('Staff'), 'Group.ReadWrite.All', 'User.ReadWrite.All', 'group'],
  ] as const) {
    const path = `/v1.0/directoryObjects/${object.id}`
    await assertRefused(server, path, { method: 'DELETE', roles: [other] }, denied)
    const { status, body } = await server.call(path, { method: 'DELETE', roles: [role] })
    assert.deepEqual([status, body], [204, null])
    const bin = await server.call(`/v1.0/directory/deletedItems/microsoft.graph.${type}`)
    assert.deepEqual(
      bin.body.value.map(({ id }: Named) => id),
      [object.id],
    )
  }
})

test('getByIds shows the live ones among the ids, once, in the order of the question, and of the types alone (DELTA-133)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const neighbour = await aNeighbour(server)
  const [ada, staff, gone] = [await directory.user('Ada'), await directory.group('Staff'), await directory.user('Gone')]
  await gone.delete()
  const ids = [staff.id, SOME_ID, ada.id, gone.id, neighbour.group.id, staff.id]
  const path = '/v1.0/directoryObjects/getByIds'
  const found = async (body: object) => (await server.call(path, { method: 'POST', body, roles: DIRECTORY })).body
  const all = await found({ ids })
  assert.equal(all['@odata.context'], `${BASE}/v1.0/$metadata#directoryObjects`)
  assert.deepEqual(
    all.value.map((object: Named & { '@odata.type': string }) => [object['@odata.type'], object.id]),
    [
      ['#microsoft.graph.group', staff.id],
      ['#microsoft.graph.user', ada.id],
    ],
  )
  const { '@odata.context': _, ...user } = (await server.call(`/v1.0/users/${ada.id}`)).body
  for (const types of [
    ['user'],
    ['User', 'device'],
    ['microsoft.graph.user', 'application'],
    ['graph.user', 'graph.application'],
  ]) {
    assert.deepEqual((await found({ ids, types })).value, [{ '@odata.type': '#microsoft.graph.user', ...user }])
  }
  for (const types of [[], null, ['directoryObject'], ['microsoft.graph.directoryObject'], ['user', 'group']]) {
    assert.equal((await found({ ids, types })).value.length, 2)
  }
  assert.deepEqual((await found({ ids, types: ['device'] })).value, [])
  assert.deepEqual((await found({ ids: [] })).value, [])
})

test('getByIds takes 1,000 ids, and refuses more, ids that are none, unknown types and options of lists (DELTA-133)', async t => {
  const server = await aServer(t)
  const path = '/v1.0/directoryObjects/getByIds'
  const how = { method: 'POST', roles: DIRECTORY } as const
  const many = (count: number) => ({ ids: Array.from({ length: count }, () => SOME_ID) })
  assert.deepEqual((await server.call(path, { ...how, body: many(1_000) })).body.value, [])
  const tooMany = badRequest("Number of included identifiers cannot exceed '1000'.")
  await assertRefused(server, path, { ...how, body: many(1_001) }, tooMany)
  await assertRefused(server, path, { ...how, body: { ids: ['x'] } }, badRequest(/'x'/))
  await assertRefused(server, path, { ...how, body: { types: ['user'] } }, badRequest(/'ids'/))
  await assertRefused(
    server,
    path,
    { ...how, body: { ids: [], types: ['directoryObject', 'usr'] } },
    badRequest(/'types': '"usr"' is no type/),
  )
  await assertRefused(server, path, { ...how, body: { ids: [], types: 'user' } }, badRequest(/'types'/))
  const unsupported = { status: 400, code: 'Request_UnsupportedQuery' }
  await assertRefused(server, `${path}?$top=5`, { ...how, body: { ids: [] } }, unsupported)
})

const CONFLICT = {
  status: 422,
  code: 'Request_UnprocessableEntity',
  message: 'The values provided contain one or more validation errors.',
  details: [
    {
      target: 'mailNickname',
      code: 'PropertyConflict',
      message: 'Another object with the same value for property mailNickname already exists.',
    },
  ],
}

test('names are free for a new group, or taken by another (DELTA-134)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const club = await directory.team('Club')
  await directory.group('Staff')
  const ada = await directory.user('Ada')
  const path = '/v1.0/directoryObjects/validateProperties'
  const check = (body: object) => ({ method: 'POST', body: { entityType: 'Group', ...body } }) as const
  for (const body of [
    { displayName: 'Club', mailNickname: 'new' },
    { mailNickname: 'staff' },
    { displayName: 'Club' },
    { displayName: 'New', onBehalfOfUserId: ada.id },
  ]) {
    const { status, body: answer } = await server.call(path, check(body))
    assert.deepEqual([status, answer], [204, null])
  }
  for (const mailNickname of ['club', 'CLUB']) {
    await assertRefused(server, path, check({ displayName: 'New', mailNickname }), CONFLICT)
  }
  await club.delete()
  assert.equal((await server.call(path, check({ mailNickname: 'club' }))).status, 204)
})

test('a group may keep its own names and take free ones, not those of another (DELTA-134)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [club, team] = [await directory.team('Club'), await directory.team('Team')]
  const staff = await directory.group('Staff')
  const path = ({ id }: Named) => `/v1.0/groups/${id}/validateProperties`
  const check = (mailNickname: string) => ({ method: 'POST', body: { mailNickname } }) as const
  assert.equal((await server.call(path(club), check('club'))).status, 204)
  assert.equal((await server.call(path(club), check('free'))).status, 204)
  assert.equal((await server.call(path(staff), check('club'))).status, 204)
  await assertRefused(server, path(team), check('club'), CONFLICT)
  await assertRefused(server, path({ id: SOME_ID }), check('club'), notFound(SOME_ID))
})

test('what no group can be called, and what is no question, is 400 (DELTA-134)', async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).team('Club')
  for (const [path, more] of [
    ['/v1.0/directoryObjects/validateProperties', { entityType: 'Group' }],
    [`/v1.0/groups/${id}/validateProperties`, {}],
  ] as const) {
    const check = (body: object) => ({ method: 'POST', body: { ...more, ...body } }) as const
    await assertRefused(server, path, check({ mailNickname: 'a b' }), invalidValue('mailNickname'))
    await assertRefused(server, path, check({ displayName: 'x'.repeat(257) }), invalidValue('displayName'))
    await assertRefused(server, path, check({ displayName: 7 }), badRequest(/'displayName'/))
    await assertRefused(server, path, check({}), badRequest(/'displayName'/))
    await assertRefused(server, path, check({ displayName: 'x', colour: 'red' }), badRequest(/'colour'/))
    const nobody = check({ displayName: 'x', onBehalfOfUserId: SOME_ID })
    await assertRefused(server, path, nobody, notFound(SOME_ID))
    const noId = check({ displayName: 'x', onBehalfOfUserId: 'x' })
    await assertRefused(server, path, noId, badRequest(/'onBehalfOfUserId'/))
  }
  for (const entityType of [undefined, 'User', 7]) {
    const call = { method: 'POST', body: { entityType, displayName: 'x' } } as const
    await assertRefused(server, '/v1.0/directoryObjects/validateProperties', call, badRequest(/'entityType'/))
  }
})
