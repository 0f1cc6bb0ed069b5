import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { DIRECTORY_ROLE_NAMES } from '../../src/auth/directoryRoles.ts'
import { ROLES, SCOPES } from '../../src/auth/permission/permissionTable.ts'
import { parseObjectId } from '../../src/core/id.ts'
import { ROUTES } from '../../src/server/routes.ts'
import { aDirectory, reference } from './aDirectory.ts'
import { aServer, type Call } from './aServer.ts'
import { SECURITY, UNIFIED } from './bodies.ts'
import { DIRECTORY } from './granted.ts'
import { bin, OPERATIONS, type Operation, type Request, type Scene } from './operations.ts'
import { EVERYBODY } from './people.ts'
import { assertEnvelope, assertRefused, badRequest, headOf, type Refusal } from './refusal.ts'

const DENIED: Refusal = { status: 403, code: 'Authorization_RequestDenied' }
const IN_WORDS: Refusal = { ...DENIED, message: 'Insufficient privileges to complete the operation.' }

test('the table of operations has a row for every route, and no other', () => {
  const routes = Object.entries(ROUTES).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method} ${path}`),
  )
  assert.deepEqual([...new Set(OPERATIONS.map(({ route }) => route))].sort(), routes.sort())
})

/** A caller with whom operations are tried, and whether it may do one. */
interface Trial {
  readonly name: string
  readonly call: (request: Request) => Call
  readonly may: boolean
}

/**
 * Tries an operation as each of several callers. Those who may are answered; the others are told in Graph's words, and
 * since nothing is done for them, they try it on the same objects.
 */
async function tryAs(scene: () => Scene, operation: Operation, trials: readonly Trial[]): Promise<void> {
  const { route, status, statusOfPeople = status } = operation
  const shared = await operation.request(scene())
  for (const { name, call, may } of trials) {
    const { server } = scene()
    const request = may ? await operation.request(scene()) : shared
    const head = await headOf(server)
    const how = call(request)
    const reply = await server.call(request.path, how)
    const told = `${name} ${route}: ${JSON.stringify(reply.body)}`
    if (may) {
      assert.equal(reply.status, how.as === undefined ? status : statusOfPeople, told)
      continue
    }
    assert.equal(reply.status, 403, told)
    assertEnvelope(reply, status === 403 ? DENIED : IN_WORDS)
    assert.equal(await headOf(server), head, `${name} ${route}: a version was made`)
  }
}

/** A server with directory objects whose names never clash. */
async function aScene(t: TestContext): Promise<() => Scene> {
  const server = await aServer(t)
  const directory = aDirectory(server)
  let number = 0
  return () => {
    number += 1
    return { server, directory, number }
  }
}

const sent = ({ path: _, owner: __, ...how }: Request): Call => how
const includes = (names: readonly string[] | null, name: string): boolean => names === null || names.includes(name)

test('each role alone opens to an app the operations that its pages name, and any other is 403 and does nothing (DELTA-98)', async t => {
  const scene = await aScene(t)
  for (const operation of OPERATIONS) {
    const { application } = operation.granted
    for (const role of application ?? []) assert.ok(ROLES.some(known => known === role))
    const trials = ROLES.map(role => ({
      name: role,
      call: (request: Request): Call => ({ ...sent(request), roles: [role] }),
      may: includes(application, role),
    }))
    await tryAs(scene, operation, trials)
  }
})

test('each scope alone opens to an app the same on behalf of an administrator, and no more (DELTA-199)', async t => {
  const scene = await aScene(t)
  const { user } = await scene().server.administrator()
  for (const operation of OPERATIONS) {
    const { delegated } = operation.granted
    for (const scope of delegated ?? []) assert.ok(SCOPES.some(known => known === scope))
    const trials = SCOPES.map(scope => ({
      name: scope,
      call: (request: Request): Call => ({
        ...sent(request),
        as: { user, scopes: [scope], directoryRoles: ['Global Administrator'] },
      }),
      may: operation.people.length > 0 && includes(delegated, scope),
    }))
    await tryAs(scene, operation, trials)
  }
})

test('beside the scope a person must be allowed: by a directory role, as an owner, as a member of the directory (DELTA-200)', async t => {
  const scene = await aScene(t)
  const { directory } = scene()
  const [member, guest] = [await directory.user('a member'), await directory.user('a guest')]
  await guest.set({ userType: 'Guest' })
  for (const operation of OPERATIONS) {
    const { granted, people } = operation
    if (granted.delegated?.length === 0) continue
    const scopes = [granted.delegated?.[0] ?? 'User.Read']
    const trials = EVERYBODY.map(who => ({
      name: who,
      call: (request: Request): Call => ({
        ...sent(request),
        as: {
          user: parseObjectId((who === 'a guest' ? guest : who === 'an owner' ? (request.owner ?? member) : member).id),
          scopes,
          directoryRoles: DIRECTORY_ROLE_NAMES.filter(role => role === who),
        },
      }),
      may: people.includes(who),
    }))
    await tryAs(scene, operation, trials)
  }
})

test('a good token that grants nothing, or nothing that anybody knows, opens nothing that asks for something (DELTA-98, DELTA-199)', async t => {
  const scene = await aScene(t)
  const { user } = await scene().server.administrator()
  for (const names of [[], ['group.readwrite.all', 'Group.ReadWrite', 'Group.ReadWrite.AllX', '*', '__proto__']]) {
    for (const operation of OPERATIONS) {
      const { application, delegated } = operation.granted
      await tryAs(scene, operation, [
        { name: 'an app', call: request => ({ ...sent(request), roles: names }), may: application === null },
        {
          name: 'a person',
          call: request => ({
            ...sent(request),
            as: { user, scopes: ['openid', ...names], directoryRoles: ['Global Administrator'] },
          }),
          may: delegated === null,
        },
      ])
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
  const administrator = await server.administrator()
  for (const [{ id }, role, other] of changing) {
    await assertRefused(server, `${bin(id)}/restore`, { method: 'POST', roles: [other] }, IN_WORDS)
    await assertRefused(server, bin(id), { method: 'DELETE', roles: [other] }, IN_WORDS)
    const as = { ...administrator, scopes: [role] }
    assert.equal((await server.call(bin(id), { method: 'DELETE', as })).status, 204)
    const gone = { status: 404, code: 'Request_ResourceNotFound' }
    await assertRefused(server, bin(id), { method: 'DELETE', roles: ['User.DeleteRestore.All'] }, gone)
    await assertRefused(server, bin(id), { method: 'DELETE', roles: ['Group.ReadWrite.All'] }, IN_WORDS)
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
