import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aServer, BASE } from './aServer.ts'
import { assertRefused } from './refusal.ts'
import { aNest, EVENTUAL, idsOf } from './related.ts'

const UNSUPPORTED = { status: 400, code: 'Request_UnsupportedQuery' }

test('a type at the end of a list’s path lists its objects alone, under its own context (DELTA-126)', async t => {
  const server = await aServer(t)
  const { ada, bob, cyd, core, inner, staff } = await aNest(server)
  await staff.addOwner(ada)
  const lists = [
    [`groups/${staff.id}/members`, 'user', [ada]],
    [`groups/${staff.id}/members`, 'group', [inner]],
    [`groups/${staff.id}/members`, 'device', []],
    [`groups/${staff.id}/owners`, 'user', [ada]],
    [`groups/${staff.id}/owners`, 'servicePrincipal', []],
    [`groups/${staff.id}/transitiveMembers`, 'user', [ada, bob, cyd]],
    [`groups/${staff.id}/transitiveMembers`, 'group', [inner, core]],
    [`groups/${staff.id}/transitiveMembers`, 'orgContact', []],
    [`groups/${core.id}/memberOf`, 'group', [inner]],
    [`groups/${core.id}/transitiveMemberOf`, 'group', [inner, staff]],
    [`users/${cyd.id}/memberOf`, 'group', [core]],
    [`users/${cyd.id}/transitiveMemberOf`, 'group', [core, inner, staff]],
    [`users/${ada.id}/ownedObjects`, 'group', [staff]],
  ] as const
  const sets = {
    user: 'users',
    group: 'groups',
    device: 'devices',
    servicePrincipal: 'servicePrincipals',
    orgContact: 'contacts',
  }
  for (const [path, type, objects] of lists) {
    for (const name of [`microsoft.graph.${type}`, `Microsoft.Graph.${type.toUpperCase()}`, `graph.${type}`]) {
      const { status, body } = await server.call(`/v1.0/${path}/${name}?$select=id`)
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#${sets[type]}(id)`)
      assert.deepEqual(
        body.value,
        idsOf(objects).map(id => ({ id })),
      )
    }
  }
  const { body } = await server.call(`/v1.0/groups/${staff.id}/members/microsoft.graph.user`)
  const { '@odata.context': _, ...user } = (await server.call(`/v1.0/users/${ada.id}`)).body
  assert.deepEqual(body, { '@odata.context': `${BASE}/v1.0/$metadata#users`, value: [user] })
  const paged = await server.call(`/v1.0/groups/${staff.id}/transitiveMembers/graph.user?$top=1`)
  assert.ok(paged.body['@odata.nextLink'].includes(`/transitiveMembers/microsoft.graph.user?`))
})

test('a cast to a type that cannot be there is refused, and so is one to what is no type (DELTA-126)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const staff = await directory.group('Staff', { members: [ada] })
  const club = await directory.team('Club', { members: [ada] })
  const paths = [
    `groups/${club.id}/members/microsoft.graph.group`,
    `groups/${club.id}/transitiveMembers/microsoft.graph.device`,
    `groups/${staff.id}/owners/microsoft.graph.group`,
    `groups/${staff.id}/memberOf/microsoft.graph.user`,
    `groups/${staff.id}/transitiveMemberOf/microsoft.graph.device`,
    `groups/${staff.id}/members/microsoft.graph.nonsense`,
    `users/${ada.id}/memberOf/microsoft.graph.user`,
    `users/${ada.id}/ownedObjects/microsoft.graph.user`,
  ]
  for (const path of paths) {
    await assertRefused(server, `/v1.0/${path}`, {}, UNSUPPORTED)
    await assertRefused(server, `/v1.0/${path}/$count`, EVENTUAL, UNSUPPORTED)
  }
  assert.equal((await server.call(`/v1.0/groups/${club.id}/members/microsoft.graph.user`)).body.value.length, 1)
})
