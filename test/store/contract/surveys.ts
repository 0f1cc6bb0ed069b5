import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { aTenant, groupId, numbers, putGroup, type StoreFactory } from '../tenant.ts'

/** Reading for long, with pauses. */
export function surveys(open: StoreFactory): void {
  test('a survey stays at its state over its pauses, whatever is written meanwhile', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, groupId(1)))
    const seen = await tenant.store.survey(tenant.id, async snapshot => {
      const before = await snapshot.objects('group', 'live', null, 10)
      await tenant.commit(transaction => putGroup(transaction, groupId(2)))
      await setImmediate()
      return [snapshot.head, before, await snapshot.objects('group', 'live', null, 10)] as const
    })
    assert.equal(seen[0], 1)
    assert.deepEqual(seen[1], seen[2])
    assert.equal(await tenant.look(async snapshot => snapshot.head), 2)
  })

  test('reads and writes do not wait for surveys, and every survey has its turn', async t => {
    const tenant = await aTenant(t, open)
    const gate = Promise.withResolvers<void>()
    const surveys = numbers(20).map(number =>
      tenant.store.survey(tenant.id, async snapshot => {
        await gate.promise
        return [number, snapshot.head]
      }),
    )
    await tenant.commit(transaction => putGroup(transaction, groupId(1)))
    assert.equal(await tenant.look(async snapshot => snapshot.head), 1)
    gate.resolve()
    assert.deepEqual(
      (await Promise.all(surveys)).map(([number]) => number),
      numbers(20),
    )
  })

  test('a survey that fails makes room for the next', async t => {
    const tenant = await aTenant(t, open)
    for (const number of numbers(20)) {
      await assert.rejects(tenant.store.survey(tenant.id, () => Promise.reject(new Error(`failure ${number}`))))
    }
    assert.equal(await tenant.store.survey(tenant.id, async snapshot => snapshot.head), 0)
  })
}
