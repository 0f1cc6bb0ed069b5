/**
 * Does `work` for every item, at most `limit` at a time, begun in order. After the first failure no other item is begun;
 * that failure is thrown.
 */
export async function forEachAtMost<T>(
  limit: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries()
  let failed = false

  async function worker(): Promise<void> {
    for (const [index, item] of queue) {
      if (failed) return
      try {
        await work(item, index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
}
