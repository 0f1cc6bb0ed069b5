import type { Work } from '../../src/core/work.ts'

/** Work that counts what is looked at, and how much of it at once at the most. It never pauses. */
export function countedWork(): Work & { readonly rows: () => number; readonly most: () => number } {
  let rows = 0
  let most = 0
  return {
    spend: more => {
      rows += more
      most = Math.max(most, more)
      return null
    },
    rows: () => rows,
    most: () => most,
  }
}
