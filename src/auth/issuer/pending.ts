/** Things that wait for a while, in memory. Times are in milliseconds since 1970 UTC. */
export interface Pending<T> {
  /** False where there is no room: then nothing is kept. */
  readonly add: (key: string, value: T, now: number) => boolean
  /** Null for one that is not there, or past its life. */
  readonly get: (key: string, now: number) => T | null
  readonly remove: (key: string) => void
}

/** Room for so many things, each for so long. What has ended makes room for what comes. */
export function newPending<T>(max: number, lifeMs: number): Pending<T> {
  // All live equally long, so that they end in the order in which they came.
  const kept = new Map<string, { readonly value: T; readonly until: number }>()
  return {
    add(key, value, now) {
      for (const [oldest, { until }] of kept) {
        if (now < until) break
        kept.delete(oldest)
      }
      if (kept.size >= max) return false
      kept.set(key, { value, until: now + lifeMs })
      return true
    },
    get(key, now) {
      const found = kept.get(key)
      return found !== undefined && now < found.until ? found.value : null
    },
    remove: key => kept.delete(key),
  }
}
