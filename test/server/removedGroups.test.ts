import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader, type Entry, type Item } from './aReader.ts'
import { aServer, pagesOf } from './aServer.ts'

function gone({ id }: { readonly id: string }, reason: 'changed' | 'deleted'): Item {
  return { id, '@removed': { reason } }
}

test('DELETE moves a group of either kind to the recycle bin, and GET is 404 from then on (DELTA-58)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  for (const group of [await directory.group('Staff'), await directory.team('Team')]) {
    const path = `/v1.0/groups/${group.id}`
    const reply = await server.call(path, { method: 'DELETE' })
    assert.deepEqual([reply.status, reply.body], [204, null])
    for (const after of [path, `${path}/members`, `${path}/owners`]) {
      const { status, body } = await server.call(after)
      assert.deepEqual([status, body.error.code], [404, 'Request_ResourceNotFound'])
    }
    assert.equal((await server.call(path, { method: 'DELETE' })).status, 404)
    assert.equal((await server.call(path, { method: 'PATCH', body: { description: 'x' } })).status, 404)
    assert.equal((await server.call(`/v1.0/directory/deletedItems/${group.id}`)).status, 200)
  }
  assert.deepEqual((await server.call('/v1.0/groups')).body.value, [])
})

test('by the older rule a deleted security group is purged at once, a Microsoft 365 group is not', async t => {
  const server = await aServer(t, { recycleSecurityGroups: false })
  const directory = aDirectory(server)
  const [staff, team] = [await directory.group('Staff'), await directory.team('Team')]
  const reader = aReader(server)
  await reader.round()
  await staff.delete()
  await team.delete()
  assert.deepEqual(await reader.round(), [gone(staff, 'deleted'), gone(team, 'changed')])
})

test('a soft-deleted group is told as changed, and nothing else of it (DELTA-59)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const staff = await directory.group('Staff', { members: [ann], description: 'all of us' })
  const readers = ['', '?$select=displayName', '?$select=id', '?$select=members,owners'].map(query =>
    aReader(server, `/v1.0/groups/delta${query}`),
  )
  for (const reader of readers) await reader.round()
  await staff.set({ description: 'changed first' })
  await staff.remove(ann)
  await staff.delete()
  for (const reader of readers) {
    const { link } = reader
    assert.deepEqual(await reader.round(), [gone(staff, 'changed')])
    assert.deepEqual(await reader.round(), [])
    reader.link = link
    assert.deepEqual(await reader.round({ prefer: 'return=minimal' }), [gone(staff, 'changed')])
    assert.equal(reader.holds(staff), false)
  }
})

test('a group that was created and soft-deleted since the base is told as changed (DELTA-59)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const reader = aReader(server)
  await reader.round()
  const staff = await directory.group('Staff', { members: [await directory.user('Ann')] })
  await staff.delete()
  assert.deepEqual(await reader.round(), [gone(staff, 'changed')])
})

test('a purged group is told as deleted, also when it was told as changed before (DELTA-60)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  assert.ok(staff && sales)
  const [often, seldom] = [aReader(server), aReader(server)]
  for (const reader of [often, seldom]) await reader.round()
  await staff.delete()
  await sales.delete()
  assert.deepEqual(await often.round(), [gone(staff, 'changed'), gone(sales, 'changed')])
  await staff.purge()
  assert.deepEqual(await often.round(), [gone(staff, 'deleted')])
  assert.deepEqual(await seldom.round(), [gone(sales, 'changed'), gone(staff, 'deleted')])
  assert.deepEqual(await often.round(), [])
})

test('a group that was created and purged since the base is told as deleted, never as live (DELTA-60)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const reader = aReader(server)
  await reader.round()
  const staff = await directory.group('Staff', { members: [ann] })
  await staff.delete()
  await staff.purge()
  assert.deepEqual(await reader.round(), [gone(staff, 'deleted')])
})

test('a restored group is told like a new one, with all its members and owners (DELTA-61)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob, cid] = await directory.users(3)
  assert.ok(ann && bob && cid)
  const staff = await directory.group('Staff', { description: 'all of us', members: [ann, bob], owners: [cid] })
  await staff.set({ theme: null })
  const select = '/v1.0/groups/delta?$select=displayName,description,theme,members,owners'
  const [told, missed] = [aReader(server, select), aReader(server, select)]
  for (const reader of [told, missed]) await reader.round()
  const user = '#microsoft.graph.user'
  await staff.delete()
  await told.round()
  await staff.restore()
  for (const reader of [told, missed]) {
    const [item, ...others] = await reader.round({ prefer: 'return=minimal' })
    assert.deepEqual(others, [])
    const { 'members@delta': members, 'owners@delta': owners, ...properties } = item ?? { id: '' }
    assert.deepEqual(properties, { id: staff.id, description: 'all of us', displayName: 'Staff', theme: null })
    const entries: Entry[] = [ann, bob].map(({ id }) => ({ '@odata.type': user, id }))
    assert.deepEqual(new Set(members), new Set(entries))
    assert.deepEqual(owners, [{ '@odata.type': user, id: cid.id }])
  }
})

test('a restored group is told even where it has no members and nothing of it was set since (DELTA-61)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const readers = ['id', 'members', 'displayName', 'description'].map(select =>
    aReader(server, `/v1.0/groups/delta?$select=${select}`),
  )
  for (const reader of readers) await reader.round()
  await staff.delete()
  await staff.restore()
  for (const reader of readers) {
    const items = await reader.round()
    assert.deepEqual(
      items.map(item => item.id),
      [staff.id],
    )
    assert.deepEqual(await reader.round(), [])
  }
})

test('a member removed around a deletion and restore is absent after the round that tells it (DELTA-62)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [before, meanwhile, stays, back] = await directory.users(4)
  assert.ok(before && meanwhile && stays && back)
  const staff = await directory.group('Staff', { members: [before, meanwhile, stays, back] })
  const [often, seldom] = [aReader(server), aReader(server)]
  for (const reader of [often, seldom]) await reader.round()
  await staff.remove(before)
  await staff.remove(back)
  await staff.delete()
  await often.round()
  // Of a deleted group a member can go only by being purged.
  await meanwhile.delete()
  await meanwhile.purge()
  await often.round()
  await staff.restore()
  await staff.add(back)
  for (const reader of [often, seldom]) {
    await reader.round()
    assert.deepEqual(reader.membersOf(staff), [stays.id, back.id].sort())
    assert.deepEqual(reader.listing(), await directory.listing())
  }
})

test('a copy that kept a deleted group and its members is right after the restore too (DELTA-62)', async t => {
  const server = await aServer(t, pagesOf({ edges: 2 }))
  const directory = aDirectory(server)
  const people = await directory.users(6)
  const [gone1, gone2] = people
  assert.ok(gone1 && gone2)
  const staff = await directory.group('Staff', { members: people })
  const reader = aReader(server)
  await reader.round()
  await staff.remove(gone1)
  await staff.delete()
  await gone2.delete()
  await gone2.purge()
  await staff.restore()
  await reader.round()
  assert.ok(reader.pages.length > 2)
  assert.deepEqual(reader.membersOf(staff), await staff.members())
})

test('soft-deleting or restoring a member tells nothing for its groups, which keep it (DELTA-63)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const sales = await directory.group('Sales')
  const staff = await directory.group('Staff', { members: [ann, sales], owners: [ann] })
  const reader = aReader(server, `/v1.0/groups/delta?$select=members,owners&$filter=id+eq+'${staff.id}'`)
  await reader.round()
  const links = async (list: string): Promise<string[][]> =>
    (await server.call(`/v1.0/groups/${staff.id}/${list}`)).body.value.map(
      (object: Record<string, string>) => [object['@odata.type'], object['id']] as string[],
    )
  const expected = {
    members: new Set([
      ['#microsoft.graph.user', ann.id],
      ['#microsoft.graph.group', sales.id],
    ]),
    owners: [['#microsoft.graph.user', ann.id]],
  }
  for (const change of ['delete', 'restore'] as const) {
    await ann[change]()
    await sales[change]()
    assert.deepEqual(await reader.round(), [])
    assert.deepEqual(new Set(await links('members')), expected.members)
    assert.deepEqual(await links('owners'), expected.owners)
  }
})

test('purging a member or owner tells its removal in every live group, in one commit (DELTA-64)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const sales = await directory.group('Sales')
  const staff = await directory.group('Staff', { members: [ann, sales], owners: [ann, bob] })
  const board = await directory.group('Board', { members: [ann, bob] })
  const asleep = await directory.group('Asleep', { members: [ann, sales], owners: [ann] })
  await asleep.delete()
  await ann.delete()
  await sales.delete()
  const reader = aReader(server, '/v1.0/groups/delta?$select=members,owners')
  await reader.round()
  const removed = (type: string, { id }: { readonly id: string }) => [
    { '@odata.type': `#microsoft.graph.${type}`, id, '@removed': { reason: 'deleted' } },
  ]
  await ann.purge()
  const byId = (a: Item, b: Item): number => (a.id < b.id ? -1 : 1)
  assert.deepEqual(
    (await reader.round()).sort(byId),
    [
      { id: staff.id, 'members@delta': removed('user', ann), 'owners@delta': removed('user', ann) },
      { id: board.id, 'members@delta': removed('user', ann) },
    ].sort(byId),
  )
  await sales.purge()
  assert.deepEqual(
    (await reader.round()).sort(byId),
    [gone(sales, 'deleted'), { id: staff.id, 'members@delta': removed('group', sales) }].sort(byId),
  )
  await asleep.restore()
  await reader.round()
  assert.deepEqual([reader.membersOf(asleep), await asleep.members()], [[], []])
  assert.deepEqual((await server.call(`/v1.0/groups/${asleep.id}/owners`)).body.value, [])
})
