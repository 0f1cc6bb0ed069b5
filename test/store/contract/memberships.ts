import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObjectId } from '../../../src/core/id.ts'
import type { EdgeView } from '../../../src/core/snapshot.ts'
import {
  aTenant,
  groupId,
  link,
  numbers,
  personId,
  putDeleted,
  putGroup,
  putPerson,
  type StoreFactory,
  type TestTenant,
  tenantOf,
  unlink,
} from '../tenant.ts'

const MEMBERS: EdgeView = { relation: 'members', showHiddenMembers: false }
const ALL_MEMBERS: EdgeView = { relation: 'members', showHiddenMembers: true }
const OWNERS: EdgeView = { relation: 'owners', showHiddenMembers: false }

const [staff, board, crew, club, away] = [1, 2, 3, 4, 5].map(groupId) as [
  ObjectId,
  ObjectId,
  ObjectId,
  ObjectId,
  ObjectId,
]
const [ann, bob, cyd, dan] = [1, 2, 3, 4].map(personId) as [ObjectId, ObjectId, ObjectId, ObjectId]

/** Staff holds ann, board and away; board holds bob, ann and crew; crew holds cyd and staff. Club's members are hidden; away is deleted. */
async function aNest(tenant: TestTenant): Promise<void> {
  await tenant.commit(async transaction => {
    for (const id of [staff, board, crew, away]) await putGroup(transaction, id)
    await putGroup(transaction, club, { membersHidden: true })
    for (const id of [ann, bob, cyd, dan]) await putPerson(transaction, id)
    await link(transaction, staff, 'members', ann, board, away, dan)
    await link(transaction, board, 'members', bob, ann, crew)
    await link(transaction, crew, 'members', cyd, staff)
    await link(transaction, club, 'members', ann)
    await link(transaction, club, 'owners', ann)
    await link(transaction, away, 'members', dan, club)
  })
  await tenant.commit(transaction => unlink(transaction, staff, 'members', dan))
  await tenant.commit(transaction => putDeleted(transaction, away))
}

/** Who belongs where, read from both ends. */
export function memberships(open: StoreFactory): void {
  test('what edges lead to is listed once, in ascending order, in pages and by type', async t => {
    const tenant = await aTenant(t, open)
    await aNest(tenant)
    await tenant.look(async snapshot => {
      const all = [staff, board, crew]
      assert.deepEqual(await snapshot.targets([staff], MEMBERS, null, null, 10), [board, away, ann])
      assert.deepEqual(await snapshot.targets(all, MEMBERS, null, null, 10), [staff, board, crew, away, ann, bob, cyd])
      assert.deepEqual(await snapshot.targets(all, MEMBERS, null, null, 2), [staff, board])
      assert.deepEqual(await snapshot.targets(all, MEMBERS, null, board, 3), [crew, away, ann])
      assert.deepEqual(await snapshot.targets(all.toReversed(), MEMBERS, null, away, 2), [ann, bob])
      assert.deepEqual(await snapshot.targets(all, MEMBERS, null, cyd, 10), [])
      assert.deepEqual(await snapshot.targets(all, MEMBERS, 'group', null, 10), [staff, board, crew, away])
      assert.deepEqual(await snapshot.targets(all, MEMBERS, 'user', null, 10), [ann, bob, cyd])
      assert.deepEqual(await snapshot.targets(all, MEMBERS, 'device', null, 10), [])
      assert.deepEqual(await snapshot.targets([], MEMBERS, null, null, 10), [])
      assert.equal(await snapshot.countTargets(staff, MEMBERS, null), 3)
      assert.equal(await snapshot.countTargets(staff, MEMBERS, 'group'), 2)
    })
  })

  test('of what edges lead to from an id on some may be left out, and none before it is', async t => {
    const tenant = await aTenant(t, open)
    await aNest(tenant)
    await tenant.look(async snapshot => {
      const all = [staff, board, crew]
      const before = async (end: ObjectId, limit: number) =>
        (await snapshot.targets(all, MEMBERS, null, null, limit, end)).filter(id => id < end)
      assert.deepEqual(await before(ann, 10), [staff, board, crew, away])
      assert.deepEqual(await before(ann, 2), [staff, board])
      assert.deepEqual(await before(staff, 10), [])
    })
  })

  test('each edge is told as its target is asked for', async t => {
    const tenant = await aTenant(t, open)
    await aNest(tenant)
    await tenant.look(async snapshot => {
      const each = (...query: Parameters<typeof snapshot.eachTarget>) => [...snapshot.eachTarget(...query)].sort()
      const all = [staff, board, crew]
      assert.deepEqual(each(all, MEMBERS, null, null), [staff, board, crew, away, ann, ann, bob, cyd])
      assert.deepEqual(each(all, MEMBERS, null, away), [ann, ann, bob, cyd])
      assert.deepEqual(each(all, MEMBERS, 'group', null), [staff, board, crew, away])
      assert.deepEqual(each([away, club], MEMBERS, null, null), [])
      assert.deepEqual(each([], MEMBERS, null, null), [])
      const [first] = snapshot.eachTarget(all, MEMBERS, null, null)
      assert.ok(first !== undefined)
    })
  })

  test('what is iterated and left half-way leaves the next reading whole', async t => {
    const tenant = await aTenant(t, open)
    await aNest(tenant)
    await tenant.look(async snapshot => {
      for (const _ of snapshot.groupsWithin(staff, false)) break
      assert.deepEqual([...snapshot.groupsWithin(staff, false)].sort(), [board, crew, away])
    })
  })

  test('edges of a deleted group lead nowhere, and those of a hidden one only where they are shown', async t => {
    const tenant = await aTenant(t, open)
    await aNest(tenant)
    await tenant.look(async snapshot => {
      assert.deepEqual(await snapshot.targets([away, club], MEMBERS, null, null, 10), [])
      assert.equal(await snapshot.countTargets(away, MEMBERS, null), 0)
      assert.equal(await snapshot.countTargets(club, MEMBERS, null), 0)
      assert.deepEqual(await snapshot.targets([away, club], ALL_MEMBERS, null, null, 10), [ann])
      assert.deepEqual(await snapshot.targets([club], OWNERS, null, null, 10), [ann])
      assert.deepEqual(await snapshot.sources(dan, ALL_MEMBERS, null, 10), [])
      assert.deepEqual(await snapshot.sources(ann, MEMBERS, null, 10), [staff, board])
      assert.deepEqual(await snapshot.sources(ann, ALL_MEMBERS, null, 10), [staff, board, club])
      assert.deepEqual(await snapshot.sources(ann, OWNERS, null, 10), [club])
      assert.deepEqual([...snapshot.groupsAround(dan, true)].sort(), [])
      assert.deepEqual([...snapshot.groupsWithin(away, true)].sort(), [])
    })
  })

  test('the groups from which edges lead to an object are listed in ascending order and in pages', async t => {
    const tenant = await aTenant(t, open)
    await aNest(tenant)
    await tenant.look(async snapshot => {
      assert.deepEqual(await snapshot.sources(ann, ALL_MEMBERS, null, 2), [staff, board])
      assert.deepEqual(await snapshot.sources(ann, ALL_MEMBERS, board, 2), [club])
      assert.deepEqual(await snapshot.sources(ann, ALL_MEMBERS, club, 2), [])
      assert.equal(await snapshot.countSources(ann, ALL_MEMBERS), 3)
      assert.equal(await snapshot.countSources(ann, MEMBERS), 2)
      assert.equal(await snapshot.countSources(dan, MEMBERS), 0)
      assert.deepEqual(await snapshot.sources(away, MEMBERS, null, 10), [staff])
    })
  })

  test('groups that go in a circle are reached once, and none is within itself', async t => {
    const tenant = await aTenant(t, open)
    await aNest(tenant)
    await tenant.look(async snapshot => {
      assert.deepEqual([...snapshot.groupsWithin(staff, false)].sort(), [board, crew, away])
      assert.deepEqual([...snapshot.groupsWithin(crew, false)].sort(), [staff, board, away])
      assert.deepEqual([...snapshot.groupsAround(cyd, false)].sort(), [staff, board, crew])
      assert.deepEqual([...snapshot.groupsAround(board, false)].sort(), [staff, crew])
      assert.deepEqual([...snapshot.groupsAround(ann, false)].sort(), [staff, board, crew])
      assert.deepEqual([...snapshot.groupsAround(ann, true)].sort(), [staff, board, crew, club])
    })
  })

  test('the memberships of one tenant are none of another’s', async t => {
    const tenant = await aTenant(t, open)
    await aNest(tenant)
    const other = await tenantOf(tenant.store, 2)
    await other.commit(transaction => putGroup(transaction, staff))
    await other.look(async snapshot => {
      assert.deepEqual(await snapshot.targets([staff], ALL_MEMBERS, null, null, 10), [])
      assert.deepEqual(await snapshot.sources(ann, ALL_MEMBERS, null, 10), [])
      assert.deepEqual([...snapshot.groupsWithin(staff, true)].sort(), [])
      assert.deepEqual([...snapshot.groupsAround(ann, true)].sort(), [])
      assert.equal(await snapshot.countObjects('group', 'live'), 1)
    })
  })

  test('objects are counted by type and state', async t => {
    const tenant = await aTenant(t, open)
    await aNest(tenant)
    await tenant.look(async snapshot => {
      assert.equal(await snapshot.countObjects('group', 'live'), 4)
      assert.equal(await snapshot.countObjects('group', 'deleted'), 1)
      assert.equal(await snapshot.countObjects('user', 'live'), 4)
      assert.equal(await snapshot.countObjects('user', 'purged'), 0)
    })
  })

  test('300 members in 40 groups, each in several, are read whole in pages of any size', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of numbers(40)) {
        await putGroup(transaction, groupId(number))
        const members = numbers(300).filter(person => person % 40 === number % 40 || person % 7 === number % 7)
        await link(transaction, groupId(number), 'members', ...members.map(personId))
      }
    })
    const groups = numbers(40).map(groupId)
    for (const size of [1, 7, 64, 299, 300, 301]) {
      await tenant.look(async snapshot => {
        const read: ObjectId[] = []
        for (;;) {
          const page = await snapshot.targets(groups, MEMBERS, null, read.at(-1) ?? null, size)
          read.push(...page)
          if (page.length < size) break
        }
        assert.deepEqual(read, numbers(300).map(personId))
      })
    }
  })
}
