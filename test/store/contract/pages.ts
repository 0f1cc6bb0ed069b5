import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeyCursor } from '../../../src/core/cursor.ts'
import type { PageLimit, ScannedPage } from '../../../src/core/snapshot.ts'
import {
  aTenant,
  groupId,
  link,
  personId,
  purge,
  putDeleted,
  putGroup,
  type StoreFactory,
  type TestTenant,
  unlink,
} from '../tenant.ts'
import { GROUPS, itemsOf, scan } from '../walk.ts'
import { ann, board, bob, crew, cyd, staff, threeGroups } from './threeGroups.ts'

function whole(id: string): KeyCursor {
  return { id, relation: null, target: '', whole: true }
}

function firstPage(tenant: TestTenant, limit: Partial<PageLimit>, after: KeyCursor | null = null) {
  return tenant.look(snapshot => scan(snapshot, { limit, after }))
}

/** Where a page ends, and how the next one goes on. Limits are at least one object, one edge and two rows examined. */
export function pages(open: StoreFactory): void {
  test('a page ends after its objects, at the last of them', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const page = await firstPage(tenant, { objects: 2 })
    assert.deepEqual([page.objects, page.edges, page.examined, page.after], [2, 4, 6, whole(board)])
    const rest = await firstPage(tenant, { objects: 2 }, page.after)
    assert.deepEqual([itemsOf(rest).map(({ id }) => id), rest.after], [[crew], null])
  })

  test('a scan is over with its last object, also where that fills the page to each of its bounds', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    for (const limit of [{ objects: 3 }, { edges: 5 }, { examined: 9 }]) {
      assert.equal((await firstPage(tenant, limit)).after, null)
    }
  })

  test('a scan is over where only deleted and purged objects lie beyond', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    await tenant.commit(async transaction => {
      await putDeleted(transaction, board)
      await purge(transaction, crew)
    })
    assert.equal((await firstPage(tenant, { objects: 1 })).after, null)
  })

  test('a page ends after its edges, in the middle of an object', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const page = await firstPage(tenant, { edges: 2 })
    const after = { id: staff, relation: 'members', target: bob, whole: false } as const
    assert.deepEqual([page.objects, page.edges, page.examined, page.after], [1, 2, 3, after])
  })

  test('an object that goes on is written again, with its properties and the next of its edges', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const page = await firstPage(tenant, { edges: 2 }, { id: staff, relation: 'members', target: bob, whole: false })
    const [members, owners] = [[{ is: 'user', id: cyd }], [{ is: 'user', id: ann }]]
    assert.deepEqual(itemsOf(page), [{ id: staff, displayName: '1', members, owners }])
    assert.deepEqual([page.objects, page.edges, page.examined, page.after], [1, 2, 3, whole(staff)])
  })

  test('an edge more does not fit between the members and the owners either', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const page = await firstPage(tenant, { edges: 3 })
    assert.deepEqual(page.after, { id: staff, relation: 'members', target: cyd, whole: false })
    const next = await firstPage(tenant, { objects: 1 }, page.after)
    assert.deepEqual(itemsOf(next), [{ id: staff, displayName: '1', owners: [{ is: 'user', id: ann }] }])
    assert.deepEqual(next.after, whole(staff))
  })

  test('a page whose edges are full does not begin another object, though that has no edges', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const page = await firstPage(tenant, { edges: 4 })
    assert.deepEqual([page.objects, page.examined, page.after], [1, 5, whole(staff)])
  })

  test('a page ends with the object that fills its bytes, and the next one begins behind it', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    // {"displayName":"1"} are 19 bytes.
    const page = await firstPage(tenant, { bytes: 20 })
    assert.deepEqual([page.objects, page.edges, page.examined, page.bytes, page.after], [2, 4, 6, 38, whole(board)])
    const rest = await firstPage(tenant, { bytes: 20 }, page.after)
    assert.deepEqual([itemsOf(rest).map(({ id }) => id), rest.bytes, rest.after], [[crew], 19, null])
    const exact = await firstPage(tenant, { bytes: 38 })
    assert.deepEqual([exact.objects, exact.bytes, exact.after], [2, 38, whole(board)])
    const all = await firstPage(tenant, { bytes: 39 })
    assert.deepEqual([all.objects, all.bytes, all.after], [3, 57, null])
  })

  test('an object larger than the bytes of a page is a page of its own, and goes on with its bytes counted again', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const sizes: unknown[] = []
    let after: KeyCursor | null = null
    for (let turn = 0; turn < 9; turn += 1) {
      const page: ScannedPage = await firstPage(tenant, { bytes: 1, edges: 2 }, after)
      sizes.push([page.objects, page.edges, page.bytes])
      after = page.after
      if (after === null) break
    }
    assert.deepEqual(sizes, [
      [1, 2, 19],
      [1, 2, 19],
      [1, 0, 19],
      [1, 1, 19],
    ])
  })

  test('bytes are counted of all properties that are read, shown or not, as UTF-8', async t => {
    const tenant = await aTenant(t, open)
    const properties = { displayName: 'é', description: null, uniqueName: '"', assignedLabels: [] }
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { properties })
      await putGroup(transaction, board)
      await putGroup(transaction, crew, { properties: { uniqueName: 'crew' } })
    })
    const bytes = async (read: 'standard' | 'all', object: object) => {
      const scope = { ...GROUPS, properties: read }
      const page = await tenant.look(snapshot => scan(snapshot, { scope }))
      assert.equal(page.bytes, Buffer.byteLength(JSON.stringify(object)) + (read === 'all' ? 2 + 21 : 2 + 2))
    }
    await bytes('all', properties)
    await bytes('standard', { displayName: 'é', description: null })
  })

  test('a page ends after the rows it examined, removed edges among them', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const page = await firstPage(tenant, { examined: 8 })
    assert.deepEqual(itemsOf(page).at(-1), { id: crew, displayName: '3' })
    assert.deepEqual(
      [page.objects, page.edges, page.examined, page.after],
      [3, 4, 8, { id: crew, relation: 'members', target: ann, whole: false }],
    )
    const rest = await firstPage(tenant, { examined: 2 }, page.after)
    assert.deepEqual(itemsOf(rest), [{ id: crew, displayName: '3', owners: [{ is: 'user', id: bob }] }])
    assert.deepEqual([rest.examined, rest.after], [2, null])
  })

  test('an object whose own row is the last that fits is written without edges, and goes on from its beginning', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const page = await firstPage(tenant, { examined: 7 })
    assert.deepEqual(itemsOf(page).at(-1), { id: crew, displayName: '3' })
    assert.deepEqual(page.after, { id: crew, relation: null, target: '', whole: false })
    const rest = await firstPage(tenant, {}, page.after)
    assert.deepEqual(itemsOf(rest), [{ id: crew, displayName: '3', owners: [{ is: 'user', id: bob }] }])
    assert.deepEqual([rest.edges, rest.examined, rest.after], [1, 3, null])
  })

  test('an object of which only removed edges are left is looked at and not written again', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    await tenant.commit(async transaction => {
      await unlink(transaction, staff, 'members', bob, cyd)
      await unlink(transaction, staff, 'owners', ann)
    })
    const page = await firstPage(tenant, { edges: 1 })
    assert.deepEqual(page.after, { id: staff, relation: 'members', target: ann, whole: false })
    const next = await firstPage(tenant, { objects: 1 }, page.after)
    assert.deepEqual(itemsOf(next), [{ id: board, displayName: '2' }])
    assert.deepEqual([next.objects, next.edges, next.examined, next.after], [1, 0, 5, whole(board)])
  })

  test('a page may examine its fill of removed edges and hold nothing, and still moves on', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    await tenant.commit(transaction => unlink(transaction, staff, 'members', ann, bob, cyd))
    const after = { id: staff, relation: null, target: '', whole: false } as const
    const page = await firstPage(tenant, { examined: 3 }, after)
    assert.deepEqual([page.json.length, page.objects, page.edges, page.examined], [0, 0, 0, 3])
    assert.deepEqual(page.after, { id: staff, relation: 'members', target: bob, whole: false })
  })

  test('an object that was deleted, or deleted and purged, since the page before is passed over', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const { after } = await firstPage(tenant, { edges: 2 })
    await tenant.commit(transaction => putDeleted(transaction, staff))
    assert.deepEqual(
      itemsOf(await firstPage(tenant, {}, after)).map(({ id }) => id),
      [board, crew],
    )
    await tenant.commit(transaction => purge(transaction, staff))
    await tenant.store.compact(tenant.id, 3)
    const rest = await firstPage(tenant, {}, after)
    assert.deepEqual([itemsOf(rest).map(({ id }) => id), rest.examined], [[board, crew], 3])
  })

  test('edges that come before where a page ended are not told by the next one, later ones are', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const { after } = await firstPage(tenant, { edges: 2 })
    await tenant.commit(async transaction => {
      await link(transaction, staff, 'members', groupId(9), personId(9))
      await link(transaction, staff, 'owners', groupId(9))
      await unlink(transaction, staff, 'members', bob)
      await putGroup(transaction, groupId(0))
    })
    const [item] = itemsOf(await firstPage(tenant, { objects: 1 }, after))
    assert.deepEqual(
      item?.members?.map(({ id }) => id),
      [cyd, personId(9)],
    )
    assert.deepEqual(
      item?.owners?.map(({ id }) => id),
      [groupId(9), ann],
    )
  })

  test('a scan goes on after an id that is not there any more', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const ids = async (after: KeyCursor) => itemsOf(await firstPage(tenant, {}, after)).map(({ id }) => id)
    assert.deepEqual(await ids(whole(groupId(0))), [staff, board, crew])
    assert.deepEqual(await ids({ id: groupId(0), relation: 'owners', target: bob, whole: false }), [staff, board, crew])
    assert.deepEqual(await ids(whole(personId(1))), [])
  })

  test('an object that nothing was left of, but has gained edges, is written again', async t => {
    const tenant = await aTenant(t, open)
    await threeGroups(tenant)
    const after = { id: staff, relation: 'owners', target: ann, whole: false } as const
    assert.deepEqual(
      itemsOf(await firstPage(tenant, { objects: 1 }, after)).map(({ id }) => id),
      [board],
    )
    await tenant.commit(transaction => link(transaction, staff, 'owners', bob))
    const [item] = itemsOf(await firstPage(tenant, { objects: 1 }, after))
    assert.deepEqual(item, { id: staff, displayName: '1', owners: [{ is: 'user', id: bob }] })
  })
}
