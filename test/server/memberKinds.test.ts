import assert from 'node:assert/strict'
import test from 'node:test'
import { housekeep } from '../../src/server/housekeeping.ts'
import { aDirectory, type Directory, type Group, type Named, reference } from './aDirectory.ts'
import { aReader, type Item } from './aReader.ts'
import { aServer, BASE, type TestServer } from './aServer.ts'
import { SECURITY } from './bodies.ts'
import { assertRefused, badRequest } from './refusal.ts'
import { EVENTUAL, idsOf, related } from './related.ts'

const KINDS = ['user', 'group', 'device', 'servicePrincipal', 'orgContact'] as const
type Kind = (typeof KINDS)[number]

/** One of each kind. */
async function oneOfEach(directory: Directory): Promise<Record<Kind, Named>> {
  return {
    user: await directory.user('Ada'),
    group: await directory.group('Inner'),
    device: await directory.device('Box'),
    servicePrincipal: await directory.servicePrincipal('Bot'),
    orgContact: await directory.contact('Ida'),
  }
}

/** A security group that holds one of each kind. */
async function aMixedGroup(server: TestServer) {
  const directory = aDirectory(server)
  const objects = await oneOfEach(directory)
  const staff = await directory.group('Staff', { members: Object.values(objects), owners: [objects.servicePrincipal] })
  return { directory, objects, staff }
}

function entries(objects: Readonly<Partial<Record<Kind, Named>>>, removed = false) {
  return Object.entries(objects)
    .map(([kind, { id }]) => ({
      '@odata.type': `#microsoft.graph.${kind}`,
      id,
      ...(removed ? { '@removed': { reason: 'deleted' } } : {}),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

function told(items: readonly Item[], { id }: Named) {
  const told = items.filter(item => item.id === id).flatMap(item => item['members@delta'] ?? [])
  return told.sort((a, b) => (a.id < b.id ? -1 : 1))
}

test('a security group holds every kind, a Microsoft 365 group people alone (DELTA-85)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const objects = await oneOfEach(directory)
  const [staff, club] = [await directory.group('Staff'), await directory.team('Club')]
  const add = (to: Group, relation: string, what: Named) =>
    [`/v1.0/groups/${to.id}/${relation}/$ref`, { method: 'POST', body: { '@odata.id': reference(what) } }] as const
  const takes: readonly (readonly [Group, string, readonly Kind[]])[] = [
    [staff, 'members', KINDS],
    [club, 'members', ['user']],
    [staff, 'owners', ['user', 'servicePrincipal']],
    [club, 'owners', ['user', 'servicePrincipal']],
  ]
  for (const [group, relation, kinds] of takes) {
    for (const kind of KINDS) {
      const [path, how] = add(group, relation, objects[kind])
      if (kinds.includes(kind)) assert.equal((await server.call(path, how)).status, 204, `${kind} ${relation}`)
      else await assertRefused(server, path, how, badRequest(/cannot be added/))
    }
  }
  const [path, how] = add(staff, 'members', club)
  await assertRefused(server, path, how, badRequest(/cannot be added/))
})

test('a group that is assignable to roles holds no groups and may be a member of one (DELTA-85)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const roles = { isAssignableToRole: true }
  const [staff, admins] = [await directory.group('Staff'), await directory.group('Admins', roles)]
  const member = [reference(staff)]
  const others = await directory.group('Other admins', roles)
  for (const [method, path, body] of [
    ['POST', `/v1.0/groups/${admins.id}/members/$ref`, { '@odata.id': reference(staff) }],
    ['POST', `/v1.0/groups/${admins.id}/members/$ref`, { '@odata.id': reference(others) }],
    ['PATCH', `/v1.0/groups/${admins.id}`, { 'members@odata.bind': member }],
    ['POST', '/v1.0/groups', { ...SECURITY, ...roles, 'members@odata.bind': member }],
  ] as const) {
    await assertRefused(server, path, { method, body }, badRequest(/cannot be added/))
  }
  await staff.add(admins)
  assert.deepEqual(await staff.members(), [admins.id])
})

test('each kind is named by the collection of its type, in Graph’s two spellings (DELTA-85)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const objects = await oneOfEach(directory)
  const names = [
    ['device', 'devices'],
    ['servicePrincipal', 'servicePrincipals'],
    ['servicePrincipal', 'servicePrincipal'],
    ['orgContact', 'contacts'],
    ['orgContact', 'orgContact'],
  ] as const
  for (const [kind, collection] of names) {
    const staff = await directory.group('Staff')
    const body = { '@odata.id': `https://graph.microsoft.com/v1.0/${collection}/${objects[kind].id}` }
    const added = await server.call(`/v1.0/groups/${staff.id}/members/$ref`, { method: 'POST', body })
    assert.equal(added.status, 204, collection)
    assert.deepEqual(await staff.members(), [objects[kind].id])
  }
})

test('every kind of member is told with its type, when it is there and when it was removed (DELTA-32)', async t => {
  const server = await aServer(t)
  const { objects, staff } = await aMixedGroup(server)
  const reader = aReader(server, `/v1.0/groups/delta?$select=members,owners&$filter=id+eq+'${staff.id}'`)
  const [first] = await reader.round()
  assert.deepEqual(first?.['members@delta'], entries(objects))
  assert.deepEqual(first?.['owners@delta'], entries({ servicePrincipal: objects.servicePrincipal }))
  for (const object of Object.values(objects)) await staff.remove(object)
  assert.deepEqual(told(await reader.round(), staff), entries(objects, true))
})

test('every kind is read with its type among members, by id and over memberships (DELTA-126)', async t => {
  const server = await aServer(t)
  const { directory, objects, staff } = await aMixedGroup(server)
  const outer = await directory.group('Outer', { members: [staff] })
  const ids = idsOf(Object.values(objects))
  const sets = { device: 'devices', servicePrincipal: 'servicePrincipals', orgContact: 'contacts' } as const
  const { value } = (await server.call(`/v1.0/groups/${staff.id}/members?$select=id`)).body
  assert.deepEqual(value, entries(objects))
  assert.deepEqual(await related(server, 'groups', outer, 'transitiveMembers'), [...ids, staff.id].sort())
  const roles = ['Directory.Read.All']
  const found = await server.call('/v1.0/directoryObjects/getByIds?$select=id', {
    method: 'POST',
    body: { ids, types: ['device', 'microsoft.graph.orgContact'] },
    roles,
  })
  const { device, orgContact } = objects
  assert.deepEqual(found.body.value, entries({ device, orgContact }))
  for (const [kind, set] of Object.entries(sets) as [keyof typeof sets, string][]) {
    const { id } = objects[kind]
    const cast = await server.call(`/v1.0/groups/${outer.id}/transitiveMembers/microsoft.graph.${kind}`)
    const { '@odata.context': context, ...alone } = (await server.call(`/v1.0/${set}/${id}`)).body
    assert.deepEqual(cast.body, { '@odata.context': `${BASE}/v1.0/$metadata#${set}`, value: [alone] })
    assert.equal(context, `${BASE}/v1.0/$metadata#${set}/$entity`)
    const counted = await server.call(`/v1.0/groups/${staff.id}/members/microsoft.graph.${kind}/$count`, EVENTUAL)
    assert.equal(counted.body, 1)
    const object = (await server.call(`/v1.0/directoryObjects/${id}`, { roles })).body
    assert.deepEqual([object['@odata.type'], object.displayName], [`#microsoft.graph.${kind}`, alone.displayName])
  }
})

test('devices, service principals and contacts tell where they belong like users (DELTA-123, DELTA-124)', async t => {
  const server = await aServer(t)
  const { directory, objects, staff } = await aMixedGroup(server)
  const outer = await directory.group('Outer', { members: [staff] })
  const doors = [
    ['devices', objects.device],
    ['servicePrincipals', objects.servicePrincipal],
    ['contacts', objects.orgContact],
  ] as const
  const roles = ['Directory.Read.All']
  for (const [collection, object] of doors) {
    assert.deepEqual(await related(server, collection, object, 'memberOf', '', roles), [staff.id])
    const around = await related(server, collection, object, 'transitiveMemberOf', '', roles)
    assert.deepEqual(around, idsOf([staff, outer]))
    const path = `/v1.0/${collection}/${object.id}`
    const asked = { groupIds: [outer.id, object.id] }
    const checked = await server.call(`${path}/checkMemberGroups`, { method: 'POST', body: asked, roles })
    assert.deepEqual(checked.body.value, [outer.id])
    const { memberOf } = (await server.call(`${path}?$expand=memberOf($select=displayName)`, { roles })).body
    assert.deepEqual(memberOf, [{ '@odata.type': '#microsoft.graph.group', displayName: 'Staff' }])
  }
  const owned = await related(server, 'servicePrincipals', objects.servicePrincipal, 'ownedObjects')
  assert.deepEqual(owned, [staff.id])
})

test('a deleted device or contact leaves all its groups in that one commit, each of which tells it (DELTA-64, DELTA-189)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  for (const kind of ['device', 'contact'] as const) {
    const object = await directory[kind]('Passing')
    const [one, two, binned] = [
      await directory.group('One', { members: [object] }),
      await directory.group('Two', { members: [object] }),
      await directory.group('Binned', { members: [object] }),
    ]
    await binned.delete()
    const reader = aReader(server)
    await reader.round()
    await object.delete()
    const items = await reader.round()
    const type = kind === 'contact' ? 'orgContact' : kind
    for (const group of [one, two]) assert.deepEqual(told(items, group), entries({ [type]: object }, true))
    assert.equal(items.length, 2)
    await binned.restore()
    await reader.round()
    assert.deepEqual(reader.membersOf(binned), [])
  }
})

test('a service principal keeps its groups in the recycle bin, and leaves them when it is purged (DELTA-63, DELTA-64)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [bot, kept] = [await directory.servicePrincipal('Bot'), await directory.servicePrincipal('Kept')]
  const staff = await directory.group('Staff', { members: [bot, kept], owners: [bot, await directory.user('Ada')] })
  const reader = aReader(server, '/v1.0/groups/delta?$select=members,owners')
  await reader.round()
  for (const object of [bot, kept]) await object.delete()
  assert.deepEqual(await reader.round(), [])
  assert.deepEqual(await staff.members(), idsOf([bot, kept]))
  await kept.restore()
  assert.deepEqual(await reader.round(), [])
  server.clock.advance(31 * 86_400_000)
  assert.equal((await housekeep(server.services, server.clock.now())).purged, 1)
  const again = aReader(server, '/v1.0/groups/delta?$select=members,owners')
  await again.round()
  assert.deepEqual(again.membersOf(staff), [kept.id])
})

test('to add a device, service principal or contact asks a right to it besides that to the group (DELTA-190)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const objects = await oneOfEach(directory)
  const denied = { status: 403, code: 'Authorization_RequestDenied' }
  const rights = [
    ['device', 'Device.ReadWrite.All', 'Device.Read.All'],
    ['servicePrincipal', 'Application.ReadWrite.All', 'Application.Read.All'],
    ['orgContact', 'OrgContact.Read.All', 'Device.ReadWrite.All'],
  ] as const
  for (const [kind, right, other] of rights) {
    const staff = await directory.group('Staff')
    const bind = { 'members@odata.bind': [reference(objects.user), reference(objects[kind])] }
    const ways = [
      [`/v1.0/groups/${staff.id}/members/$ref`, { method: 'POST', body: { '@odata.id': reference(objects[kind]) } }],
      [`/v1.0/groups/${staff.id}`, { method: 'PATCH', body: bind }],
      ['/v1.0/groups', { method: 'POST', body: { ...SECURITY, ...bind } }],
    ] as const
    for (const [path, how] of ways) {
      for (const roles of [['Group.ReadWrite.All'], ['Group.ReadWrite.All', other]]) {
        await assertRefused(server, path, { ...how, roles }, denied)
      }
      const done = await server.call(path, { ...how, roles: ['Group.ReadWrite.All', right] })
      assert.ok(done.status < 300, JSON.stringify(done.body))
      if (path !== '/v1.0/groups') await staff.remove(objects[kind])
    }
    const all = await server.call(ways[0][0], { ...ways[0][1], roles: ['Directory.ReadWrite.All'] })
    assert.equal(all.status, 204)
    const removal = { method: 'DELETE', roles: ['GroupMember.ReadWrite.All'] } as const
    const removed = await server.call(`/v1.0/groups/${staff.id}/members/${objects[kind].id}/$ref`, removal)
    assert.equal(removed.status, 204)
  }
})

test('who may only create groups names as owners what it may read: users, or service principals (DELTA-190)', async t => {
  const server = await aServer(t)
  const { user, servicePrincipal } = await oneOfEach(aDirectory(server))
  const create = (owner: string, more: string) =>
    ({
      method: 'POST',
      body: { ...SECURITY, 'owners@odata.bind': [`${BASE}/v1.0/directoryObjects/${owner}`] },
      roles: ['Group.Create', more],
    }) as const
  const denied = { status: 403, code: 'Authorization_RequestDenied' }
  const nobody = '00000000-0000-4000-8000-000000000000'
  for (const [id, role] of [
    [user.id, 'User.Read.All'],
    [servicePrincipal.id, 'Application.Read.All'],
  ] as const) {
    assert.equal((await server.call('/v1.0/groups', create(id, role))).status, 201)
    await assertRefused(server, '/v1.0/groups', create(id, 'Device.Read.All'), denied)
  }
  for (const id of [user.id, nobody]) {
    await assertRefused(server, '/v1.0/groups', create(id, 'Application.Read.All'), denied)
  }
  await assertRefused(server, '/v1.0/groups', create(servicePrincipal.id, 'User.Read.All'), denied)
})

test('of kinds that a caller may not read only id and type are shown (DELTA-129)', async t => {
  const server = await aServer(t)
  const { objects, staff } = await aMixedGroup(server)
  const roles = ['GroupMember.Read.All', 'Device.Read.All']
  const { value } = (await server.call(`/v1.0/groups/${staff.id}/members?$select=id,displayName`, { roles })).body
  const shown = new Map(value.map((object: { id: string; displayName: string | null }) => [object.id, object]))
  const nameOf = (kind: Kind) => (shown.get(objects[kind].id) as { displayName: unknown } | undefined)?.displayName
  assert.deepEqual(KINDS.map(nameOf), [null, 'Inner', 'Box', null, null])
})

test('of what a caller may not read, what is asked for is null or empty where its type has it, and else not there (DELTA-129)', async t => {
  const server = await aServer(t)
  const { objects, staff } = await aMixedGroup(server)
  const select = 'id,appId,businessPhones,deviceId,mail,physicalIds,isArchived'
  const body = { ids: Object.values(objects).map(({ id }) => id) }
  const getByIds = { method: 'POST', body, roles: ['Directory.Read.All'] } as const
  const readable = await server.call(`/v1.0/directoryObjects/getByIds?$select=${select}`, getByIds)
  const members = `/v1.0/groups/${staff.id}/members`
  const hidden = await server.call(`${members}?$select=${select}`, { roles: ['GroupMember.ReadBasic.All'] })
  const namesOf = (value: readonly Item[]) => new Map(value.map(item => [item.id, Object.keys(item).sort()]))
  assert.deepEqual(namesOf(hidden.body.value), namesOf(readable.body.value))
  const user = { '@odata.type': '#microsoft.graph.user', id: objects.user.id, businessPhones: [], mail: null }
  assert.deepEqual(
    hidden.body.value.find(({ id }: Named) => id === objects.user.id),
    user,
  )
})
