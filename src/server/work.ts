import { setImmediate } from 'node:timers/promises'
import { Problem } from '../core/problem.ts'
import { SLICE, type Work } from '../core/work.ts'

/** How many rows are looked at for one request; for all the requests of a batch together, since they came as one. */
const ROWS_MAX = 3_000_000

/** The work of one request, in slices: between them others have their turn. */
export function newWork(): Work {
  let rows = 0
  let inSlice = 0
  return {
    spend: more => {
      rows += more
      if (rows > ROWS_MAX) {
        throw new Problem(
          'serviceNotAvailable',
          'The request, with those of its batch, asks for too much: ask for less, or for it alone.',
        )
      }
      inSlice += more
      if (inSlice < SLICE) return null
      inSlice = 0
      return setImmediate()
    },
  }
}
