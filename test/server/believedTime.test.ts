import assert from 'node:assert/strict'
import test from 'node:test'
import { believedTime, doubtOf } from '../../src/server/believedTime.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const LAST = Date.UTC(2026, 0, 15, 9)

test('the first housekeeping of a directory believes the clock', () => {
  assert.equal(believedTime(null, LAST, null), LAST)
})

test('at a start a clock that is a day from the last housekeeping is believed, one that is farther is not (DELTA-160)', () => {
  for (const jump of [0, 1, HOUR, DAY, -HOUR, -DAY]) assert.equal(believedTime(LAST, LAST + jump, null), LAST + jump)
  for (const jump of [DAY + 1, 31 * DAY, -DAY - 1, -31 * DAY]) assert.equal(believedTime(LAST, LAST + jump, null), LAST)
})

test('from run to run housekeeping follows the clock by a day an hour at the most, forward and back (DELTA-160)', () => {
  for (const jump of [HOUR, DAY, -DAY, 0]) assert.equal(believedTime(LAST, LAST + jump, HOUR), LAST + jump)
  assert.equal(believedTime(LAST, LAST + 31 * DAY, HOUR), LAST + DAY)
  assert.equal(believedTime(LAST, LAST - 31 * DAY, HOUR), LAST - DAY)
  assert.equal(believedTime(LAST, LAST + 31 * DAY, 0), LAST)
})

test('a server that was off for a month has caught up after 32 hours, however often it is started meanwhile (DELTA-160)', () => {
  const [off, session] = [31 * DAY, 6]
  let known = LAST
  let hours = 0
  for (; known < LAST + off + hours * HOUR && hours < 100; hours += 1) {
    const now = LAST + off + hours * HOUR
    if (hours % session === 0) known = believedTime(known, now, null)
    known = believedTime(known, now + HOUR, HOUR)
  }
  assert.equal(hours, 33)
})

test('what is said of a doubted clock names both moments and what lies between', () => {
  assert.equal(
    doubtOf(LAST, LAST + 31 * DAY),
    'The clock says 2026-02-15T09:00:00.000Z, 31 days after the last housekeeping (2026-01-15T09:00:00.000Z)',
  )
  assert.match(doubtOf(LAST, LAST - DAY - 1), /, 1\.1 days before the last housekeeping /)
})
