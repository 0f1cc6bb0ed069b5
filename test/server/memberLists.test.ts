import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, type Named } from './aDirectory.ts'
import { aReader } from './aReader.ts'
import { aServer, BASE, type TestServer } from './aServer.ts'
import { assertRefused } from './refusal.ts'

interface Listed extends Named {
  readonly '@odata.type': string
}

async function listOf({ call }: TestServer, { id }: Named, relation: string): Promise<Listed[]> {
  const { status, body } = await call(`/v1.0/groups/${id}/${relation}`)
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#directoryObjects`)
  return body.value
}

function idsOf(objects: readonly Named[]): string[] {
  return objects.map(({ id }) => id).sort()
}

test('members and owners are listed with their types, users and groups alike (DELTA-94)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const inner = await directory.group('Inner')
  const staff = await directory.group('Staff', { members: [ada, inner], owners: [ada] })
  const members = await listOf(server, staff, 'members')
  const typed = members.map(({ '@odata.type': type, id }) => [id, type]).sort()
  const expected = [
    [ada.id, '#microsoft.graph.user'],
    [inner.id, '#microsoft.graph.group'],
  ]
  assert.deepEqual(typed, expected.sort())
  const { '@odata.context': _, ...user } = (await server.call(`/v1.0/users/${ada.id}`)).body
  const owners = await listOf(server, staff, 'owners')
  assert.deepEqual(owners, [{ '@odata.type': '#microsoft.graph.user', ...user }])
})

test('a list holds the edges that a round tells: soft-deleted objects stay, purged ones go (DELTA-94)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(6)
  const [live, removed, deleted, purged, restored, never] = people
  assert.ok(live && removed && deleted && purged && restored && never)
  const [inner, deletedGroup] = await directory.groups('Inner', 'Deleted')
  assert.ok(inner && deletedGroup)
  const linked = [live, removed, deleted, purged, restored]
  const staff = await directory.group('Staff', { members: [...linked, inner, deletedGroup], owners: linked })
  await staff.remove(removed)
  await staff.removeOwner(removed)
  for (const object of [deleted, purged, restored, deletedGroup]) await object.delete()
  await purged.purge()
  await restored.restore()
  assert.deepEqual(idsOf(await listOf(server, staff, 'members')), idsOf([live, deleted, restored, inner, deletedGroup]))
  assert.deepEqual(idsOf(await listOf(server, staff, 'owners')), idsOf([live, deleted, restored]))
  const reader = aReader(server, '/v1.0/groups/delta?$select=members,owners')
  await reader.round()
  assert.deepEqual(reader.membersOf(staff), idsOf(await listOf(server, staff, 'members')))
  const owners = [...(reader.copy.get(staff.id)?.owners ?? [])].sort()
  assert.deepEqual(owners, idsOf(await listOf(server, staff, 'owners')))
})

test('lists of members have pages like any list, and keep their $select (DELTA-94)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(5)
  const staff = await directory.group('Staff', { members: people })
  const ids: string[] = []
  let next: string | undefined = `/v1.0/groups/${staff.id}/members?$top=2&$select=displayName`
  for (let pages = 0; next !== undefined; pages += 1) {
    assert.ok(pages < 3)
    const { body } = await server.call(next)
    assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#directoryObjects(displayName)`)
    for (const item of body.value) {
      assert.deepEqual(Object.keys(item), ['@odata.type', 'displayName'])
      ids.push(item.displayName)
    }
    next = body['@odata.nextLink']
  }
  assert.deepEqual(ids.sort(), people.map(({ name }) => name).sort())
})

test('of members whose type the caller may not read only type and id are shown', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const inner = await directory.group('Inner')
  const staff = await directory.group('Staff', { members: [ada, inner] })
  const path = `/v1.0/groups/${staff.id}/members`
  const shown = async (query: string, role: string) => {
    const { status, body } = await server.call(`${path}${query}`, { roles: [role] })
    assert.equal(status, 200)
    return new Map<string, object>(body.value.map((item: Listed) => [item['@odata.type'], item]))
  }
  const asked = await shown('?$select=displayName,jobTitle', 'GroupMember.Read.All')
  const hidden = { '@odata.type': '#microsoft.graph.user', displayName: null, jobTitle: null, id: ada.id }
  assert.deepEqual(asked.get('#microsoft.graph.user'), hidden)
  assert.deepEqual(asked.get('#microsoft.graph.group'), {
    '@odata.type': '#microsoft.graph.group',
    displayName: 'Inner',
  })
  const basic = await shown('', 'GroupMember.ReadBasic.All')
  assert.deepEqual(basic.get('#microsoft.graph.user'), { '@odata.type': '#microsoft.graph.user', id: ada.id })
  assert.deepEqual(basic.get('#microsoft.graph.group'), { '@odata.type': '#microsoft.graph.group', id: inner.id })
})

test('hidden members are listed to Member.Read.Hidden alone, and owners to all who may list (DELTA-36)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const club = await directory.team('Club', { members: [ada], owners: [ada], visibility: 'HiddenMembership' })
  const path = `/v1.0/groups/${club.id}`
  const denied = {
    status: 403,
    code: 'Authorization_RequestDenied',
    message: 'Insufficient privileges to complete the operation.',
  }
  await assertRefused(server, `${path}/members`, {}, denied)
  const roles = ['Group.Read.All', 'Member.Read.Hidden']
  assert.deepEqual(idsOf((await server.call(`${path}/members`, { roles })).body.value), [ada.id])
  assert.deepEqual(idsOf((await server.call(`${path}/owners`)).body.value), [ada.id])
})

test('the members of a group that is deleted or not there are not listed', async t => {
  const server = await aServer(t)
  const gone = await aDirectory(server).group('Gone')
  await gone.delete()
  for (const id of [gone.id, '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7']) {
    for (const relation of ['members', 'owners']) {
      const refusal = { status: 404, code: 'Request_ResourceNotFound' }
      await assertRefused(server, `/v1.0/groups/${id}/${relation}`, {}, refusal)
    }
  }
})
