import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Directory, keptDirectory, workingCopy } from './directory.ts'
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

/** What a run is asked to do that its measurements need to know. */
export interface Order {
  readonly groups: readonly number[]
  readonly pairs: number
  /** Where filled directories are kept. */
  readonly folder: string
  readonly fresh?: true
}

/** What the measurements of a run work with. The end of the process removes what they have worked on. */
export function newBench({ groups, pairs, folder, fresh }: Order): Bench {
  mkdirSync(folder, { recursive: true })
  const ownFolder = mkdtempSync(join(folder, 'run-'))
  process.once('exit', () => rmSync(ownFolder, { recursive: true, force: true }))
  const tell = (sentence: string): void => console.error(sentence)
  const opened = new Map<string, Promise<Directory>>()
  return {
    sizes: groups,
    pairs,
    open(population) {
      const { name } = population
      const directory =
        opened.get(name) ??
        keptDirectory(folder, population, { fresh: fresh ?? false, tell }).then(kept =>
          workingCopy(kept, ownFolder, name),
        )
      opened.set(name, directory)
      return directory
    },
    newPath: name => join(ownFolder, `${name}.db`),
    tell,
  }
}

/** 10000 as 10k, 1000000 as 1M. */
export function sizeName(groups: number): string {
  if (groups % 1_000_000 === 0) return `${groups / 1_000_000}M`
  return groups % 1_000 === 0 ? `${groups / 1_000}k` : String(groups)
}
