import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasRoom, newLines } from './progress.ts'
import { newStanding } from './standing.ts'

test('where there is no terminal a line is written every five seconds', () => {
  const written: string[] = []
  let now = 0
  const progress = newLines(
    text => written.push(text),
    2752,
    () => now,
  )
  const standing = { ...newStanding({}), lines: 1100, operations: 14_000, writingMs: 2000, comparisons: 22 }
  for (now = 0; now <= 10_000; now += 1000) progress.show(standing)
  assert.deepEqual(
    written,
    Array(2).fill('1,100 of 2,752 lines, 14,000 operations, 7,000 operations/s, 22 comparisons, 0 differences'),
  )
})

test('a bar is drawn on a terminal that knows its width', () => {
  assert.equal(hasRoom({ isTTY: true, columns: 80 }), true)
  assert.equal(hasRoom({ isTTY: true, columns: 0 }), false)
  assert.equal(hasRoom({ isTTY: false, columns: 80 }), false)
})
