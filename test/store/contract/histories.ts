import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { holdings, play, question, step } from '../history.ts'
import { openOracle } from '../oracle.ts'
import { aTenant, countedNonces, numbers, type StoreFactory, tenantOf } from '../tenant.ts'

const SEED = 20_261
const RUNS = 60

/** Whatever is written, in whatever order, the store answers as the oracle does. */
export function histories(open: StoreFactory): void {
  test(`after each of ${RUNS} random histories (seed ${SEED}) the store answers as the oracle`, async t => {
    const { store } = await aTenant(t, open)
    let count = 1
    const history = fc.tuple(
      fc.array(step, { minLength: 1, maxLength: 14 }),
      fc.array(question, { minLength: 1, maxLength: 6 }),
    )
    const property = fc.asyncProperty(history, async ([steps, questions]) => {
      count += 1
      const tenant = await tenantOf(store, count)
      const oracle = openOracle(countedNonces())
      for (const step of steps) {
        assert.deepEqual(await play(store, tenant.id, step), await play(oracle, tenant.id, step))
      }
      for (const at of numbers(41)) {
        assert.equal(await store.versionAt(tenant.id, at - 1), await oracle.versionAt(tenant.id, at - 1))
      }
      const [ours, theirs] = await Promise.all(
        [store, oracle].map(({ read }) => read(tenant.id, snapshot => holdings(snapshot, questions))),
      )
      // The nonces of one store are drawn for all of its tenants: which of them are known is what can be compared.
      const known = ours?.nonces.map(nonce => nonce !== null)
      assert.deepEqual(
        known,
        theirs?.nonces.map(nonce => nonce !== null),
      )
      assert.deepEqual({ ...ours, nonces: null }, { ...theirs, nonces: null })
    })
    await fc.assert(property, { seed: SEED, numRuns: RUNS })
  })
}
