import assert from 'node:assert/strict'
import test from 'node:test'
import { inTurns, ratios, spreadOf } from '../../bench/spread.ts'

test('the median of an odd number of samples is the middle one, of an even number the mean of the two', () => {
  assert.deepEqual(spreadOf([9, 1, 4]), { min: 1, median: 4, max: 9 })
  assert.deepEqual(spreadOf([10, 9, 1, 4]), { min: 1, median: 6.5, max: 10 })
})

test('a ratio is taken within its pair', () => {
  assert.deepEqual(ratios([10, 30], [5, 60]), [2, 0.5])
})

test('runs take turns, and those that warm up are not kept', async () => {
  const calls: string[] = []
  const run = (name: string) => async (turn: number) => {
    calls.push(`${name}${turn}`)
    return turn
  }
  assert.deepEqual(await inTurns(2, [run('a'), run('b')], 1), [
    [1, 2],
    [1, 2],
  ])
  assert.deepEqual(calls, ['a0', 'b0', 'a1', 'b1', 'a2', 'b2'])
})
