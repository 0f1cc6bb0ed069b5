import type { RoundCounts } from './follower.ts'

/** Where a replay stands, and in the end its result. */
export interface Standing {
  lines: number
  /** Of the file; each group's steward is one more user. */
  operations: number
  /** While operations were written; comparing is not in it. */
  writingMs: number
  comparisons: number
  groupsCompared: number
  /** Members and owners. */
  edgesCompared: number
  differences: number
  /** The first differences in words, with the reader and the line. */
  readonly firstDifferences: string[]
  /** By the readers' names. */
  readonly readers: Readonly<Record<string, Readonly<RoundCounts>>>
}

/** How many differences are told in words. */
export const TOLD_MAX = 20

/** The standing at the beginning. */
export function newStanding(readers: Standing['readers']): Standing {
  return {
    lines: 0,
    operations: 0,
    writingMs: 0,
    comparisons: 0,
    groupsCompared: 0,
    edgesCompared: 0,
    differences: 0,
    firstDifferences: [],
    readers,
  }
}

/** Notes a difference: all are counted, the first ones are told. */
export function addDifference(standing: Standing, tell: () => string): void {
  standing.differences += 1
  if (standing.firstDifferences.length < TOLD_MAX) standing.firstDifferences.push(tell())
}

/** Operations a second, while they were written. */
export function operationsPerSecond({ operations, writingMs }: Standing): number {
  return writingMs === 0 ? 0 : Math.round((operations * 1000) / writingMs)
}

/** What all readers did together. */
export function totalRounds({ readers }: Standing): RoundCounts {
  const total: RoundCounts = { rounds: 0, pages: 0, resyncs: 0 }
  for (const { rounds, pages, resyncs } of Object.values(readers)) {
    total.rounds += rounds
    total.pages += pages
    total.resyncs += resyncs
  }
  return total
}

/** The result as a small table that ends with the number of differences. */
export function tableOf(standing: Standing): string {
  const { rounds, pages, resyncs } = totalRounds(standing)
  const rows: readonly (readonly [string, string])[] = [
    ['lines', count(standing.lines)],
    ['operations', count(standing.operations)],
    ['operations/s', count(operationsPerSecond(standing))],
    ['rounds', count(rounds)],
    ['pages', count(pages)],
    ['410s', count(resyncs)],
    ['comparisons', count(standing.comparisons)],
    ['  groups', count(standing.groupsCompared)],
    ['  members and owners', count(standing.edgesCompared)],
  ]
  const labelWidth = Math.max(...rows.map(([label]) => label.length))
  const valueWidth = Math.max(...rows.map(([, value]) => value.length))
  const lines = rows.map(([label, value]) => `${label.padEnd(labelWidth)}  ${value.padStart(valueWidth)}`)
  return [...lines, `${count(standing.differences)} differences`].join('\n')
}

/** The result as one JSON object. */
export function jsonOf(standing: Standing): string {
  return JSON.stringify({
    ...standing,
    writingMs: Math.round(standing.writingMs),
    operationsPerSecond: operationsPerSecond(standing),
    ...totalRounds(standing),
  })
}

/** A number as people read it. */
export function count(value: number): string {
  return value.toLocaleString('en')
}
