import assert from 'node:assert/strict'
import test from 'node:test'
import { ROLES } from '../../src/auth/permissions.ts'
import { ROUTES } from '../../src/server/routes.ts'
import { aDirectory, reference } from './aDirectory.ts'
import { aServer, type Call } from './aServer.ts'
import { SECURITY, UNIFIED } from './bodies.ts'
import { bin, DIRECTORY, OPERATIONS } from './operations.ts'
import { assertRefused, badRequest, type Refusal } from './refusal.ts'

const DENIED: Refusal = { status: 403, code: 'Authorization_RequestDenied' }
const IN_WORDS: Refusal = { ...DENIED, message: 'Insufficient privileges to complete the operation.' }

test('the table of operations has a row for every route, and no other', () => {
  const routes = Object.entries(ROUTES).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method} ${path}`),
  )
  assert.deepEqual([...new Set(OPERATIONS.map(({ route }) => route))].sort(), routes.sort())
})

test('each role alone opens the operations that its pages name, and any other is 403 and does nothing (DELTA-98)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  let number = 0
  for (const { route, roles, status, request } of OPERATIONS) {
    for (const role of roles ?? []) assert.ok(ROLES.some(known => known === role))
    for (const role of ROLES) {
      number += 1
      const { path, ...how } = await request({ server, directory, number })
      const call: Call = { ...how, roles: [role] }
      if (roles !== null && !roles.includes(role)) {
        await assertRefused(server, path, call, status === 403 ? DENIED : IN_WORDS)
        continue
      }
      const reply = await server.call(path, call)
      assert.equal(reply.status, status, `${role} ${route}: ${JSON.stringify(reply.body)}`)
    }
  }
})

test('a good token without any role, or with roles that nobody knows, opens nothing that asks for one (DELTA-98)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  let number = 0
  for (const roles of [[], ['group.readwrite.all', 'Group.ReadWrite', 'Group.ReadWrite.AllX', '*', '__proto__']]) {
    for (const { request, status, roles: needed } of OPERATIONS) {
      number += 1
      const { path, ...how } = await request({ server, directory, number })
      if (needed === null) {
        assert.equal((await server.call(path, { ...how, roles })).status, status)
        continue
      }
      await assertRefused(server, path, { ...how, roles }, status === 403 ? DENIED : IN_WORDS)
    }
  }
})

test('group delta is open to the five roles that its page names, and user delta to four (DELTA-99)', async t => {
  const { call } = await aServer(t)
  const groups = ['GroupMember.Read.All', 'Group.Read.All', 'Group.ReadWrite.All', ...DIRECTORY]
  for (const role of groups) assert.equal((await call('/v1.0/groups/delta', { roles: [role] })).status, 200)
  const users = ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY]
  for (const role of users) assert.equal((await call('/v1.0/users/delta', { roles: [role] })).status, 200)
})

test('GroupMember.ReadWrite.All writes members, also by PATCH, and no property or owner beside them (DELTA-100)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const staff = await directory.group('Staff')
  const path = `/v1.0/groups/${staff.id}`
  const roles = ['GroupMember.ReadWrite.All']
  const members = { 'members@odata.bind': [reference(ada)] }
  for (const beside of [{ displayName: 'new' }, { 'owners@odata.bind': [reference(ada)] }]) {
    await assertRefused(server, path, { method: 'PATCH', body: { ...members, ...beside }, roles }, IN_WORDS)
  }
  assert.equal((await server.call(path, { method: 'PATCH', body: members, roles })).status, 204)
  assert.deepEqual(await staff.members(), [ada.id])
  const removed = await server.call(`${path}/members/${ada.id}/$ref`, { method: 'DELETE', roles })
  assert.equal(removed.status, 204)
})

test('Group.Create creates groups, and names members only with a right to read them (DELTA-100)', async t => {
  const server = await aServer(t)
  const ada = await aDirectory(server).user('Ada')
  const roles = ['Group.Create']
  for (const relation of ['members', 'owners']) {
    const body = { ...SECURITY, [`${relation}@odata.bind`]: [reference(ada)] }
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body, roles }, IN_WORDS)
    const reply = await server.call('/v1.0/groups', { method: 'POST', body, roles: [...roles, 'User.Read.All'] })
    assert.equal(reply.status, 201)
  }
  const { status, body } = await server.call('/v1.0/groups', { method: 'POST', body: UNIFIED, roles })
  assert.equal(status, 201)
  await assertRefused(server, `/v1.0/groups/${body.id}`, { roles }, IN_WORDS)
  const changes = { description: 'new' }
  await assertRefused(server, `/v1.0/groups/${body.id}`, { method: 'PATCH', body: changes, roles }, IN_WORDS)
})

test('Directory.ReadWrite.All writes a group and its links but does not delete it (DELTA-100)', async t => {
  const server = await aServer(t)
  const ada = await aDirectory(server).user('Ada')
  const roles = ['Directory.ReadWrite.All']
  const body = { ...SECURITY, 'owners@odata.bind': [reference(ada)] }
  const created = await server.call('/v1.0/groups', { method: 'POST', body, roles })
  assert.equal(created.status, 201)
  const path = `/v1.0/groups/${created.body.id}`
  assert.equal((await server.call(path, { method: 'PATCH', body: { description: 'new' }, roles })).status, 204)
  await assertRefused(server, path, { method: 'DELETE', roles }, IN_WORDS)
})

test('what the bin asks is judged by the type of the object, and an id that it does not hold is 404 (DELTA-101)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [staff, ada] = [await directory.group('Staff'), await directory.user('Ada')]
  for (const object of [staff, ada]) await object.delete()
  const asked = [
    [staff, 'Group.Read.All', 'User.Read.All'],
    [ada, 'User.Read.All', 'Group.Read.All'],
  ] as const
  for (const [{ id }, role, other] of asked) {
    assert.equal((await server.call(bin(id), { roles: [role] })).status, 200)
    await assertRefused(server, bin(id), { roles: [other] }, IN_WORDS)
  }
  const changing = [
    [staff, 'Group.ReadWrite.All', 'User.DeleteRestore.All'],
    [ada, 'User.DeleteRestore.All', 'Group.ReadWrite.All'],
  ] as const
  for (const [{ id }, role, other] of changing) {
    await assertRefused(server, `${bin(id)}/restore`, { method: 'POST', roles: [other] }, IN_WORDS)
    await assertRefused(server, bin(id), { method: 'DELETE', roles: [other] }, IN_WORDS)
    assert.equal((await server.call(bin(id), { method: 'DELETE', roles: [role] })).status, 204)
    const gone = { status: 404, code: 'Request_ResourceNotFound' }
    await assertRefused(server, bin(id), { method: 'DELETE', roles: [other] }, gone)
  }
})

test('of several roles each counts for itself', async t => {
  const server = await aServer(t)
  const ada = await aDirectory(server).user('Ada')
  const roles = ['GroupMember.Read.All', 'User.DeleteRestore.All']
  assert.equal((await server.call('/v1.0/groups', { roles })).status, 200)
  await assertRefused(server, '/v1.0/users', { roles }, IN_WORDS)
  await assertRefused(server, '/v1.0/groups', { method: 'POST', body: SECURITY, roles }, IN_WORDS)
  assert.equal((await server.call(`/v1.0/users/${ada.id}`, { method: 'DELETE', roles })).status, 204)
})

test('a PATCH that asks for nothing needs one of the rights to change a group, and is then 204', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const path = `/v1.0/groups/${staff.id}`
  const how = { method: 'PATCH', body: {} } as const
  assert.equal((await server.call(path, { ...how, roles: ['GroupMember.ReadWrite.All'] })).status, 204)
  await assertRefused(server, path, { ...how, roles: ['Group.Read.All'] }, IN_WORDS)
  const unknown = { method: 'PATCH', body: { nonsense: 1 }, roles: ['GroupMember.ReadWrite.All'] } as const
  await assertRefused(server, path, unknown, badRequest(/'nonsense'/))
})
