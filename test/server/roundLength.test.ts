import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import type { PageLimit } from '../../src/core/snapshot.ts'
import { aDirectory } from './aDirectory.ts'
import { aReader, headOf, linkOf, versionOf } from './aReader.ts'
import { aServer, pagesOf } from './aServer.ts'
import { manyGroups } from './manyGroups.ts'

/** A bound, and what is to be told within it: `fills` pages of it. */
const LENGTHS: { limit: Partial<PageLimit>; groups: number; members: number; fills: number }[] = [
  { limit: { objects: 3 }, groups: 0, members: 0, fills: 0 },
  { limit: { objects: 3 }, groups: 6, members: 0, fills: 2 },
  { limit: { objects: 3 }, groups: 7, members: 2, fills: 3 },
  { limit: { edges: 3 }, groups: 1, members: 12, fills: 4 },
  { limit: { edges: 3 }, groups: 4, members: 2, fills: 3 },
  { limit: { edges: 5 }, groups: 3, members: 7, fills: 5 },
  { limit: { examined: 3 }, groups: 7, members: 0, fills: 3 },
  { limit: { examined: 13 }, groups: 3, members: 12, fills: 3 },
]

test('no link comes twice in a round, which takes at most two requests more than it fills pages (DELTA-45)', async t => {
  for (const { limit, groups: groupCount, members: memberCount, fills } of LENGTHS) {
    const server = await aServer(t, pagesOf(limit))
    const directory = aDirectory(server)
    const people = await directory.users(memberCount)
    const groups = await directory.groups(...Array.from({ length: groupCount }, (_, index) => `Group ${index}`))
    if (memberCount > 0) for (const group of groups) await group.add(...people)
    const reader = aReader(server)
    for (const kind of ['first', 'later']) {
      const items = await reader.round()
      const links = reader.pages.map(linkOf)
      assert.ok(items.length >= groupCount)
      assert.equal(new Set(links).size, links.length)
      assert.ok(links.length <= fills + 2, `${kind}: ${links.length} requests for ${JSON.stringify(limit)}`)
      // Each of the groups and of its members is news again.
      for (const group of groups) await group.delete()
      for (const group of groups) await group.restore()
    }
  }
})

test('a round ends though more is written between its pages than a page holds (DELTA-46)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const directory = aDirectory(server)
  const groups = await directory.groups(...Array.from({ length: 30 }, (_, index) => `Group ${index}`))
  const reader = aReader(server)
  for (const kind of ['first', 'later']) {
    for (const group of groups) await group.set({ description: kind })
    let page = await reader.page()
    for (let turn = 0; page['@odata.deltaLink'] === undefined; turn += 1) {
      assert.ok(turn < 40, `the ${kind} round does not end`)
      for (let count = 0; count < 10; count += 1) {
        await groups[(turn * 10 + count) % 30]?.set({ description: `${kind} ${turn}` })
      }
      page = await reader.page()
    }
    const sizes = reader.pages.map(({ value }) => value.length)
    assert.ok(sizes.includes(20) && sizes.every(size => size <= 20), `${sizes}`)
    // What the round's first page saw comes in pages of the ordinary size.
    const ordinary = sizes.slice(0, kind === 'first' ? 15 : 3)
    assert.deepEqual(new Set(ordinary), new Set([2]))
    assert.deepEqual(reader.listing(), await directory.listing())
  }
})

test('pages past the head that the first page saw are ten times larger, in each bound (DELTA-46)', async t => {
  // The properties of a group that are read have 280 to 294 bytes.
  for (const limit of [{ objects: 2 }, { edges: 2 }, { examined: 2 }, { bytes: 560 }]) {
    const server = await aServer(t, pagesOf(limit))
    const directory = aDirectory(server)
    const people = await directory.users(27)
    const groups = await directory.groups(...people.map(({ name }) => name))
    const [staff] = groups
    assert.ok(staff)
    const change = async (from: number, to: number): Promise<void> => {
      if ('edges' in limit) await staff.add(...people.slice(from, to))
      else for (const group of groups.slice(from, to)) await group.set({ displayName: 'New name' })
    }
    const reader = aReader(server, '/v1.0/groups/delta?$select=displayName,members')
    await reader.round()
    await change(0, 3)
    await reader.page()
    await change(3, 7)
    await change(7, 27)
    await reader.round()
    // The second page begins before that head, and is an ordinary one.
    const sizes = reader.pages.map(({ value }) => ('edges' in limit ? value[0]?.['members@delta'] : value)?.length)
    assert.deepEqual(sizes, [2, 2, 20, 3], JSON.stringify(limit))
  }
})

test('without writes no page is larger than the others, however much one commit did (DELTA-46, DELTA-9)', async t => {
  const server = await aServer(t, pagesOf({ edges: 2 }))
  const directory = aDirectory(server)
  const people = await directory.users(9)
  const staff = await directory.group('Staff')
  const reader = aReader(server)
  await reader.round()
  await staff.add(...people)
  const items = await reader.round()
  assert.deepEqual(
    items.map(item => item['members@delta']?.length),
    [2, 2, 2, 2, 1],
  )
})

test('a round ends on the first page that leaves no change untold (DELTA-46)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const directory = aDirectory(server)
  const [one, two, three] = await directory.groups('One', 'Two', 'Three')
  const reader = aReader(server)
  await reader.round()
  await one?.set({ description: 'new' })
  await two?.set({ description: 'new' })
  assert.ok((await reader.page())['@odata.deltaLink'])
  for (const group of [one, two, three]) await group?.set({ description: 'newer' })
  assert.ok((await reader.page())['@odata.nextLink'])
  // Told on the first page and changed since: the second page, which has room for it, is still the last.
  await one?.set({ description: 'newest' })
  assert.ok((await reader.page())['@odata.deltaLink'])
  assert.deepEqual(reader.listing(), await directory.listing())
})

test('a round that has nothing to tell ends with a link at the head, filtered or not (DELTA-47)', async t => {
  const server = await aServer(t, pagesOf({ examined: 2 }))
  const directory = aDirectory(server)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  const firsts = [
    '/v1.0/groups/delta?$select=displayName',
    `/v1.0/groups/delta?$select=displayName&$filter=id+eq+'${staff?.id}'`,
    `/v1.0/groups/delta?$filter=id+eq+'${randomUUID()}'`,
  ]
  const readers = firsts.map(first => aReader(server, first))
  for (const reader of readers) await reader.round()
  for (let count = 0; count < 7; count += 1) {
    await sales?.set({ description: `${count}` })
    await directory.user(`User ${count}`)
    for (const reader of readers) {
      assert.deepEqual(await reader.round(), [])
      assert.equal(versionOf(reader.link, server), await headOf(server))
    }
  }
  await server.store.compact(server.tenant, await headOf(server))
  for (const reader of readers) assert.deepEqual(await reader.round(), [])
})

test('where nothing changed at all a round is one empty page (DELTA-47)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1, edges: 1, examined: 2 }))
  const directory = aDirectory(server)
  await directory.group('Staff', { members: await directory.users(3) })
  const reader = aReader(server)
  await reader.round()
  const { link } = reader
  for (let count = 0; count < 2; count += 1) {
    assert.deepEqual(await reader.round(), [])
    assert.equal(reader.pages.length, 1)
  }
  assert.equal(reader.link, link)
})

test('a round shows all of a purge with thousands of memberships or none of it (DELTA-48)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  await manyGroups(server, 2_000, { members: [ann] })
  const [before, during, first] = [aReader(server), aReader(server), aReader(server)]
  await before.round()
  await during.round()
  await server.call(`/v1.0/users/${ann.id}`, { method: 'PATCH', body: { displayName: 'Ann again' } })
  for (let page = 0; page < 5; page += 1) await first.page()
  const counts = (): number[] =>
    [before, during, first].map(({ copy }) => [...copy.values()].filter(({ members }) => members.has(ann.id)).length)
  assert.deepEqual(counts(), [2_000, 2_000, 1_000])
  await ann.delete()
  await ann.purge()
  await first.round()
  await during.page()
  assert.deepEqual(counts(), [2_000, 1_800, 0])
  await during.round()
  assert.deepEqual(counts(), [2_000, 0, 0])
  await before.round()
  assert.deepEqual(counts(), [0, 0, 0])
})

test('a round shows all members that one request added or none of them (DELTA-48)', async t => {
  const server = await aServer(t, pagesOf({ edges: 3 }))
  const directory = aDirectory(server)
  const people = await directory.users(20)
  const [staff] = await directory.groups('Staff', 'Sales')
  const [early, late] = [aReader(server), aReader(server)]
  await early.round()
  await late.page()
  await staff?.add(...people)
  await late.round()
  assert.ok(staff)
  assert.deepEqual([early.membersOf(staff).length, late.membersOf(staff).length], [0, 20])
  await early.page()
  assert.equal(early.membersOf(staff).length, 3)
  await early.round()
  assert.equal(early.membersOf(staff).length, 20)
})
