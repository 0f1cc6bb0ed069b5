import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, type Named } from './aDirectory.ts'
import { aServer, BASE } from './aServer.ts'
import { assertRefused } from './refusal.ts'

test('$expand shows up to 20 members, owners or groups with each object (DELTA-146)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(25)
  const [ann] = people
  assert.ok(ann)
  const staff = await directory.group('Staff', { members: people, owners: [ann] })
  const empty = await directory.group('Empty')
  const { body } = await server.call('/v1.0/groups?$expand=members&$select=displayName')
  assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#groups(displayName,members())`)
  const shown = new Map<string, { members: Named[] }>(
    body.value.map((group: { displayName: string; members: Named[] }) => [group.displayName, group]),
  )
  assert.equal(shown.get('Staff')?.members.length, 20)
  assert.deepEqual(shown.get('Empty')?.members, [])
  const one = await server.call(`/v1.0/groups/${staff.id}?$expand=owners($select=id,displayName)`)
  assert.deepEqual(one.body.owners, [{ '@odata.type': '#microsoft.graph.user', id: ann.id, displayName: ann.name }])
  const user = await server.call(`/v1.0/users/${ann.id}?$expand=memberOf($select=displayName)`)
  assert.deepEqual(user.body.memberOf, [{ '@odata.type': '#microsoft.graph.group', displayName: 'Staff' }])
  const users = await server.call('/v1.0/users?$expand=memberOf($select=id)&$top=1')
  assert.deepEqual(users.body.value[0].memberOf, [{ '@odata.type': '#microsoft.graph.group', id: staff.id }])
  assert.deepEqual((await server.call(`/v1.0/groups/${empty.id}?$expand=memberOf`)).body.memberOf, [])
})

test('$expand shows nobody what a list would not: hidden members, and names that the caller may not read (DELTA-146)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const club = await directory.team('Club', { members: [ann], visibility: 'HiddenMembership' })
  const path = `/v1.0/groups/${club.id}?$expand=members($select=id,displayName)`
  assert.ok(!('members' in (await server.call(path)).body))
  const roles = ['Group.Read.All', 'Member.Read.Hidden']
  const seen = await server.call(path, { roles })
  assert.deepEqual(seen.body.members, [{ '@odata.type': '#microsoft.graph.user', id: ann.id, displayName: null }])
  const denied = { status: 403, code: 'Authorization_RequestDenied' }
  const owners = `/v1.0/groups/${club.id}?$expand=owners`
  await assertRefused(server, owners, { roles: ['Group.ReadBasic.All'] }, denied)
})

test('what cannot be expanded is refused and named, and so is $expand in an advanced query (DELTA-147)', async t => {
  const server = await aServer(t)
  const path = '/v1.0/groups?$expand='
  for (const name of ['displayName', 'transitiveMembers', 'Photo']) {
    const message = new RegExp(`^Expand is not allowed for property '${name}' according to the entity schema.$`, 'i')
    await assertRefused(server, path + name, {}, { status: 400, code: 'ExpandNotSupported', message })
  }
  await assertRefused(server, `${path}nope`, {}, { status: 400, code: 'BadRequest', message: /'nope'/ })
  await assertRefused(server, path, {}, { status: 400, code: 'BadRequest' })
  const unsupported = { status: 400, code: 'Request_UnsupportedQuery' }
  for (const more of ['members,owners', 'members($top=5)', 'members($expand=owners)']) {
    await assertRefused(server, path + more, {}, unsupported)
  }
  const headers = { consistencylevel: 'eventual' }
  await assertRefused(server, `${path}members&$count=true&$filter=displayName%20ne%20'a'`, { headers }, unsupported)
  await assertRefused(server, '/v1.0/directory/deletedItems/graph.group?$expand=members', {}, unsupported)
})
