const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** How far the clock may be from the time that housekeeping has come to when a program starts: it was off meanwhile. */
const OFF_MS = DAY_MS
/** How fast housekeeping follows a clock that is farther away: a day for each hour that the program runs. */
const DAYS_PER_HOUR = DAY_MS / HOUR_MS

/**
 * The time that housekeeping may go by when the clock says `now`, in milliseconds since 1970 UTC. What is removed by the
 * word of a wrong clock does not come back, so a jump is not believed at once (docs/durability.md, «A wrong clock»).
 *
 * `known` is the time to which housekeeping has come, null before its first run; `passedMs` is how long the program has
 * run evenly since then, null where it has just started.
 */
export function believedTime(known: number | null, now: number, passedMs: number | null): number {
  if (known === null) return now
  const reach = passedMs === null ? OFF_MS : passedMs * DAYS_PER_HOUR
  const jump = now - known
  if (Math.abs(jump) <= reach) return now
  return passedMs === null ? known : known + Math.sign(jump) * reach
}

/** What to say of a clock that is not believed yet. */
export function doubtOf(known: number, now: number): string {
  const days = Math.ceil((Math.abs(now - known) / DAY_MS) * 10) / 10
  const [clock, last] = [now, known].map(moment => new Date(moment).toISOString())
  return `The clock says ${clock}, ${days} days ${now > known ? 'after' : 'before'} the last housekeeping (${last})`
}
