import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, reference } from './aDirectory.ts'
import { aReader, headOf } from './aReader.ts'
import { aServer, BASE } from './aServer.ts'
import { SECURITY, UNIFIED } from './bodies.ts'
import { assertRefused, badRequest, invalidValue, notFound } from './refusal.ts'

const PATH = "/v1.0/groups(uniqueName='Staff')"
const PREFER = 'create-if-missing'
const DENIED = { status: 403, code: 'Authorization_RequestDenied' }

test('create-if-missing makes the group that is not there, 201 with it, and changes the one that is, 204 (DELTA-153)', async t => {
  const server = await aServer(t)
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName,description,uniqueName')
  await reader.round()
  const made = await server.call(PATH, { method: 'PATCH', body: UNIFIED, prefer: PREFER })
  assert.equal(made.status, 201)
  assert.equal(made.headers['preference-applied'], PREFER)
  const { id, '@odata.context': context, ...shown } = made.body
  assert.equal(context, `${BASE}/v1.0/$metadata#groups/$entity`)
  assert.equal(made.headers['location'], `${BASE}/v1.0/directoryObjects/${id}/Microsoft.DirectoryServices.Group`)
  assert.equal(shown.mail, `club@${server.domain}`)
  assert.deepEqual(await reader.round(), [{ id, displayName: 'Club', uniqueName: 'Staff' }])
  const body = { ...UNIFIED, description: 'all of us' }
  const changed = await server.call(PATH.toLowerCase(), { method: 'PATCH', body, prefer: PREFER })
  assert.deepEqual([changed.status, changed.body], [204, null])
  assert.equal(changed.headers['preference-applied'], PREFER)
  assert.deepEqual(await reader.round(), [{ id, description: 'all of us', displayName: 'Club', uniqueName: 'Staff' }])
})

test('without the preference a group that is not there is 404, and one that is there is changed (DELTA-153)', async t => {
  const server = await aServer(t)
  const prefer = ['', 'return=minimal', 'create-if-missing=no', 'create', 'update-if-missing']
  for (const header of prefer) {
    await assertRefused(server, PATH, { method: 'PATCH', body: SECURITY, prefer: header }, notFound('Staff'))
  }
  const { id } = await aDirectory(server).group('Staff', { uniqueName: 'staff' })
  const reply = await server.call(PATH, { method: 'PATCH', body: { description: 'new' } })
  assert.deepEqual([reply.status, reply.headers['preference-applied']], [204, undefined])
  assert.equal((await server.call(`/v1.0/groups/${id}`)).body.description, 'new')
})

test('an id that names nothing is made by no preference (DELTA-153)', async t => {
  const server = await aServer(t)
  const id = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'
  const call = { method: 'PATCH', body: SECURITY, prefer: PREFER } as const
  await assertRefused(server, `/v1.0/groups/${id}`, call, notFound(id))
})

test('a group is made by its name under the rules of any creation (DELTA-153)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const refused = async (body: object, refusal: Parameters<typeof assertRefused>[3], path = PATH) =>
    assertRefused(server, path, { method: 'PATCH', body, prefer: PREFER }, refusal)
  await refused(
    { description: 'new' },
    badRequest("A value is required for property 'displayName' of resource 'Group'."),
  )
  await refused({ ...SECURITY, uniqueName: 'other' }, invalidValue('uniqueName'))
  await refused({ ...SECURITY, hideFromAddressLists: true }, badRequest())
  await refused(SECURITY, invalidValue('uniqueName'), `/v1.0/groups(uniqueName='${'x'.repeat(129)}')`)
  const links = { 'owners@odata.bind': [reference(ann)], 'members@odata.bind': [reference(ann)] }
  const body = { ...SECURITY, uniqueName: 'Staff', ...links }
  const { status, body: group } = await server.call(PATH, { method: 'PATCH', body, prefer: PREFER })
  assert.equal(status, 201)
  assert.equal((await server.call(`/v1.0/groups/${group.id}/owners`)).body.value[0].id, ann.id)
  await refused({ uniqueName: 'other' }, invalidValue('uniqueName'))
  await refused({ mail: 'x@y.example' }, badRequest())
})

test('a body may repeat the name of its path in any case, and neither takes it away nor gives another (DELTA-153)', async t => {
  const server = await aServer(t)
  const upsert = (uniqueName: string | null) =>
    ({ method: 'PATCH', body: { ...SECURITY, uniqueName }, prefer: PREFER }) as const
  const refused = async () => {
    for (const name of [null, '', 'other']) await assertRefused(server, PATH, upsert(name), invalidValue('uniqueName'))
  }
  await refused()
  const { status, body } = await server.call(PATH, upsert('STAFF'))
  assert.equal(status, 201)
  assert.equal((await server.call(PATH, upsert('staff'))).status, 204)
  await refused()
  assert.equal((await server.call(`/v1.0/groups/${body.id}?$select=uniqueName`)).body.uniqueName, 'Staff')
})

test('the name of a group in the recycle bin is free, and its restore then refused (DELTA-153)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const old = await directory.group('Old', { uniqueName: 'staff' })
  await old.delete()
  const { status, body } = await server.call(PATH, { method: 'PATCH', body: SECURITY, prefer: PREFER })
  assert.equal(status, 201)
  assert.notEqual(body.id, old.id)
  const restore = `/v1.0/directory/deletedItems/${old.id}/restore`
  await assertRefused(server, restore, { method: 'POST' }, badRequest())
})

test('of twenty upserts at once one makes the group and the others change it (DELTA-153)', async t => {
  const server = await aServer(t)
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => server.call(PATH, { method: 'PATCH', body: SECURITY, prefer: PREFER })),
  )
  assert.deepEqual(replies.map(({ status }) => status).sort(), [201, ...Array.from({ length: 19 }, () => 204)].sort())
  assert.equal((await server.call('/v1.0/groups')).body.value.length, 1)
  assert.equal(await headOf(server), 1)
})

test('to make a group asks what POST asks, and Group.Create is not enough; to change one asks what PATCH asks (DELTA-153)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const bind = { 'members@odata.bind': [reference(ann)] }
  const upsert = (body: object, roles: string[], path = PATH) => ({
    path,
    call: { method: 'PATCH', body, roles, prefer: PREFER } as const,
  })
  for (const { path, call } of [
    upsert(SECURITY, ['Group.Create']),
    upsert({ ...SECURITY, isAssignableToRole: true }, ['Group.ReadWrite.All']),
    upsert(bind, ['GroupMember.ReadWrite.All']),
    upsert(SECURITY, ['Group.Read.All']),
  ]) {
    await assertRefused(server, path, call, DENIED)
  }
  const { path, call } = upsert(SECURITY, ['Directory.ReadWrite.All'])
  assert.equal((await server.call(path, call)).status, 201)
  for (const body of [SECURITY, {}, { description: 'new' }]) {
    const refused = upsert(body, ['Group.Create'])
    await assertRefused(server, refused.path, refused.call, DENIED)
  }
  const members = upsert(bind, ['GroupMember.ReadWrite.All'])
  assert.equal((await server.call(members.path, members.call)).status, 204)
  const exchange = upsert({ hideFromAddressLists: true }, ['Group.ReadWrite.All'])
  assert.equal((await server.call(exchange.path, exchange.call)).status, 200)
})

test('an upsert can be an item of a batch (DELTA-153)', async t => {
  const server = await aServer(t)
  const headers = { Prefer: PREFER, 'Content-Type': 'application/json' }
  const item = { method: 'PATCH', url: "/groups(uniqueName='staff')", headers, body: SECURITY }
  const requests = [
    { id: '1', ...item },
    { id: '2', ...item, dependsOn: ['1'] },
  ]
  const { body } = await server.call('/v1.0/$batch', { method: 'POST', body: { requests } })
  assert.deepEqual(
    body.responses.map(({ id, status }: { id: string; status: number }) => [id, status]),
    [
      ['1', 201],
      ['2', 204],
    ],
  )
})
