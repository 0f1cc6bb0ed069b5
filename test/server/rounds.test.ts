import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, type Directory } from './aDirectory.ts'
import { aReader, headOf, linkOf, type Reader, versionOf } from './aReader.ts'
import { aServer, pagesOf } from './aServer.ts'

const SMALL = pagesOf({ objects: 2, edges: 3 })

type Write = () => Promise<unknown>

/** Ends the round, with one write before each of its requests as long as there are any. */
async function roundUnderWrites(reader: Reader, writes: readonly Write[]): Promise<void> {
  for (const write of writes) {
    await write()
    if ((await reader.page())['@odata.deltaLink']) return
  }
  await reader.round()
}

async function assertCopy(reader: Reader, directory: Directory): Promise<void> {
  assert.deepEqual(reader.listing(), await directory.listing())
}

test('after a round under writes the copy equals the directory at the version of the deltaLink (DELTA-39)', async t => {
  const server = await aServer(t, SMALL)
  const directory = aDirectory(server)
  const people = await directory.users(8)
  const [ann, bob, cid] = people
  assert.ok(ann && bob && cid)
  const [staff, sales, board, night] = await directory.groups('Staff', 'Sales', 'Board', 'Night')
  assert.ok(staff && sales && board && night)
  await staff.add(...people)
  await sales.add(ann, bob)
  const reader = aReader(server)
  const rounds: Write[][] = [
    [
      () => staff.remove(ann),
      () => board.set({ description: 'changed while it was paged' }),
      () => night.delete(),
      () => sales.add(cid),
      () => directory.group('Fresh', { members: [ann] }),
      () => bob.delete(),
      () => staff.add(ann),
    ],
    [() => night.restore(), () => bob.purge(), () => sales.delete(), () => night.add(ann), () => sales.purge()],
    [() => staff.delete(), () => staff.restore(), () => staff.remove(cid), () => board.add(staff)],
  ]
  for (const writes of rounds) {
    await roundUnderWrites(reader, writes)
    await assertCopy(reader, directory)
    assert.equal(versionOf(reader.link, server), await headOf(server))
    assert.deepEqual(await reader.round(), [])
  }
})

test('what is written right after the last page is told by its deltaLink, and nothing else is (DELTA-39)', async t => {
  const server = await aServer(t, SMALL)
  const directory = aDirectory(server)
  const [staff] = await directory.groups('Staff', 'Sales', 'Board')
  const reader = aReader(server)
  await reader.round()
  for (let count = 0; count < 3; count += 1) {
    await staff?.set({ displayName: `Staff ${count}` })
    const told = await reader.round()
    assert.deepEqual(
      told.map(item => [item.id, item['displayName']]),
      [[staff?.id, `Staff ${count}`]],
    )
  }
})

test('a write acknowledged before the last request of a round is in it (DELTA-40)', async t => {
  const server = await aServer(t, SMALL)
  const directory = aDirectory(server)
  const groups = await directory.groups('One', 'Two', 'Three', 'Four', 'Five')
  const reader = aReader(server)
  for (const kind of ['first', 'later']) {
    let acknowledged = 0
    for (let count = 0; ; count += 1) {
      await groups[count % 2]?.set({ description: `${kind} ${count}` })
      acknowledged = await headOf(server)
      if ((await reader.page())['@odata.deltaLink']) break
    }
    assert.ok(reader.pages.length > 1 || kind === 'later')
    assert.ok(versionOf(reader.link, server) >= acknowledged)
    await assertCopy(reader, directory)
    for (const group of groups) await group.set({ description: `after ${kind}` })
  }
})

test('a round tells every group whose view has changed since its link, however it changed (DELTA-41)', async t => {
  const server = await aServer(t, SMALL)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const deleted = await directory.group('Deleted')
  await deleted.delete()
  const changes: [name: string, change: (group: Awaited<ReturnType<Directory['group']>>) => Promise<unknown>][] = [
    ['Renamed', group => group.set({ displayName: 'New name' })],
    ['Cleared', group => group.set({ description: null })],
    ['Joined', group => group.add(bob)],
    ['Left', group => group.remove(ann)],
    ['Deleted', group => group.delete()],
    ['Purged', async group => [await group.delete(), await group.purge()]],
    ['Came back', async group => [await group.delete(), await group.restore()]],
  ]
  const groups = []
  for (const [name] of changes) groups.push(await directory.group(name, { members: [ann] }))
  const untouched = await directory.group('Untouched', { members: [bob] })
  const reader = aReader(server)
  await reader.round()
  for (const [index, [, change]] of changes.entries()) {
    const group = groups[index]
    assert.ok(group)
    await change(group)
  }
  const fresh = await directory.group('Fresh')
  await deleted.restore()
  const told = new Set((await reader.round()).map(item => item.id))
  assert.deepEqual([...told].sort(), [...groups, fresh, deleted].map(group => group.id).sort())
  assert.equal(told.has(untouched.id), false)
  await assertCopy(reader, directory)
})

test('what is removed while a round is being paged is gone at its end (DELTA-42)', async t => {
  const server = await aServer(t, SMALL)
  const directory = aDirectory(server)
  const people = await directory.users(9)
  const [ann, bob] = people
  assert.ok(ann && bob)
  for (const kind of ['first', 'later']) {
    const groups = await directory.groups('One', 'Two', 'Three', 'Four')
    const [one, two, three, four] = groups
    assert.ok(one && two && three && four)
    const reader = aReader(server)
    if (kind === 'later') await reader.round()
    for (const group of groups) await group.add(...people)
    // Each of the groups is cut by a page's edge; three pages have told parts of the first of them.
    for (let page = 0; page < 3; page += 1) await reader.page()
    for (const group of groups) await group.remove(ann)
    await bob.delete()
    for (let page = 0; page < 3; page += 1) await reader.page()
    await one.delete()
    await two.delete()
    await two.purge()
    await three.remove(bob)
    await reader.round()
    for (const group of [one, two]) assert.equal(reader.holds(group), false)
    for (const group of [three, four]) assert.equal(reader.membersOf(group).includes(ann.id), false)
    assert.equal(reader.membersOf(three).includes(bob.id), false)
    assert.equal(reader.membersOf(four).includes(bob.id), true)
    await assertCopy(reader, directory)
    await bob.restore()
  }
})

test('what is removed and brought back while a round is being paged is there at its end', async t => {
  const server = await aServer(t, SMALL)
  const directory = aDirectory(server)
  const [ann, bob, cid] = await directory.users(3)
  assert.ok(ann && bob && cid)
  const groups = await directory.groups('One', 'Two', 'Three')
  for (const group of groups) await group.add(ann, bob, cid)
  const reader = aReader(server)
  await reader.page()
  for (const group of groups) await group.remove(ann)
  for (const group of groups) await group.delete()
  await reader.page()
  for (const group of groups) await group.restore()
  for (const group of groups) await group.add(ann)
  await reader.round()
  await assertCopy(reader, directory)
  for (const group of groups) assert.ok(reader.membersOf(group).includes(ann.id))
})

test('a client that asks links again ends its round with the copy of one that asks once (DELTA-43)', async t => {
  const server = await aServer(t, SMALL)
  const directory = aDirectory(server)
  const people = await directory.users(7)
  const groups = await directory.groups('One', 'Two', 'Three', 'Four', 'Five')
  for (const group of groups) await group.add(...people)
  const once = aReader(server)
  const again = aReader(server)
  for (const kind of ['first', 'later']) {
    if (kind === 'later') {
      await groups[0]?.delete()
      for (const group of groups.slice(1)) await group.remove(people[0] ?? group)
    }
    await once.round()
    const start = again.link
    // Its round is given up after two pages, then every link of the next one is asked twice, the first answer lost.
    await again.page()
    await again.page()
    again.link = start
    do {
      assert.deepEqual((await server.call(again.link)).status, 200)
      await again.page()
    } while (again.link.includes('$skiptoken'))
    assert.deepEqual(again.listing(), once.listing(), kind)
    await assertCopy(again, directory)
  }
})

test('a deltaLink asked again after its round tells that round again, and what came since (DELTA-43)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  const reader = aReader(server)
  await reader.round()
  const { link } = reader
  await staff?.set({ displayName: 'Everyone' })
  assert.equal((await reader.round()).length, 1)
  await sales?.delete()
  reader.link = link
  assert.deepEqual(
    (await reader.round()).map(item => item.id),
    [staff?.id, sales?.id],
  )
  await assertCopy(reader, directory)
})

test('the version of deltaLinks never falls, in whatever order links are asked (DELTA-44)', async t => {
  const server = await aServer(t, SMALL)
  const directory = aDirectory(server)
  const groups = await directory.groups('One', 'Two', 'Three', 'Four', 'Five')
  const links: string[] = [linkOf(await aReader(server, '/v1.0/groups/delta?$deltatoken=latest').page())]
  let newest = versionOf(links[0] ?? '', server)
  for (let count = 0; count < 12; count += 1) {
    await groups[count % 5]?.set({ description: `${count}` })
    const reader = aReader(server, links[(count * 7) % links.length] ?? '')
    await reader.round()
    const version = versionOf(reader.link, server)
    assert.ok(version >= newest)
    newest = version
    links.push(reader.link)
  }
})
