import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Relation } from '../../../src/core/fact.ts'
import type { ObjectId } from '../../../src/core/id.ts'
import type { Snapshot } from '../../../src/core/snapshot.ts'
import {
  aTenant,
  groupId,
  link,
  numbers,
  personId,
  putDeleted,
  putGroup,
  type StoreFactory,
  unlink,
} from '../tenant.ts'

const staff = groupId(1)
const board = groupId(2)
const crew = groupId(3)
const ann = personId(1)
const bob = personId(2)

async function standing(snapshot: Snapshot, source: ObjectId, relation: Relation, target: ObjectId) {
  const edge = await snapshot.edge(source, relation, target)
  return edge === null ? null : `${edge.live ? 'live' : 'removed'} at ${edge.version}`
}

/** Memberships and ownerships. */
export function edges(open: StoreFactory): void {
  test('an edge is read as it was put, with the type of its target', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', board)
    })
    await tenant.look(async snapshot => {
      const expected = {
        source: staff,
        relation: 'members',
        target: board,
        targetType: 'group',
        live: true,
        version: 1,
      }
      assert.deepEqual(await snapshot.edge(staff, 'members', board), expected)
      assert.equal(await snapshot.edge(staff, 'owners', board), null)
      assert.equal(await snapshot.edge(board, 'members', staff), null)
    })
  })

  test('a removed edge stays as a tombstone, and lives again when it is put again', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', ann)
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', ann))
    assert.equal(await tenant.look(snapshot => standing(snapshot, staff, 'members', ann)), 'removed at 2')
    await tenant.commit(transaction => link(transaction, staff, 'members', ann))
    assert.equal(await tenant.look(snapshot => standing(snapshot, staff, 'members', ann)), 'live at 3')
  })

  test('one commit can link one target in both relations, and the two stand alone', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', ann)
      await link(transaction, staff, 'owners', ann)
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', ann))
    await tenant.look(async snapshot => {
      assert.equal(await standing(snapshot, staff, 'members', ann), 'removed at 2')
      assert.equal(await standing(snapshot, staff, 'owners', ann), 'live at 1')
    })
  })

  test('the live edges of one relation are listed in ascending order of target', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await putGroup(transaction, board)
      await link(transaction, staff, 'members', ...[4, 2, 6, 1, 5, 3].map(personId), board)
      await link(transaction, staff, 'owners', personId(7))
      await link(transaction, board, 'members', personId(8))
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', personId(3)))
    await tenant.look(async snapshot => {
      const listed = async (after: ObjectId | null, limit: number) =>
        (await snapshot.edges(staff, 'members', after, limit)).map(({ target }) => target)
      assert.deepEqual(await listed(null, 10), [board, ...[1, 2, 4, 5, 6].map(personId)])
      assert.deepEqual(await listed(null, 2), [board, personId(1)])
      assert.deepEqual(await listed(personId(2), 2), [4, 5].map(personId))
      assert.deepEqual(await listed(personId(3), 1), [personId(4)])
      assert.deepEqual(await listed(personId(6), 10), [])
      assert.deepEqual(
        (await snapshot.edges(staff, 'owners', null, 10)).map(({ target }) => target),
        [personId(7)],
      )
    })
  })

  test('stamping makes all edges from an object news, removed ones too, and none to it', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const id of [staff, board]) await putGroup(transaction, id)
      await link(transaction, staff, 'members', ann, bob)
      await link(transaction, staff, 'owners', ann)
      await link(transaction, board, 'members', staff)
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', bob))
    await tenant.commit(transaction => transaction.stampEdgesFrom(staff))
    await tenant.look(async snapshot => {
      assert.equal(await standing(snapshot, staff, 'members', ann), 'live at 3')
      assert.equal(await standing(snapshot, staff, 'members', bob), 'removed at 3')
      assert.equal(await standing(snapshot, staff, 'owners', ann), 'live at 3')
      assert.equal(await standing(snapshot, board, 'members', staff), 'live at 1')
    })
  })

  test('removing the edges to an object turns the live ones, in both relations and also from deleted groups, into tombstones', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const id of [staff, board, crew]) await putGroup(transaction, id)
      await link(transaction, staff, 'members', ann, bob)
      await link(transaction, board, 'owners', ann)
      await link(transaction, crew, 'members', ann)
    })
    await tenant.commit(transaction => putDeleted(transaction, board))
    await tenant.commit(transaction => unlink(transaction, crew, 'members', ann))
    await tenant.commit(transaction => transaction.removeEdgesTo(ann))
    await tenant.look(async snapshot => {
      assert.equal(await standing(snapshot, staff, 'members', ann), 'removed at 4')
      assert.equal(await standing(snapshot, board, 'owners', ann), 'removed at 4')
      assert.equal(await standing(snapshot, crew, 'members', ann), 'removed at 3')
      assert.equal(await standing(snapshot, staff, 'members', bob), 'live at 1')
    })
  })

  test('dropping the edges from an object leaves neither edges nor tombstones of it, and those to it alone', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const id of [staff, board]) await putGroup(transaction, id)
      await link(transaction, staff, 'members', ann, bob)
      await link(transaction, board, 'members', staff)
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', bob))
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await transaction.dropEdgesFrom(staff)
    })
    await tenant.look(async snapshot => {
      assert.equal(await standing(snapshot, staff, 'members', ann), null)
      assert.equal(await standing(snapshot, staff, 'members', bob), null)
      assert.equal(await standing(snapshot, board, 'members', staff), 'live at 1')
    })
  })

  test('a person in 1,000 groups leaves them all in one version', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of numbers(1_000)) {
        await putGroup(transaction, groupId(number))
        await link(transaction, groupId(number), 'members', ann, bob)
      }
    })
    await tenant.commit(transaction => transaction.removeEdgesTo(ann))
    await tenant.look(async snapshot => {
      assert.equal(snapshot.head, 2)
      for (const number of numbers(1_000)) {
        const targets = (await snapshot.edges(groupId(number), 'members', null, 10)).map(({ target }) => target)
        assert.deepEqual(targets, [bob])
      }
    })
  })
}
