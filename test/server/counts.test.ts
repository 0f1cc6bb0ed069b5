import assert from 'node:assert/strict'
import test from 'node:test'
import { aServer } from './aServer.ts'
import { assertRefused, badRequest } from './refusal.ts'
import { aNest, EVENTUAL } from './related.ts'

test('/$count is a number where the eventual level is asked for, and refused where it is not (DELTA-127)', async t => {
  const server = await aServer(t)
  const { ada, bob, core, inner, staff } = await aNest(server)
  await staff.addOwner(ada)
  await bob.delete()
  const counts = [
    ['groups', 3],
    ['users', 2],
    [`groups/${staff.id}/members`, 2],
    [`groups/${staff.id}/members/microsoft.graph.group`, 1],
    [`groups/${staff.id}/owners`, 1],
    [`groups/${staff.id}/transitiveMembers`, 5],
    [`groups/${staff.id}/transitiveMembers/microsoft.graph.user`, 3],
    [`groups/${core.id}/memberOf`, 1],
    [`groups/${core.id}/transitiveMemberOf`, 2],
    [`groups/${core.id}/transitiveMemberOf/microsoft.graph.group`, 2],
    [`users/${ada.id}/memberOf`, 1],
    [`users/${ada.id}/transitiveMemberOf`, 1],
    [`users/${ada.id}/ownedObjects`, 1],
    [`groups/${inner.id}/owners`, 0],
  ] as const
  for (const [path, expected] of counts) {
    const headers = { ConsistencyLevel: 'Eventual' }
    const { status, headers: answered, body } = await server.call(`/v1.0/${path}/$count`, { headers })
    assert.deepEqual([status, answered['content-type'], body], [200, 'text/plain', expected], path)
    const refusal = badRequest('$count is not currently supported.')
    await assertRefused(server, `/v1.0/${path}/$count`, {}, refusal)
    await assertRefused(server, `/v1.0/${path}/$count`, { headers: { consistencylevel: 'session' } }, refusal)
  }
})

test('$count=true tells the number on the first page where the eventual level is asked for (DELTA-128)', async t => {
  const server = await aServer(t)
  const { staff } = await aNest(server)
  const path = `/v1.0/groups/${staff.id}/transitiveMembers/microsoft.graph.user?$count=true&$top=2`
  const first = (await server.call(path, EVENTUAL)).body
  assert.equal(first['@odata.count'], 3)
  assert.deepEqual(Object.keys(first), ['@odata.context', '@odata.count', '@odata.nextLink', 'value'])
  assert.ok(!('@odata.count' in (await server.call(first['@odata.nextLink'], EVENTUAL)).body))
  assert.ok(!('@odata.count' in (await server.call(path)).body))
  assert.ok(!('@odata.count' in (await server.call(path.replace('true', 'false'), EVENTUAL)).body))
})
