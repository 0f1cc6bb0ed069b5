/** Those of one name who wait, and what its work has taken so far, as time of the event loop. */
interface Share {
  readonly waiting: (() => void)[]
  spentMs: number
}

/** For so long others wait to be heard, at the most, unless one piece of work takes longer, in milliseconds. */
const TURN_MS = 2

/**
 * Shares out the event loop. Gives what resolves when a piece of work may begin; what it takes is the time until it first
 * waits for something outside. In each turn of the loop work is begun for 2 ms, or one piece that takes longer, so that
 * others are heard in between; of those who wait the one is next whose work has taken least. Whoever has not waited for
 * a while starts with the others: nobody saves up time. `now` is a clock in milliseconds that runs evenly.
 */
export function fairTurns(now: () => number): (name: string) => Promise<void> {
  const shares = new Map<string, Share>()
  let isRunning = false
  /** What the one who was last begun had spent: nobody who comes has spent less. */
  let level = 0
  let turnEnds = 0

  const turn = (): void => {
    turnEnds = now() + TURN_MS
    step()
  }
  const step = (): void => {
    const [name, share] = leastSpent(shares) ?? []
    if (name === undefined || share === undefined) {
      shares.clear()
      level = 0
      isRunning = false
      return
    }
    level = share.spentMs
    run(share, share.waiting.shift())
  }
  /** Begins a piece of work, and goes on once the loop has nothing to do for it any more. */
  const run = (share: Share, begin: (() => void) | undefined): void => {
    const began = now()
    begin?.()
    // Ticks come when all that follows from what was resolved has run.
    queueMicrotask(() =>
      process.nextTick(() => {
        const ended = now()
        share.spentMs += ended - began
        if (ended < turnEnds) step()
        else setImmediate(turn)
      }),
    )
  }
  return async name => {
    const share = shares.get(name) ?? { waiting: [], spentMs: level }
    shares.set(name, share)
    share.spentMs = Math.max(share.spentMs, level)
    if (isRunning) return new Promise(resolve => share.waiting.push(resolve))
    isRunning = true
    turnEnds = now() + TURN_MS
    run(share, undefined)
  }
}

function leastSpent(shares: ReadonlyMap<string, Share>): [string, Share] | undefined {
  let least: [string, Share] | undefined
  for (const entry of shares) {
    const [, { waiting, spentMs }] = entry
    if (waiting.length > 0 && (least === undefined || spentMs < least[1].spentMs)) least = entry
  }
  return least
}
