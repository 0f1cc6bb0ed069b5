import assert from 'node:assert/strict'
import test from 'node:test'
import type { ObjectId } from '../../../src/core/id.ts'
import type { EdgeView } from '../../../src/core/snapshot.ts'
import { targetsOf } from '../../../src/store/sqlite/memberships.ts'
import { groupId, link, numbers, personId, putGroup } from '../tenant.ts'
import { aCountedTenant } from './countingConnection.ts'

const MEMBERS: EdgeView = { relation: 'members', showHiddenMembers: false }
const GROUPS = 200
const PAGE = 50

test('a page of the members of many groups reads a row of each and a few pages of them, not the 20,000 rows that they have (DELTA-125)', async t => {
  const { tenant, connection } = await aCountedTenant(t)
  await tenant.commit(async transaction => {
    for (const number of numbers(GROUPS)) {
      await putGroup(transaction, groupId(number))
      const members = numbers(100).map(index => personId(((number * 37 + index * 101) % 10_007) + 1))
      await link(transaction, groupId(number), 'members', ...members)
    }
  })
  const query = { sources: numbers(GROUPS).map(groupId), view: MEMBERS, type: null }
  const read: ObjectId[] = []
  for (;;) {
    connection.rows = 0
    const page = targetsOf({ connection, tenant: 1 }, query, { after: read.at(-1) ?? null, before: null }, PAGE)
    assert.ok(connection.rows <= GROUPS + 10 * PAGE, `a page has read ${connection.rows} rows`)
    read.push(...page)
    if (page.length < PAGE) break
  }
  const all = await tenant.look(async snapshot => new Set(snapshot.eachTarget(query.sources, MEMBERS, null, null)))
  assert.equal(read.length, all.size)
  assert.ok(read.length > 5_000)
})
