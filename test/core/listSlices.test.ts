import assert from 'node:assert/strict'
import test from 'node:test'
import type { Filter } from '../../src/core/filter.ts'
import { type ListCursor, type ListedPage, planList } from '../../src/core/list.ts'
import { listInSlices } from '../../src/core/listSlices.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import { aTenant, groupId, numbers, putGroup } from '../store/tenant.ts'
import { countedWork } from './work.ts'

/** More than two slices. */
const GROUPS = 1_200

const PICKED: Filter = { kind: 'property', property: 'description', test: { kind: 'eq', value: 'picked' } }

test('a list that is read in slices has the pages of one that is read at once', async t => {
  const tenant = await aTenant(t, openMemoryStore)
  for (const isPicked of [
    (number: number) => number % 97 === 0,
    (number: number) => number > 1_190,
    (number: number) => number <= 10,
    () => false,
    () => true,
  ]) {
    await tenant.commit(async transaction => {
      for (const number of numbers(GROUPS)) {
        const properties = { description: isPicked(number) ? 'picked' : 'passed over' }
        await putGroup(transaction, groupId(number), { properties })
      }
    })
    await tenant.look(async snapshot => {
      const query = planList('group', 'live', PICKED, null)
      for (const limit of [
        { objects: 5, examined: 10_000, bytes: 1e9 },
        { objects: 10, examined: 700, bytes: 1e9 },
        { objects: 999, examined: 1_000, bytes: 1e9 },
        { objects: 1, examined: 501, bytes: 1e9 },
        { objects: 999, examined: 10_000, bytes: 20_000 },
        { objects: 3, examined: 10_000, bytes: 1_000 },
      ]) {
        let after: ListCursor | null = null
        for (let page = 0; page < 6; page += 1) {
          const start: ListCursor | null = after
          const whole: ListedPage = await snapshot.list(query, start, limit)
          const sliced: ListedPage = await listInSlices(snapshot, query, start, limit, countedWork())
          assert.deepEqual(
            sliced.objects.map(({ id }) => id),
            whole.objects.map(({ id }) => id),
          )
          assert.equal(sliced.after === null, whole.after === null, JSON.stringify({ limit, page }))
          after = sliced.after
          if (after === null) break
        }
      }
    })
  }
})
