import assert from 'node:assert/strict'
import test from 'node:test'
import { parseDuration } from '../../src/server/duration.ts'

test('a duration is a whole number and its unit', () => {
  const read = ['250ms', '30s', '15m', '12h', '7d', '0s'].map(parseDuration)
  assert.deepEqual(read, [250, 30_000, 900_000, 43_200_000, 604_800_000, 0])
})

test('any other text is none', () => {
  for (const text of ['', '7', 'd', '7 d', '-7d', '1.5h', '7D', '7d8h', '999999999999999d', '1e3s']) {
    assert.equal(parseDuration(text), null, text)
  }
})
