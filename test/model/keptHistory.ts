import { readFileSync } from 'node:fs'
import type { History } from './step.ts'

/** A history that has shown a mistake once, and is played at every run. */
export interface KeptHistory {
  readonly name: string
  readonly history: History
}

/** One on each line of seeds.ndjson: what a failed run has printed, under a name. */
export function readKeptHistories(): KeptHistory[] {
  const text = readFileSync(new URL('./seeds.ndjson', import.meta.url), 'utf8')
  return text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as KeptHistory]))
}
