import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NONCE_OF_NOTHING } from '../../../src/core/fact.ts'
import {
  anObject,
  aTenant,
  groupId,
  link,
  nonceNumbered,
  numbers,
  personId,
  putGroup,
  type StoreFactory,
} from '../tenant.ts'
import { changesAfter, GROUPS, itemsOf, scan } from '../walk.ts'

const staff = groupId(1)
const board = groupId(2)
const ann = personId(1)

/** One write, one version, all or nothing. */
export function commits(open: StoreFactory): void {
  test('an empty directory is at version 0, whose nonce is the nonce of nothing', async t => {
    const tenant = await aTenant(t, open)
    assert.deepEqual(await tenant.look(async ({ head, horizon }) => ({ head, horizon })), { head: 0, horizon: 0 })
    assert.equal(await tenant.look(snapshot => snapshot.nonceOf(0)), NONCE_OF_NOTHING)
  })

  test('each commit is the version after the one before', async t => {
    const tenant = await aTenant(t, open)
    for (const number of numbers(3)) {
      await tenant.commit(transaction => putGroup(transaction, groupId(number)))
      assert.equal(await tenant.look(async ({ head }) => head), number)
    }
  })

  test('a transaction knows the version it becomes: one more than the head it stands on', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, staff))
    const known = await tenant.commit(async ({ head, version }) => ({ head, version }))
    assert.deepEqual(known, { head: 1, version: 2 })
  })

  test('the last commits are listed with their authors, the newest first', async t => {
    const { store, id } = await aTenant(t, open)
    for (const number of numbers(3)) {
      const user = number === 3 ? personId(1) : null
      const requestId = number === 2 ? null : `request ${number}`
      const by = { at: 1_000 * number, app: `app ${number}`, user, requestId }
      await store.write(id, by, transaction => putGroup(transaction, groupId(number)))
    }
    assert.deepEqual(await store.commits(id, 2), [
      { version: 3, at: 3_000, app: 'app 3', user: personId(1), requestId: 'request 3' },
      { version: 2, at: 2_000, app: 'app 2', user: null, requestId: null },
    ])
    assert.equal((await store.commits(id, 10)).length, 3)
  })

  test('a write gives back what its work gives back', async t => {
    const tenant = await aTenant(t, open)
    assert.equal(await tenant.commit(async () => 'done'), 'done')
  })

  test('all that one work writes is one version', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of numbers(5)) await putGroup(transaction, groupId(number))
      await link(transaction, staff, 'members', ann, board)
    })
    const facts = await tenant.look(s => changesAfter(s, GROUPS, { version: 0, id: '', relation: null, target: '' }))
    assert.deepEqual(
      new Set(facts.map(fact => (fact.kind === 'object' ? fact.object : fact.edge).version)),
      new Set([1]),
    )
    assert.equal(facts.length, 7)
  })

  test('a work that writes nothing makes no version and no commit record', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => transaction.object(staff))
    assert.equal(await tenant.look(async ({ head }) => head), 0)
    assert.equal(await tenant.look(snapshot => snapshot.nonceOf(1)), null)
    assert.equal(await tenant.store.versionAt(tenant.id, 1_000), 0)
  })

  test('stamping, dropping and removing edges that are not there makes no version', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, staff))
    await tenant.commit(async transaction => {
      await transaction.stampEdgesFrom(staff)
      await transaction.dropEdgesFrom(staff)
      await transaction.removeEdgesTo(staff)
    })
    assert.equal(await tenant.look(async ({ head }) => head), 1)
  })

  test('dropping the edges of an object is a change by itself', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', ann)
    })
    await tenant.commit(transaction => transaction.dropEdgesFrom(staff))
    assert.equal(await tenant.look(async ({ head }) => head), 2)
  })

  test('a work that throws leaves nothing, and its writer is told what it threw', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: 'Staff' }, keys: { mailNickname: 'staff' } })
      await link(transaction, staff, 'members', ann, board)
    })
    const before = await tenant.look(async snapshot => ({
      head: snapshot.head,
      staff: await snapshot.object(staff),
      items: itemsOf(await scan(snapshot)),
    }))
    const refusal = new Error('refused')
    const refused = tenant.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: 'Gone' }, keys: { mailNickname: 'gone' } })
      await putGroup(transaction, board)
      await transaction.removeEdgesTo(ann)
      await transaction.stampEdgesFrom(staff)
      throw refusal
    })
    await assert.rejects(refused, error => error === refusal)
    await tenant.look(async snapshot => {
      assert.deepEqual(
        { head: snapshot.head, staff: await snapshot.object(staff), items: itemsOf(await scan(snapshot)) },
        before,
      )
      assert.equal(await snapshot.object(board), null)
      assert.equal(await snapshot.idByKey('mailNickname', 'staff'), staff)
      assert.equal(await snapshot.idByKey('mailNickname', 'gone'), null)
      assert.equal((await snapshot.edge(staff, 'members', ann))?.live, true)
      assert.equal(await snapshot.nonceOf(2), null)
    })
  })

  test('the version that a thrown work would have been is that of the next commit', async t => {
    const tenant = await aTenant(t, open)
    const versions: number[] = []
    const writing = (fails: boolean) =>
      tenant.commit(async transaction => {
        versions.push(transaction.version)
        await putGroup(transaction, staff)
        if (fails) throw new Error('refused')
      })
    await assert.rejects(writing(true))
    await writing(false)
    assert.deepEqual(versions, [1, 1])
  })

  test('64 writers at once make the versions 1 to 64 without a gap', async t => {
    const tenant = await aTenant(t, open)
    const versions = await Promise.all(
      numbers(64).map(number =>
        tenant.commit(async transaction => {
          await putGroup(transaction, groupId(number))
          return transaction.version
        }),
      ),
    )
    assert.deepEqual(
      versions.toSorted((a, b) => a - b),
      numbers(64),
    )
    const groups = await tenant.look(snapshot => snapshot.objects('group', 'live', null, 100))
    assert.deepEqual(
      groups.map(({ version }) => version).toSorted((a, b) => a - b),
      numbers(64),
    )
  })

  test('writers of one tenant take turns: 64 of them count to 64', async t => {
    const tenant = await aTenant(t, open)
    await Promise.all(
      numbers(64).map(() =>
        tenant.commit(async transaction => {
          const count = Number((await transaction.object(staff))?.properties['displayName'] ?? 0)
          await transaction.objects('group', 'live', null, 10)
          await putGroup(transaction, staff, { properties: { displayName: `${count + 1}` } })
        }),
      ),
    )
    const object = await tenant.look(snapshot => snapshot.object(staff))
    assert.deepEqual([object?.properties['displayName'], object?.version], ['64', 64])
  })

  test('works that throw or write nothing between those of other writers leave no gap', async t => {
    const tenant = await aTenant(t, open)
    const outcomes = await Promise.allSettled(
      numbers(64).map(number =>
        tenant.commit(async transaction => {
          if (number % 4 === 0) return null
          await putGroup(transaction, groupId(number))
          if (number % 3 === 0) throw new Error('refused')
          return transaction.version
        }),
      ),
    )
    const versions = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : []))
    assert.deepEqual(
      versions.toSorted((a, b) => a - b),
      numbers(32),
    )
    await tenant.look(async snapshot => {
      assert.equal(snapshot.head, 32)
      const groups = await snapshot.objects('group', 'live', null, 100)
      const writers = numbers(64).filter(number => number % 4 !== 0 && number % 3 !== 0)
      assert.deepEqual(
        groups.map(({ id }) => id),
        writers.map(groupId),
      )
    })
  })

  test('a commit that was acknowledged is in every read that begins then', async t => {
    const tenant = await aTenant(t, open)
    await Promise.all(
      numbers(16).map(async number => {
        const version = await tenant.commit(async transaction => {
          await putGroup(transaction, groupId(number))
          return transaction.version
        })
        await tenant.look(async snapshot => {
          assert.ok(snapshot.head >= version)
          assert.equal((await snapshot.object(groupId(number)))?.version, version)
        })
      }),
    )
  })

  test('a transaction reads what it has written itself', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: 'Staff' }, keys: { uniqueName: 'staff' } })
      await link(transaction, staff, 'members', ann)
      assert.deepEqual(
        await transaction.object(staff),
        anObject(transaction, staff, { properties: { displayName: 'Staff' } }),
      )
      assert.equal(await transaction.idByKey('uniqueName', 'staff'), staff)
      assert.equal((await transaction.objects('group', 'live', null, 10)).length, 1)
      assert.equal((await transaction.edge(staff, 'members', ann))?.live, true)
      assert.equal((await transaction.edges(staff, 'members', null, 10)).length, 1)
      assert.equal((await scan(transaction)).edges, 1)
    })
  })

  test('one nonce is drawn for each commit, none for a work that came to nothing', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, staff))
    await tenant.commit(async () => null)
    await assert.rejects(
      tenant.commit(async transaction => {
        await putGroup(transaction, board)
        throw new Error('refused')
      }),
    )
    await tenant.commit(transaction => putGroup(transaction, board))
    const nonces = await tenant.look(s => Promise.all([0, 1, 2, 3].map(version => s.nonceOf(version))))
    assert.deepEqual(nonces, [NONCE_OF_NOTHING, nonceNumbered(1), nonceNumbered(2), null])
  })

  test('the version at a time is the newest that was committed by then', async t => {
    const tenant = await aTenant(t, open)
    for (const at of [10, 20, 20, 30]) await tenant.commit(transaction => putGroup(transaction, staff), at)
    const versionAt = (at: number) => tenant.store.versionAt(tenant.id, at)
    assert.deepEqual(await Promise.all([9, 10, 19, 20, 29, 30, 1e12].map(versionAt)), [0, 1, 1, 3, 3, 4, 4])
  })

  test('where the clock went back, the version at a time is the newest up to which all were committed by then', async t => {
    const tenant = await aTenant(t, open)
    for (const at of [10, 30, 20]) await tenant.commit(transaction => putGroup(transaction, staff), at)
    assert.deepEqual(await Promise.all([15, 20, 30].map(at => tenant.store.versionAt(tenant.id, at))), [1, 1, 3])
  })
}
