import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader, linkOf, pageOf } from './aReader.ts'
import { aServer, pagesOf } from './aServer.ts'

test('without a state token, or with an empty one, a first round begins (DELTA-12)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const expected = await aReader(server).round()
  assert.deepEqual(
    expected.map(item => item.id),
    [staff.id],
  )
  for (const query of ['?', '?$deltatoken=', '?$deltatoken', '?deltaToken=', '?%24deltatoken=']) {
    assert.deepEqual(await aReader(server, `/v1.0/groups/delta${query}`).round(), expected, query)
  }
})

test('options beside an empty $deltatoken are those of the first round (DELTA-12)', async t => {
  const server = await aServer(t)
  const [staff] = await aDirectory(server).groups('Staff', 'Sales')
  const reader = aReader(server, `/v1.0/groups/delta?$select=displayName&$filter=id+eq+'${staff?.id}'&$deltatoken=`)
  assert.deepEqual(await reader.round(), [{ id: staff?.id, displayName: 'Staff' }])
})

test('an empty $skiptoken begins nothing', async t => {
  const { call } = await aServer(t)
  for (const query of ['$skiptoken=', '$skiptoken=&$deltatoken=', '$skiptoken=&$deltatoken=latest']) {
    const { status, body } = await call(`/v1.0/groups/delta?${query}`)
    assert.equal(status, 400)
    assert.equal(body.error.code, 'Request_BadRequest')
  }
})

test('a first round shows each live group in its latest state (DELTA-13)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const staff = await directory.group('Staff', { members: [ann], description: 'before' })
  await directory.groups('One', 'Two', 'Three')
  await staff.set({ displayName: 'Everyone', description: 'between' })
  await staff.set({ description: 'after' })
  await staff.add(bob)
  await staff.remove(ann)
  const reader = aReader(server)
  const items = await reader.round()
  assert.deepEqual(reader.listing(), await directory.listing())
  assert.equal(items.length, 4)
  assert.ok(items.every(item => !('@removed' in item)))
})

test('a first round does not show a group that was deleted before it, for now or for good (DELTA-13)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [kept, deleted, purged, restored] = await directory.groups('Kept', 'Deleted', 'Purged', 'Restored')
  await deleted?.delete()
  await purged?.delete()
  await purged?.purge()
  await restored?.delete()
  await restored?.restore()
  const ids = (await aReader(server).round()).map(item => item.id)
  assert.deepEqual(ids.sort(), [kept?.id, restored?.id].sort())
})

test('a group that was deleted before the first request and comes back during the round is shown (DELTA-13)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const [gone] = await directory.groups('Gone', 'One', 'Two')
  await gone?.delete()
  const reader = aReader(server)
  await reader.page()
  await gone?.restore()
  await reader.round()
  assert.deepEqual(reader.listing(), await directory.listing())
  assert.equal(Object.keys(reader.listing()).length, 3)
})

test('what was never set has no key, and what was set to null is null (DELTA-14)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const never = await directory.group('Never')
  const silent = await directory.group('Silent', { description: null })
  const cleared = await directory.group('Cleared', { description: 'for a while' })
  await cleared.set({ description: null })
  const nulled = await directory.group('Nulled')
  await nulled.set({ description: null })
  const items = await aReader(server, '/v1.0/groups/delta?$select=description').round()
  const byId = new Map(items.map(item => [item.id, item]))
  assert.deepEqual(byId.get(never.id), { id: never.id })
  assert.deepEqual(byId.get(silent.id), { id: silent.id })
  assert.deepEqual(byId.get(cleared.id), { id: cleared.id, description: null })
  assert.deepEqual(byId.get(nulled.id), { id: nulled.id, description: null })
  const all = await aReader(server).round()
  assert.equal('description' in (all.find(({ id }) => id === never.id) ?? {}), false)
  assert.equal(all.find(({ id }) => id === nulled.id)?.['description'], null)
})

test('what was never set reads as null where one group is read', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  assert.equal((await server.call(`/v1.0/groups/${staff.id}`)).body.description, null)
})

test('a first round gives no members@delta to a group without members (DELTA-14)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  await directory.group('Empty')
  const left = await directory.group('Left', { members: [ann] })
  await left.remove(ann)
  for (const query of ['', '?$select=members,owners']) {
    const items = await aReader(server, `/v1.0/groups/delta${query}`).round()
    assert.equal(items.length, 2)
    assert.ok(items.every(item => !('members@delta' in item || 'owners@delta' in item)))
  }
})

test('an empty directory has a first round of one empty page', async t => {
  const reader = aReader(await aServer(t))
  assert.deepEqual(await reader.round(), [])
  assert.equal(reader.pages.length, 1)
})

test('latest gives no items and a link from which only later changes are told (DELTA-15)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  const reader = aReader(server, '/v1.0/groups/delta?$deltatoken=latest')
  assert.deepEqual(await reader.round(), [])
  assert.equal(reader.pages.length, 1)
  assert.deepEqual(await reader.round(), [])
  await staff?.set({ displayName: 'Everyone' })
  await sales?.delete()
  const fresh = await directory.group('Fresh')
  const told = (await reader.round()).map(item => item.id)
  assert.deepEqual(told.sort(), [staff?.id, sales?.id, fresh.id].sort())
})

test('what $select and $filter say beside latest holds for what its link tells (DELTA-15)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  const chosen = `$select=displayName&$filter=id+eq+'${staff?.id}'`
  const reader = aReader(server, `/v1.0/groups/delta?${chosen}&$deltatoken=Latest`)
  await reader.round()
  await staff?.set({ description: 'not selected' })
  await sales?.set({ displayName: 'not chosen' })
  assert.deepEqual(await reader.round(), [])
  await staff?.set({ displayName: 'Everyone' })
  assert.deepEqual(await reader.round(), [{ id: staff?.id, displayName: 'Everyone' }])
})

test('latest begins at the head: a write acknowledged before it is not told', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  for (let count = 0; count < 3; count += 1) {
    await staff.set({ displayName: `Staff ${count}` })
    const link = linkOf(pageOf(await server.call('/v1.0/groups/delta?$deltatoken=latest')))
    assert.deepEqual(pageOf(await server.call(link)).value, [])
  }
})
