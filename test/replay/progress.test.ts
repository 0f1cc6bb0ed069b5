import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newLines } from './progress.ts'
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
