import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, constants, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { measureChangeRounds } from './changeRounds.ts'
import { measureCommits } from './commits.ts'
import { type Directory, keptDirectory, workingCopy } from './directory.ts'
import { type Figure, jsonOf, tableOf } from './figure.ts'
import { measureForeignIds } from './foreignIds.ts'
import { measureFullRounds } from './fullRounds.ts'
import { measureLists } from './lists.ts'
import { measureMonitor } from './monitor.ts'
import { type Options, readOptions } from './options.ts'
import { measureRestore } from './restore.ts'
import { measureStart } from './start.ts'
import { measureThrottling } from './throttling.ts'

const MEASUREMENTS: Readonly<Record<string, (bench: Bench) => Promise<Figure[]>>> = {
  'full-rounds': measureFullRounds,
  'change-rounds': measureChangeRounds,
  commits: measureCommits,
  'foreign-ids': measureForeignIds,
  lists: measureLists,
  monitor: measureMonitor,
  restore: measureRestore,
  start: measureStart,
  throttling: measureThrottling,
}

function newBench({ groups, pairs, folder, fresh }: Options): Bench {
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

function load(): string {
  return loadavg()
    .map(average => average.toFixed(2))
    .join(' ')
}

// The exit listeners end what runs and remove the folder of this run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]))
}

const options = readOptions(process.argv.slice(2), Object.keys(MEASUREMENTS))
const bench = newBench(options)
const loadBefore = load()
const figures: Figure[] = []
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (options.only === undefined || options.only === name) figures.push(...(await measure(bench)))
}
const circumstances = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
  node: process.versions.node,
  sqlite: process.versions.sqlite,
  loadBefore,
  loadAfter: load(),
}
if (options.json) console.log(jsonOf(circumstances, figures))
else console.log(tableOf(circumstances, figures))
