import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterVersion } from '../../../src/core/cursor.ts'
import {
  anObject,
  aTenant,
  groupId,
  link,
  nonceNumbered,
  numbers,
  personId,
  purge,
  putDeleted,
  putGroup,
  putPerson,
  type StoreFactory,
  unlink,
} from '../tenant.ts'
import { changesAfter, GROUPS, itemsOf, scan } from '../walk.ts'

const [staff, board, crew, gone] = [groupId(1), groupId(2), groupId(3), groupId(4)]
const [ann, bob] = [personId(1), personId(2)]

/** What a horizon takes away, and what it must not. */
export function compaction(open: StoreFactory): void {
  test('tombstones at the horizon go, those above it stay', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const id of [staff, board, crew]) await putGroup(transaction, id)
      await link(transaction, staff, 'members', ann, bob)
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', ann))
    await tenant.commit(transaction => purge(transaction, board))
    await tenant.commit(transaction => unlink(transaction, staff, 'members', bob))
    await tenant.commit(transaction => purge(transaction, crew))
    const remains = () =>
      tenant.look(async snapshot => [
        (await snapshot.edge(staff, 'members', ann)) !== null,
        (await snapshot.object(board)) !== null,
        (await snapshot.edge(staff, 'members', bob)) !== null,
        (await snapshot.object(crew)) !== null,
      ])
    const expected = [
      [true, true, true, true],
      [false, true, true, true],
      [false, false, true, true],
      [false, false, false, true],
      [false, false, false, false],
    ]
    for (const horizon of numbers(5)) {
      await tenant.store.compact(tenant.id, horizon)
      assert.deepEqual(await remains(), expected[horizon - 1])
    }
  })

  test('live and deleted objects, their keys and live edges stay, however old', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { keys: { mailNickname: 'staff' }, properties: { displayName: 'Staff' } })
      await putPerson(transaction, ann)
      await putDeleted(transaction, board)
      await link(transaction, staff, 'members', ann)
      await link(transaction, board, 'owners', ann)
    })
    const everything = () =>
      tenant.look(async snapshot => ({
        head: snapshot.head,
        named: await snapshot.idByKey('mailNickname', 'staff'),
        changes: await changesAfter(snapshot, GROUPS, afterVersion(0)),
        people: await snapshot.objects('user', 'live', null, 10),
        items: itemsOf(await scan(snapshot)),
      }))
    const before = await everything()
    await tenant.store.compact(tenant.id, 1)
    assert.deepEqual(await everything(), before)
  })

  test('the horizon moves up to the head, never past it and never down', async t => {
    const tenant = await aTenant(t, open)
    for (const _ of numbers(3)) await tenant.commit(transaction => putGroup(transaction, staff))
    const horizons: number[] = []
    for (const asked of [2, 1, 0, 100, 2]) {
      await tenant.store.compact(tenant.id, asked)
      horizons.push(await tenant.look(async ({ horizon }) => horizon))
    }
    assert.deepEqual(horizons, [2, 2, 2, 3, 3])
  })

  test('a compaction is no version', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, staff))
    await tenant.store.compact(tenant.id, 1)
    assert.equal(await tenant.look(async ({ head }) => head), 1)
    assert.equal(await tenant.commit(async ({ version }) => version), 2)
  })

  test('commit records are kept from the horizon’s own on, and version 0 is forgotten with the first', async t => {
    const tenant = await aTenant(t, open)
    for (const at of [10, 20, 30]) await tenant.commit(transaction => putGroup(transaction, staff), at)
    await tenant.store.compact(tenant.id, 2)
    const nonces = await tenant.look(s => Promise.all([0, 1, 2, 3, 4].map(version => s.nonceOf(version))))
    assert.deepEqual(nonces, [null, null, nonceNumbered(2), nonceNumbered(3), null])
  })

  test('the version at a time before the horizon is the horizon', async t => {
    const tenant = await aTenant(t, open)
    for (const at of [10, 20, 30]) await tenant.commit(transaction => putGroup(transaction, staff), at)
    await tenant.store.compact(tenant.id, 2)
    assert.deepEqual(await Promise.all([10, 20, 30].map(at => tenant.store.versionAt(tenant.id, at))), [2, 2, 3])
  })

  test('a compaction says how many tombstones and records it took away', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const id of [staff, board]) await putGroup(transaction, id)
      await link(transaction, staff, 'members', ann, bob, board)
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', ann))
    await tenant.commit(transaction => purge(transaction, board))
    await tenant.commit(transaction => unlink(transaction, staff, 'members', bob))
    assert.deepEqual(await tenant.store.compact(tenant.id, 0), { tombstones: 0, records: 0 })
    assert.deepEqual(await tenant.store.compact(tenant.id, 3), { tombstones: 3, records: 2 })
    assert.deepEqual(await tenant.store.compact(tenant.id, 3), { tombstones: 0, records: 0 })
    assert.deepEqual(await tenant.store.compact(tenant.id, 9), { tombstones: 1, records: 1 })
  })

  test('the tombstones that a restore has made news again outlive the horizon of their removal', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', ann)
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', ann))
    await tenant.commit(transaction => putDeleted(transaction, staff))
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await transaction.stampEdgesFrom(staff)
    })
    await tenant.store.compact(tenant.id, 3)
    assert.equal((await tenant.look(snapshot => snapshot.edge(staff, 'members', ann)))?.version, 4)
    await tenant.store.compact(tenant.id, 4)
    assert.equal(await tenant.look(snapshot => snapshot.edge(staff, 'members', ann)), null)
  })

  test('the tombstones of a deleted group’s edges go like others', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'owners', ann, bob)
      await unlink(transaction, staff, 'owners', ann)
    })
    await tenant.commit(transaction => putDeleted(transaction, staff))
    await tenant.store.compact(tenant.id, 2)
    assert.equal(await tenant.look(snapshot => snapshot.edge(staff, 'owners', ann)), null)
    assert.equal((await tenant.look(snapshot => snapshot.edge(staff, 'owners', bob)))?.live, true)
  })

  test('edges whose source has gone go with it', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const id of [staff, gone]) await putGroup(transaction, id)
      await link(transaction, gone, 'members', ann)
      await link(transaction, staff, 'members', ann)
    })
    await tenant.commit(async transaction => {
      await transaction.putObject({ ...anObject(transaction, gone), state: 'purged' }, {})
    })
    await tenant.store.compact(tenant.id, 1)
    assert.equal((await tenant.look(snapshot => snapshot.edge(gone, 'members', ann)))?.live, true)
    await tenant.store.compact(tenant.id, 2)
    assert.equal(await tenant.look(snapshot => snapshot.edge(gone, 'members', ann)), null)
    assert.equal((await tenant.look(snapshot => snapshot.edge(staff, 'members', ann)))?.live, true)
  })

  test('compactions among writers leave every commit whole', async t => {
    const tenant = await aTenant(t, open)
    await Promise.all(
      numbers(32).flatMap(number => [
        tenant.commit(async transaction => {
          await putGroup(transaction, groupId(number))
          await link(transaction, groupId(number), 'members', ann)
        }),
        tenant.store.compact(tenant.id, number),
      ]),
    )
    await tenant.look(async snapshot => {
      const { edges, objects } = await scan(snapshot)
      assert.deepEqual([snapshot.head, objects, edges], [32, 32, 32])
      assert.equal(await snapshot.nonceOf(32), nonceNumbered(32))
    })
  })

  test('a compaction has its turn while writers never pause', async t => {
    const tenant = await aTenant(t, open)
    let commits = 0
    let compacted = false
    const writer = async (number: number) => {
      while (!compacted && commits < 2_000) {
        await tenant.commit(transaction => putGroup(transaction, groupId(number)))
        commits += 1
      }
    }
    const writing = Promise.all(numbers(4).map(writer))
    await tenant.commit(transaction => putGroup(transaction, staff))
    await tenant.store.compact(tenant.id, 1)
    compacted = true
    await writing
    assert.ok(commits < 2_000, 'The writers were done before the compaction was.')
  })
}
