import assert from 'node:assert/strict'
import test from 'node:test'
import { type Housekeeping, housekeep } from '../../src/server/housekeeping.ts'
import { aDirectory, type Group } from './aDirectory.ts'
import { aReader, headOf, type Reader } from './aReader.ts'
import { aServer, type TestServer } from './aServer.ts'
import { manyGroups } from './manyGroups.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

function keepHouse({ services, clock }: TestServer): Promise<Housekeeping> {
  return housekeep(services, clock.now())
}

test('a link of full age loses nothing to housekeeping, at any step of the clock (DELTA-49)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(5)
  const staff = await directory.group('Staff', { members: people })
  const start = server.clock.now()
  const passing: Group[] = []
  const links: { link: string; copy: Reader['copy']; from: number }[] = []
  let forgotten = 0
  for (let step = 0; step < 30; step += 1) {
    const reader = aReader(server)
    await reader.round()
    links.push({ link: reader.link, copy: structuredClone(reader.copy), from: server.clock.now() })
    // Something to forget at every step: a member that leaves, and a group that ends.
    const person = people[step % 5] ?? staff
    if (reader.membersOf(staff).includes(person.id)) await staff.remove(person)
    else await staff.add(person)
    passing.push(await directory.group(`Passing ${step}`, { members: people }))
    const ended = passing[step - 2]
    await ended?.delete()
    await ended?.purge()
    server.clock.advance(step % 4 === 0 ? 0 : 12 * HOUR)
    forgotten += (await keepHouse(server)).tombstones
    const listing = await directory.listing()
    for (const { link, copy, from } of links) {
      if (server.clock.now() - from > 7 * DAY) continue
      const old = aReader(server, link)
      for (const [id, held] of structuredClone(copy)) old.copy.set(id, held)
      await old.round()
      assert.deepEqual(old.listing(), listing, `of ${from - start}`)
    }
  }
  assert.ok(forgotten > 0)
})

test('a round is followed through housekeeping by a reader that comes once a week (DELTA-49)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const reader = aReader(server)
  for (let week = 0; week < 5; week += 1) {
    await reader.round()
    assert.deepEqual(reader.listing(), await directory.listing())
    const [kept, ended] = await directory.groups(`Kept ${week}`, `Ended ${week}`)
    await ended?.delete()
    await ended?.purge()
    for (let day = 0; day < 7; day += 1) {
      server.clock.advance(DAY)
      await kept?.set({ description: `day ${day}` })
      await keepHouse(server)
    }
  }
})

test('housekeeping forgets what no link can need, and a link that needs it is 410', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  const reader = aReader(server)
  await reader.round()
  await staff?.delete()
  await staff?.purge()
  await sales?.set({ description: 'new' })
  const head = await headOf(server)
  server.clock.advance(7 * DAY)
  assert.deepEqual(await keepHouse(server), { purged: 0, tombstones: 0, records: 0 })
  // A round may have begun as late as that, and last a day.
  server.clock.advance(25 * HOUR)
  assert.deepEqual(await keepHouse(server), { purged: 0, tombstones: 1, records: head - 1 })
  assert.equal((await server.call(reader.link)).status, 410)
  assert.deepEqual(Object.keys(await directory.listing()), [sales?.id])
})

test('what was in the bin for 30 days is purged by housekeeping, as by a request (DELTA-70)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  assert.ok(staff && sales)
  await sales.add(ann, bob)
  await staff.delete()
  await ann.delete()
  const groups = aReader(server)
  const users = aReader(server, '/v1.0/users/delta')
  server.clock.advance(29 * DAY)
  await bob.delete()
  for (const reader of [groups, users]) await reader.round()
  server.clock.advance(DAY - 1_000)
  assert.equal((await keepHouse(server)).purged, 0)
  assert.deepEqual([await groups.round(), await users.round()], [[], []])
  server.clock.advance(1_000)
  assert.equal((await keepHouse(server)).purged, 2)
  const told = await groups.round()
  assert.deepEqual(
    told.find(({ id }) => id === staff.id),
    { id: staff.id, '@removed': { reason: 'deleted' } },
  )
  assert.deepEqual(groups.membersOf(sales), [bob.id])
  assert.deepEqual(await users.round(), [{ id: ann.id, '@removed': { reason: 'deleted' } }])
  for (const { id } of [staff, ann]) {
    assert.equal((await server.call(`/v1.0/directory/deletedItems/${id}`)).status, 404)
  }
  assert.equal((await server.call(`/v1.0/directory/deletedItems/${bob.id}`)).status, 200)
  assert.equal((await keepHouse(server)).purged, 0)
})

test('how long the bin keeps an object is a setting, and a restore begins it anew (DELTA-70)', async t => {
  const server = await aServer(t, { recycleBinMs: DAY })
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  await staff.delete()
  server.clock.advance(DAY - 1_000)
  await staff.restore()
  await staff.delete()
  server.clock.advance(DAY - 1_000)
  assert.equal((await keepHouse(server)).purged, 0)
  server.clock.advance(1_000)
  assert.equal((await keepHouse(server)).purged, 1)
})

test('housekeeping empties bins of any size, in every tenant (DELTA-70)', async t => {
  const server = await aServer(t)
  const other = aDirectory(server, { tenant: await server.addTenant() })
  const [gone] = await other.groups('Gone', 'Kept')
  await gone?.delete()
  await manyGroups(server, 501, { deleted: true })
  await manyGroups(server, 2)
  server.clock.advance(30 * DAY)
  assert.equal((await keepHouse(server)).purged, 502)
  const bin = await server.call('/v1.0/directory/deletedItems/microsoft.graph.group')
  assert.deepEqual(bin.body.value, [])
  for (const [directory, count] of [
    [aDirectory(server), 2],
    [other, 1],
  ] as const) {
    assert.equal(Object.keys(await directory.listing()).length, count)
  }
})
