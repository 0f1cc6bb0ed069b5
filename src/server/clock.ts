/** The server's time. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Milliseconds since some fixed moment; runs evenly, also when `now` is set. */
  readonly elapsed: () => number
}

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() }

/** A clock that can be moved forward; what waits for time sees both its readings move. */
export interface MovableClock extends Clock {
  readonly advance: (ms: number) => void
}

export function movableClock(clock: Clock): MovableClock {
  let offset = 0
  return {
    now: () => clock.now() + offset,
    elapsed: () => clock.elapsed() + offset,
    advance: ms => {
      offset += ms
    },
  }
}
