import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PageLimit, Projection } from '../../../src/core/snapshot.ts'
import { aTenant, groupId, link, numbers, personId, putGroup, type StoreFactory, unlink } from '../tenant.ts'
import { GROUPS, itemsOf, merged, SHORT, scan, scanAll } from '../walk.ts'
import { board, crew, staff, threeGroups } from './threeGroups.ts'

/** What the pages of one scan are together. */
export function walks(open: StoreFactory): void {
  test('whatever the limits, the pages of a scan put together are the whole, and none is larger than its limits', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    await tenant.commit(async transaction => {
      for (const number of numbers(6)) await putGroup(transaction, groupId(number + 3), { membersHidden: number === 3 })
      await link(transaction, groupId(4), 'members', ...numbers(5).map(personId))
      await unlink(transaction, groupId(4), 'members', personId(2), personId(5))
      await link(transaction, groupId(6), 'members', ...numbers(3).map(personId))
      await link(transaction, groupId(6), 'owners', ...numbers(3).map(personId))
      await unlink(transaction, groupId(6), 'owners', ...numbers(2).map(personId))
      await link(transaction, groupId(7), 'owners', ...numbers(4).map(personId))
      await unlink(transaction, groupId(7), 'owners', ...numbers(4).map(personId))
    })
    await tenant.look(async snapshot => {
      for (const showHiddenMembers of [true, false]) {
        const projection: Projection = { ...SHORT, showHiddenMembers }
        const all = await scan(snapshot, { projection })
        const limits: Partial<PageLimit>[] = [
          ...numbers(all.objects + 1).map(objects => ({ objects })),
          ...numbers(all.edges + 1).map(edges => ({ edges })),
          ...numbers(all.examined).map(number => ({ examined: number + 1 })),
          ...numbers(all.bytes + 1).map(bytes => ({ bytes })),
          ...numbers(8).flatMap(a =>
            numbers(8).map(b => ({ objects: 1 + (a % 3), edges: b, examined: a + 1, bytes: 9 * a + b })),
          ),
        ]
        for (const limit of limits) {
          const parts = await scanAll(snapshot, { projection, limit })
          const at = JSON.stringify(limit)
          assert.deepEqual(merged(itemsOf(...parts)), merged(itemsOf(all)), at)
          assert.equal(
            parts.reduce((sum, page) => sum + page.edges, 0),
            all.edges,
            at,
          )
          for (const page of parts) {
            const items = itemsOf(page)
            const edges = items.reduce((sum, item) => sum + (item.members?.length ?? 0) + (item.owners?.length ?? 0), 0)
            assert.deepEqual([page.objects, page.edges], [items.length, edges], at)
            assert.ok(page.objects <= (limit.objects ?? Infinity), at)
            assert.ok(page.edges <= (limit.edges ?? Infinity), at)
            assert.ok(page.examined <= (limit.examined ?? Infinity), at)
          }
        }
      }
    })
  })

  test('from every cursor that any page ends at, the rest is the rest of the whole', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    await tenant.look(async snapshot => {
      const entries = (items: ReturnType<typeof itemsOf>) =>
        merged(items).flatMap(({ id, members, owners }) => [
          ...(members ?? []).map(target => `${id} members ${target.id}`),
          ...(owners ?? []).map(target => `${id} owners ${target.id}`),
        ])
      const all = entries(itemsOf(await scan(snapshot)))
      for (const examined of numbers(9).map(number => number + 1)) {
        const page = await scan(snapshot, { limit: { examined } })
        const rest = page.after === null ? [] : entries(itemsOf(await scan(snapshot, { after: page.after })))
        assert.deepEqual([...entries(itemsOf(page)), ...rest], all)
      }
    })
  })

  test('pages over some ids put together are these objects, whatever the limits', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const scope = { ...GROUPS, ids: [staff, crew, groupId(8)] }
    await tenant.look(async snapshot => {
      const all = merged(itemsOf(await scan(snapshot, { scope })))
      assert.deepEqual(
        all.map(({ id }) => id),
        [staff, crew],
      )
      for (const number of numbers(8)) {
        for (const limit of [{ objects: number }, { edges: number }, { examined: number + 1 }]) {
          assert.deepEqual(merged(itemsOf(...(await scanAll(snapshot, { scope, limit })))), all)
        }
      }
    })
  })

  test('an object of 10,001 rows comes in pages of 2,500 edges', async t => {
    const tenant = await aTenant(t, open)
    const people = numbers(10_000).map(personId)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: 'All' } })
      await putGroup(transaction, board)
      await link(transaction, staff, 'members', ...people)
    })
    const limit = { objects: 200, edges: 2_500, examined: 10_000 }
    const parts = await tenant.look(snapshot => scanAll(snapshot, { limit }))
    assert.deepEqual(
      parts.map(({ edges, examined }) => [edges, examined]),
      [
        [2_500, 2_501],
        [2_500, 2_501],
        [2_500, 2_501],
        [2_500, 2_501],
        [0, 1],
      ],
    )
    assert.deepEqual(parts[3]?.after, { id: staff, relation: null, target: '', whole: true })
    const items = itemsOf(...parts)
    assert.deepEqual(
      items.map(item => item.displayName),
      ['All', 'All', 'All', 'All', undefined],
    )
    assert.deepEqual(
      merged(items)[0]?.members?.map(({ id }) => id),
      people,
    )
  })

  test('10,000 removed edges of one object are examined in bounded pages, of which the first alone writes it', async t => {
    const tenant = await aTenant(t, open)
    const people = numbers(10_000).map(personId)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', ...people)
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', ...people))
    const limit = { objects: 200, edges: 2_500, examined: 4_000 }
    const parts = await tenant.look(snapshot => scanAll(snapshot, { limit }))
    assert.deepEqual(
      parts.map(({ objects, edges, examined }) => [objects, edges, examined]),
      [
        [1, 0, 4_000],
        [0, 0, 4_000],
        [0, 0, 2_003],
      ],
    )
  })
}
