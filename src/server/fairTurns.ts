/** Those of one name who wait, and what its work has taken so far, as time of the event loop. */
interface Share {
  readonly waiting: (() => void)[]
  spentMs: number
  /** When its work may go on, by the clock. */
  restedAt: number
}

/** For so long others wait to be heard, at the most, unless one piece of work takes longer, in milliseconds. */
const TURN_MS = 2
/** Whoever has come within so many milliseconds counts as being there. */
const LATELY_MS = 100
/** No work is made to rest for longer, in milliseconds. */
const REST_MS_MAX = 20

/**
 * Shares out the event loop. Gives what resolves when a piece of work may begin; what it takes is the time until it first
 * waits for something outside. In each turn of the loop work is begun for 2 ms, or one piece that takes longer, so that
 * others are heard in between; of those who wait the one is next whose work has taken least. Whoever has not waited for
 * a while starts with the others: nobody saves up time.
 *
 * Where one has more work waiting than it gets done and others are there, its next piece begins only after as long as the
 * last one took: the steps of their requests that are no reads, such as a new connection, would else wait for a piece
 * each. `now` is a clock in milliseconds that runs evenly.
 */
export function fairTurns(now: () => number): (name: string) => Promise<void> {
  const shares = new Map<string, Share>()
  const isBesideOthers = lately(now)
  let isRunning = false
  let resting: NodeJS.Timeout | null = null
  /** What the one who was last begun had spent: nobody who comes has spent less. */
  let level = 0
  let turnEnds = 0

  const turn = (): void => {
    if (resting !== null) clearTimeout(resting)
    resting = null
    turnEnds = now() + TURN_MS
    step()
  }
  const step = (): void => {
    const [name, share] = next(shares, now()) ?? []
    if (name === undefined || share === undefined) {
      shares.clear()
      level = 0
      isRunning = false
      return
    }
    const restMs = share.restedAt - now()
    if (restMs > 0) {
      resting = setTimeout(() => {
        share.restedAt = 0
        turn()
      }, restMs)
      return
    }
    level = share.spentMs
    run(name, share, share.waiting.shift())
  }
  /** Begins a piece of work, and goes on once the loop has nothing to do for it any more. */
  const run = (name: string, share: Share, begin: (() => void) | undefined): void => {
    const began = now()
    begin?.()
    // Ticks come when all that follows from what was resolved has run.
    queueMicrotask(() =>
      process.nextTick(() => {
        const ended = now()
        const tookMs = ended - began
        share.spentMs += tookMs
        if (share.waiting.length > 0 && isBesideOthers(name)) share.restedAt = ended + Math.min(tookMs, REST_MS_MAX)
        if (ended < turnEnds) step()
        else setImmediate(turn)
      }),
    )
  }
  return async name => {
    const share = shares.get(name) ?? { waiting: [], spentMs: level, restedAt: 0 }
    shares.set(name, share)
    share.spentMs = Math.max(share.spentMs, level)
    isBesideOthers(name)
    if (isRunning) {
      return new Promise(resolve => {
        share.waiting.push(resolve)
        if (resting !== null) turn()
      })
    }
    isRunning = true
    turnEnds = now() + TURN_MS
    run(name, share, undefined)
  }
}

/** Notes who is there, and gives whether another one is, too. */
function lately(now: () => number): (name: string) => boolean {
  let newest = { name: '', at: Number.NEGATIVE_INFINITY }
  let other = newest
  return name => {
    const at = now()
    if (newest.name !== name) other = newest
    newest = { name, at }
    return at - other.at < LATELY_MS
  }
}

/** Who is next: of those who need not rest the one whose work has taken least, else whoever has rested first. */
function next(shares: ReadonlyMap<string, Share>, at: number): [string, Share] | undefined {
  const restOf = ({ restedAt }: Share): number => Math.max(0, restedAt - at)
  let found: [string, Share] | undefined
  for (const entry of shares) {
    const [, share] = entry
    if (share.waiting.length === 0) continue
    const before = found === undefined ? -1 : restOf(share) - restOf(found[1]) || share.spentMs - found[1].spentMs
    if (before < 0) found = entry
  }
  return found
}
