import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachAtMost } from './worker.ts'

test('no more than so many are under way, and all are done', async () => {
  let underWay = 0
  let most = 0
  const done: number[] = []
  await forEachAtMost(3, [0, 1, 2, 3, 4, 5, 6], async item => {
    underWay += 1
    most = Math.max(most, underWay)
    await new Promise(resolve => setImmediate(resolve))
    underWay -= 1
    done.push(item)
  })
  assert.equal(most, 3)
  assert.deepEqual(done.toSorted(), [0, 1, 2, 3, 4, 5, 6])
})

test('after a failure nothing more is begun, and the failure is thrown', async () => {
  const begun: number[] = []
  const attempt = forEachAtMost(2, [0, 1, 2, 3, 4, 5], async item => {
    begun.push(item)
    await Promise.resolve()
    if (item === 1) throw new Error('one failed')
  })
  await assert.rejects(attempt, /one failed/)
  assert.deepEqual(begun, [0, 1, 2])
})

test('nothing to do is done', () => forEachAtMost(3, [], () => assert.fail()))
