import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aServer } from './aServer.ts'
import { linksOf } from './links.ts'
import { assertRefused, badRequest, notFound } from './refusal.ts'

const UNKNOWN = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'

test('removing a member or owner is 204 and takes away that link alone (DELTA-86)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ada, ben] = await directory.users(2)
  assert.ok(ada && ben)
  const inner = await directory.group('Inner')
  const staff = await directory.group('Staff', { members: [ada, ben, inner], owners: [ada, ben] })
  const crew = await directory.group('Crew', { members: [ada] })
  for (const [relation, target] of [
    ['members', ada],
    ['members', inner],
    ['owners', ada],
  ] as const) {
    const reply = await server.call(`/v1.0/groups/${staff.id}/${relation}/${target.id}/$ref`, { method: 'DELETE' })
    assert.deepEqual([reply.status, reply.body], [204, null])
  }
  assert.deepEqual(await linksOf(server, staff, 'members'), [ben.id])
  assert.deepEqual(await linksOf(server, staff, 'owners'), [ben.id])
  assert.deepEqual(await crew.members(), [ada.id])
  assert.equal((await server.call(`/v1.0/users/${ada.id}`)).status, 200)
  assert.equal((await server.call(`/v1.0/groups/${inner.id}`)).status, 200)
})

test('removing a member or owner that is not there is 404 (DELTA-86)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ada, ben, cleo] = await directory.users(3)
  assert.ok(ada && ben && cleo)
  const staff = await directory.group('Staff', { members: [ada], owners: [ben, cleo] })
  await staff.removeOwner(cleo)
  for (const [relation, { id }] of [
    ['members', ben],
    ['members', { id: UNKNOWN }],
    ['owners', ada],
    ['owners', cleo],
  ] as const) {
    await assertRefused(server, `/v1.0/groups/${staff.id}/${relation}/${id}/$ref`, { method: 'DELETE' }, notFound(id))
  }
  const path = `/v1.0/groups/${UNKNOWN}/members/${ada.id}/$ref`
  await assertRefused(server, path, { method: 'DELETE' }, notFound(UNKNOWN))
  const illFormed = `/v1.0/groups/${staff.id}/members/ada/$ref`
  await assertRefused(server, illFormed, { method: 'DELETE' }, badRequest("Invalid object identifier 'ada'."))
})

test('the last owner of a group cannot be removed, and any other can (DELTA-88)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ada, ben] = await directory.users(2)
  assert.ok(ada && ben)
  const staff = await directory.group('Staff', { owners: [ada, ben] })
  await staff.removeOwner(ada)
  const path = `/v1.0/groups/${staff.id}/owners/${ben.id}/$ref`
  await assertRefused(server, path, { method: 'DELETE' }, badRequest(/at least one owner/))
  await staff.addOwner(ada)
  await staff.removeOwner(ben)
  assert.deepEqual(await linksOf(server, staff, 'owners'), [ada.id])
})
