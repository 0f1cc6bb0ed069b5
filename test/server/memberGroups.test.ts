import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aServer, BASE, type TestServer } from './aServer.ts'
import { manyGroups } from './manyGroups.ts'
import { assertEnvelope, assertRefused, badRequest, notFound } from './refusal.ts'
import { idsOf } from './related.ts'

const DIRECTORY = ['Directory.Read.All']
const SOME_ID = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'

async function told(server: TestServer, path: string, body: object): Promise<string[]> {
  const reply = await server.call(`/v1.0/${path}`, { method: 'POST', body, roles: DIRECTORY })
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  assert.equal(reply.body['@odata.context'], `${BASE}/v1.0/$metadata#Collection(Edm.String)`)
  assert.deepEqual(Object.keys(reply.body), ['@odata.context', 'value'])
  return reply.body.value
}

/** Ada is in Inner, which is in Staff, and in Club; Other is apart, and Gone in the bin. */
async function aNest(server: TestServer) {
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const inner = await directory.group('Inner', { members: [ada] })
  const staff = await directory.group('Staff', { members: [inner] })
  const club = await directory.team('Club', { members: [ada] })
  const [other, gone] = [await directory.group('Other'), await directory.group('Gone', { members: [ada] })]
  await gone.delete()
  return { directory, ada, inner, staff, club, other, gone }
}

test('an object is checked for groups at any depth, and the answer keeps the order of the question (DELTA-131)', async t => {
  const server = await aServer(t)
  const { ada, inner, staff, club, other, gone } = await aNest(server)
  const asked = [club, other, staff, gone, { id: SOME_ID }, inner, staff].map(({ id }) => id)
  const doors = [
    [`users/${ada.id}`, [club, staff, inner]],
    [`users/ada@${server.domain}`, [club, staff, inner]],
    [`directoryObjects/${ada.id}`, [club, staff, inner]],
    [`directoryObjects/${inner.id}`, [staff]],
    [`groups/${inner.id}`, [staff]],
    [`groups/${staff.id}`, []],
  ] as const
  for (const [door, groups] of doors) {
    const expected = groups.map(({ id }) => id)
    assert.deepEqual(await told(server, `${door}/checkMemberGroups`, { groupIds: asked }), expected)
    assert.deepEqual(await told(server, `${door}/checkMemberObjects`, { ids: asked }), expected)
    assert.deepEqual(await told(server, `${door}/microsoft.graph.checkMemberGroups`, { GroupIds: asked }), expected)
  }
  assert.deepEqual(await told(server, `users/${ada.id}/checkMemberGroups`, { groupIds: [] }), [])
  const upper = [staff.id.toUpperCase()]
  assert.deepEqual(await told(server, `users/${ada.id}/checkMemberGroups`, { groupIds: upper }), [staff.id])
})

test('20 ids are checked at once, and 21 are refused (DELTA-131)', async t => {
  const server = await aServer(t)
  const { ada, staff } = await aNest(server)
  const ids = (count: number) => Array.from({ length: count }, () => staff.id)
  assert.deepEqual(await told(server, `users/${ada.id}/checkMemberGroups`, { groupIds: ids(20) }), [staff.id])
  const how = { method: 'POST', roles: DIRECTORY } as const
  for (const [action, name] of [
    ['checkMemberGroups', 'groupIds'],
    ['checkMemberObjects', 'ids'],
  ] as const) {
    const path = `/v1.0/users/${ada.id}/${action}`
    await assertRefused(server, path, { ...how, body: { [name]: ids(21) } }, badRequest(/'20'/))
    for (const value of ['x', null, [1], { a: 1 }]) {
      await assertRefused(server, path, { ...how, body: { [name]: value } }, badRequest(new RegExp(`'${name}'`)))
    }
    await assertRefused(server, path, { ...how, body: {} }, badRequest(new RegExp(`'${name}'`)))
    await assertRefused(server, path, { ...how, body: { [name]: [], other: 1 } }, badRequest(/'other'/))
    await assertRefused(server, path, { ...how, body: { [name]: ['x'] } }, badRequest(/'x'/))
    await assertRefused(server, path, how, { status: 400, code: 'BadRequest' })
  }
})

test('all groups of an object are told, or those that are security-enabled (DELTA-132)', async t => {
  const server = await aServer(t)
  const { ada, inner, staff, club } = await aNest(server)
  for (const door of [`users/${ada.id}`, `directoryObjects/${ada.id}`]) {
    for (const action of ['getMemberGroups', 'getMemberObjects']) {
      const all = idsOf([inner, staff, club])
      assert.deepEqual(await told(server, `${door}/${action}`, { securityEnabledOnly: false }), all)
      assert.deepEqual(await told(server, `${door}/${action}`, {}), all)
      assert.deepEqual(await told(server, `${door}/${action}`, { securityEnabledOnly: true }), idsOf([inner, staff]))
    }
  }
  assert.deepEqual(await told(server, `groups/${inner.id}/getMemberGroups`, { securityEnabledOnly: false }), [staff.id])
  assert.deepEqual(await told(server, `groups/${inner.id}/getMemberObjects`, { securityEnabledOnly: true }), [staff.id])
  const how = { method: 'POST', roles: DIRECTORY } as const
  for (const door of [`groups/${inner.id}`, `directoryObjects/${inner.id}`]) {
    const call = { ...how, body: { securityEnabledOnly: true } }
    await assertRefused(server, `/v1.0/${door}/getMemberGroups`, call, badRequest(/'securityEnabledOnly'/))
  }
  const call = { ...how, body: { securityEnabledOnly: 'yes' } }
  await assertRefused(server, `/v1.0/users/${ada.id}/getMemberObjects`, call, badRequest(/'securityEnabledOnly'/))
})

test('11,000 groups are told at once, and one more is too much (DELTA-132)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  await manyGroups(server, 11_000, { members: [ada] })
  const path = `users/${ada.id}/getMemberGroups`
  assert.equal((await told(server, path, { securityEnabledOnly: true })).length, 11_000)
  await directory.team('Club', { members: [ada] })
  assert.equal((await told(server, path, { securityEnabledOnly: true })).length, 11_000)
  const call = { method: 'POST', body: {}, roles: DIRECTORY } as const
  const refusal = { status: 400, code: 'Directory_ResultSizeLimitExceeded', message: /transitiveMemberOf/ }
  assertEnvelope(await server.call(`/v1.0/${path}`, call), refusal)
})

test('nobody who is not there belongs anywhere (DELTA-104)', async t => {
  const server = await aServer(t)
  const { directory, ada, staff } = await aNest(server)
  const gone = await directory.user('Away')
  await gone.delete()
  const how = { method: 'POST', body: {}, roles: DIRECTORY } as const
  for (const id of [SOME_ID, gone.id]) {
    for (const door of ['users', 'groups', 'directoryObjects']) {
      await assertRefused(server, `/v1.0/${door}/${id}/getMemberGroups`, how, notFound(id))
    }
  }
  await assertRefused(server, `/v1.0/users/${staff.id}/getMemberGroups`, how, notFound(staff.id))
  await assertRefused(server, `/v1.0/groups/${ada.id}/getMemberGroups`, how, notFound(ada.id))
  await assertRefused(
    server,
    '/v1.0/directoryObjects/x/getMemberGroups',
    how,
    badRequest("Invalid object identifier 'x'."),
  )
})
