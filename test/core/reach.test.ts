import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { ObjectId } from '../../src/core/id.ts'
import { gathered, inOrder, reached, targetsOfMany } from '../../src/core/reach.ts'
import { type RelatedQuery, relatedIds, relatedSlices } from '../../src/core/relationship.ts'
import { SLICE } from '../../src/core/work.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import { aTenant, groupId, link, numbers, personId, putGroup, putPerson, type TestTenant } from '../store/tenant.ts'
import { countedWork } from './work.ts'

const MEMBERS = { view: { relation: 'members', showHiddenMembers: false }, type: null } as const
/** More than are asked for at once. */
const GROUPS = 1_100
const PEOPLE = 40

/** One group that holds all others, each of which holds a person and the first group again. */
async function aStar(t: TestContext): Promise<TestTenant> {
  const tenant = await aTenant(t, openMemoryStore)
  await tenant.commit(async transaction => {
    for (const number of numbers(GROUPS)) await putGroup(transaction, groupId(number))
    for (const number of numbers(PEOPLE)) await putPerson(transaction, personId(number))
    await link(transaction, groupId(1), 'members', ...numbers(GROUPS).slice(1).map(groupId))
    for (const number of numbers(GROUPS).slice(1)) {
      await link(transaction, groupId(number), 'members', groupId(1), personId((number % PEOPLE) + 1))
    }
  })
  return tenant
}

function query(relationship: RelatedQuery['relationship'], id: ObjectId): RelatedQuery {
  return { relationship, id, type: null, showHiddenMembers: false }
}

test('a page of the members of more groups than are asked for at once is whole, wherever it begins and ends', async t => {
  const tenant = await aStar(t)
  const all = [...numbers(GROUPS).map(groupId), ...numbers(PEOPLE).map(personId)]
  const groups = numbers(GROUPS).map(groupId)
  await tenant.look(async snapshot => {
    for (const [after, limit] of [
      [null, 7],
      [groupId(600), 501],
      [groupId(GROUPS - 1), 50],
    ] as const) {
      const page = await targetsOfMany(snapshot, groups, MEMBERS, after, limit, countedWork())
      assert.deepEqual(page, all.filter(id => after === null || id > after).slice(0, limit))
    }
  })
})

test('what is told slice by slice is what pages tell', async t => {
  const tenant = await aStar(t)
  await tenant.look(async snapshot => {
    for (const [relationship, id, count] of [
      ['transitiveMembers', groupId(1), GROUPS - 1 + PEOPLE],
      ['transitiveMemberOf', personId(3), GROUPS],
      ['members', groupId(1), GROUPS - 1],
      ['memberOf', groupId(1), GROUPS - 1],
      ['owners', groupId(1), 0],
    ] as const) {
      for (const after of [null, groupId(500)]) {
        const asked = query(relationship, id)
        const whole = await relatedIds(snapshot, asked, after, 5_000, countedWork())
        const sliced: ObjectId[] = []
        for await (const ids of relatedSlices(snapshot, asked, after, countedWork())) sliced.push(...ids)
        assert.deepEqual(sliced, whole, relationship)
        if (after === null) assert.equal(whole.length, count, relationship)
      }
    }
  })
})

test('the groups of a transitive read are looked at once, however much of it is read', async t => {
  const tenant = await aStar(t)
  await tenant.look(async snapshot => {
    const work = countedWork()
    for await (const _ of relatedSlices(snapshot, query('transitiveMembers', groupId(1)), null, work));
    const edges = 3 * (GROUPS - 1)
    assert.ok(work.rows() <= GROUPS + edges, `${work.rows()} rows were looked at`)
    assert.ok(work.rows() > edges && work.most() <= SLICE, `${work.most()} rows were looked at at once`)
    const page = countedWork()
    await relatedIds(snapshot, query('transitiveMembers', groupId(1)), null, 100, page)
    assert.ok(page.rows() >= 2 * (GROUPS - 1) && page.most() <= SLICE, `${page.most()} rows were looked at at once`)
  })
})

test('no more memberships are remembered than there is room for', async () => {
  const edges = function* (count: number): Generator<ObjectId> {
    for (let index = 0; index < count; index += 1) yield groupId(index % 3)
  }
  assert.equal((await gathered(edges(500_000), countedWork()))?.size, 3)
  assert.equal(await gathered(edges(500_001), countedWork()), null)
  await assert.rejects(reached(edges(500_001), countedWork()), { code: 'Directory_ResultSizeLimitExceeded' })
})

test('ids are put in order a part at a time', () => {
  const ids = ['b17', 'a10', 'fff', 'b15', 'aaa', 'b16'] as ObjectId[]
  assert.deepEqual([...inOrder(ids, 'a10' as ObjectId)], [['aaa'], ['b15', 'b16', 'b17'], ['fff']])
})
