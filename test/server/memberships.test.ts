import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, type Named } from './aDirectory.ts'
import { aReader, type Entry, type Item, linkOf, type Reader, tokenOf } from './aReader.ts'
import { ALL_ROLES, aServer, pagesOf, type TestServer } from './aServer.ts'

const USER = '#microsoft.graph.user'
const GROUP = '#microsoft.graph.group'
const REMOVED = { '@removed': { reason: 'deleted' } }

function added({ id }: Named, type = USER): Entry {
  return { '@odata.type': type, id }
}

function removed({ id }: Named, type = USER): Entry {
  return { '@odata.type': type, id, ...REMOVED }
}

function entriesOf(items: readonly Item[]): Entry[] {
  return items.flatMap(item => item['members@delta'] ?? [])
}

test('a member is told as id and type alone, when it is listed and when it was added (DELTA-32)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  assert.ok(staff && sales)
  await staff.add(ann, sales)
  const reader = aReader(server, `/v1.0/groups/delta?$select=members&$filter=id+eq+'${staff.id}'`)
  assert.deepEqual(new Set(entriesOf(await reader.round())), new Set([added(ann), added(sales, GROUP)]))
  await staff.add(bob)
  assert.deepEqual(entriesOf(await reader.round()), [added(bob)])
})

test('a removed member has @removed with the reason deleted besides, never changed (DELTA-32)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob, cid] = await directory.users(3)
  assert.ok(ann && bob && cid)
  const sales = await directory.group('Sales')
  const staff = await directory.group('Staff', { members: [ann, bob, cid, sales] })
  const reader = aReader(server)
  await reader.round()
  await staff.remove(ann)
  await staff.remove(sales)
  await bob.delete()
  await bob.purge()
  await cid.delete()
  const entries = entriesOf(await reader.round())
  assert.deepEqual(new Set(entries), new Set([removed(ann), removed(sales, GROUP), removed(bob)]))
  assert.deepEqual(reader.membersOf(staff), [cid.id])
})

test('a membership change alone tells its group, whole or with its members alone (DELTA-33)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const staff = await directory.group('Staff', { description: 'all of us' })
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName,description,members')
  await reader.round()
  const { link } = reader
  await staff.add(ann)
  const shown = { description: 'all of us', displayName: 'Staff' }
  const members = [added(ann)]
  assert.deepEqual(await reader.round(), [{ id: staff.id, ...shown, 'members@delta': members }])
  reader.link = link
  assert.deepEqual(await reader.round({ prefer: 'return=minimal' }), [{ id: staff.id, 'members@delta': members }])
})

test('a nested group is told in the group that it was added to, and not itself', async t => {
  const server = await aServer(t)
  const [staff, sales] = await aDirectory(server).groups('Staff', 'Sales')
  assert.ok(staff && sales)
  const reader = aReader(server, '/v1.0/groups/delta?$select=members')
  await reader.round()
  await staff.add(sales)
  assert.deepEqual(await reader.round(), [{ id: staff.id, 'members@delta': [added(sales, GROUP)] }])
})

test('a member that came and went, or went and came, has one entry: its latest state (DELTA-34)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [stays, leaves, passes] = await directory.users(3)
  assert.ok(stays && leaves && passes)
  const staff = await directory.group('Staff', { members: [stays, leaves] })
  const reader = aReader(server)
  await reader.round()
  await staff.remove(stays)
  await staff.add(stays)
  await staff.remove(leaves)
  await staff.add(leaves)
  await staff.remove(leaves)
  await staff.add(passes)
  await staff.remove(passes)
  const entries = entriesOf(await reader.round())
  assert.equal(entries.length, 3)
  assert.deepEqual(new Set(entries), new Set([added(stays), removed(leaves), removed(passes)]))
})

test('a group with more members than a page holds is shown in parts, with the same properties (DELTA-35)', async t => {
  const server = await aServer(t, pagesOf({ edges: 4 }))
  const directory = aDirectory(server)
  const people = await directory.users(10)
  const staff = await directory.group('Staff', { description: 'all of us', members: people })
  const reader = aReader(server)
  const parts = (await reader.round()).filter(({ id }) => id === staff.id)
  assert.deepEqual(
    parts.map(item => item['members@delta']?.length),
    [4, 4, 2],
  )
  const [first, ...others] = parts.map(({ 'members@delta': _, ...properties }) => properties)
  assert.equal(first?.['description'], 'all of us')
  for (const properties of others) assert.deepEqual(properties, first)
  assert.equal(new Set(entriesOf(parts).map(({ id }) => id)).size, 10)
  assert.deepEqual(reader.membersOf(staff), await staff.members())
})

test('what one commit did to one group is told in parts too, removals among them (DELTA-35)', async t => {
  const server = await aServer(t, pagesOf({ edges: 4 }))
  const directory = aDirectory(server)
  const people = await directory.users(18)
  const staff = await directory.group('Staff')
  const reader = aReader(server)
  await reader.round()
  await staff.add(...people)
  const parts = await reader.round()
  assert.deepEqual(
    parts.map(item => item['members@delta']?.length),
    [4, 4, 4, 4, 2],
  )
  assert.deepEqual(reader.membersOf(staff), await staff.members())
  for (const person of people.slice(0, 6)) await staff.remove(person)
  await staff.delete()
  // One commit makes all its members and all that were ever removed news again.
  await staff.restore()
  const again = await reader.round()
  assert.deepEqual(
    again.map(item => item['members@delta']?.length),
    [4, 4, 4, 4, 2],
  )
  const entries = entriesOf(again)
  assert.equal(new Set(entries.map(({ id }) => id)).size, 18)
  assert.equal(entries.filter(entry => entry['@removed']).length, 6)
  assert.deepEqual(reader.membersOf(staff), await staff.members())
})

test('what one commit did to many groups is told on as many pages as it takes (DELTA-35)', async t => {
  const server = await aServer(t, pagesOf({ edges: 3 }))
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const groups = await directory.groups(...Array.from({ length: 8 }, (_, index) => `Group ${index}`))
  for (const group of groups) {
    await group.add(ann)
    await group.addOwner(ann)
  }
  const reader = aReader(server, '/v1.0/groups/delta?$select=members,owners')
  await reader.round()
  await ann.delete()
  await ann.purge()
  await reader.round()
  assert.equal(reader.pages.length, 6)
  for (const { members, owners } of reader.copy.values()) assert.equal(members.size + owners.size, 0)
})

test('who lacks Member.Read.Hidden is told a hidden group without its members, and may not list them (DELTA-36)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const secret = await directory.team('Secret', { visibility: 'HiddenMembership', members: [ann], owners: [ann] })
  const open = await directory.team('Open', { members: [ann] })
  const select = '/v1.0/groups/delta?$select=displayName,members,owners'
  const outsider = aReader(server, select)
  const insider = aReader(server, select, { roles: [...ALL_ROLES, 'Member.Read.Hidden'] })
  for (const reader of [outsider, insider]) await reader.round()
  assert.deepEqual([outsider.membersOf(secret), insider.membersOf(secret)], [[], [ann.id]])
  assert.deepEqual([outsider.membersOf(open), insider.membersOf(open)], [[ann.id], [ann.id]])
  assert.deepEqual([...(outsider.copy.get(secret.id)?.owners ?? [])], [ann.id])
  const list = `/v1.0/groups/${secret.id}/members`
  assert.equal((await server.call(list)).status, 403)
  assert.equal((await server.call(list, { roles: ['Group.Read.All', 'Member.Read.Hidden'] })).status, 200)

  await secret.add(bob)
  await secret.remove(ann)
  assert.deepEqual(await outsider.round(), [])
  await insider.round()
  assert.deepEqual(insider.membersOf(secret), [bob.id])

  await secret.set({ displayName: 'Still secret' })
  await secret.delete()
  await secret.restore()
  const [item] = await outsider.round()
  assert.deepEqual(Object.keys(item ?? {}), ['id', 'displayName', 'owners@delta'])
})

test('no link of a caller who lacks Member.Read.Hidden holds the id of a hidden member, wherever a page ends (DELTA-36)', async t => {
  for (const examined of [1, 2, 3, 4, 5, 7]) {
    const server = await aServer(t, pagesOf({ examined, objects: 2, edges: 2 }))
    const directory = aDirectory(server)
    const people = await directory.users(3)
    const hidden = { visibility: 'HiddenMembership' }
    const kept = await directory.team('Kept', { ...hidden, members: people })
    const [lost, purged] = [await directory.team('Lost', hidden), await directory.team('Purged', hidden)]
    const { reader, links } = await followed(server)
    for (const group of [lost, purged]) await group.add(...people)
    for (const person of people.slice(0, 2)) await kept.remove(person)
    await kept.set({ displayName: 'Kept still' })
    await lost.delete()
    await purged.delete()
    await purged.purge()
    links.push(...(await linksOfRound(reader)))
    const ids = people.map(({ id }) => id.replaceAll('-', ''))
    for (const link of links) {
      const token = Buffer.from(tokenOf(link), 'base64url').toString('hex')
      for (const id of ids) assert.ok(!token.includes(id), `${examined} rows a page: ${link}`)
    }
  }
})

/** A reader of groups and members that has come to the head, and its links so far. */
async function followed(server: TestServer): Promise<{ readonly reader: Reader; readonly links: string[] }> {
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName,members')
  return { reader, links: await linksOfRound(reader) }
}

async function linksOfRound(reader: Reader): Promise<string[]> {
  await reader.round()
  return reader.pages.map(linkOf)
}
