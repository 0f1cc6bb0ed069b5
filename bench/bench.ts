import type { Directory } from './directory.ts'
import type { Population } from './population.ts'

/** What a measurement is handed. */
export interface Bench {
  /** Numbers of groups, ascending. */
  readonly sizes: readonly number[]
  /** How often two things are compared. */
  readonly pairs: number
  /** A directory with this population, to be changed at will: the same one for all measurements of a run. */
  readonly open: (population: Population) => Promise<Directory>
  /** A path in the folder of this run, which is removed at its end. */
  readonly newPath: (name: string) => string
  readonly tell: (sentence: string) => void
}

/** 10000 as 10k, 1000000 as 1M. */
export function sizeName(groups: number): string {
  if (groups % 1_000_000 === 0) return `${groups / 1_000_000}M`
  return groups % 1_000 === 0 ? `${groups / 1_000}k` : String(groups)
}
