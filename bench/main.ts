import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import type { Bench } from './bench.ts'
import { measureChangeRounds } from './changeRounds.ts'
import { measureCommits } from './commits.ts'
import { type Directory, keptDirectory, workingCopy } from './directory.ts'
import { type Figure, meetsTarget, tableOf } from './figure.ts'
import { measureFullRounds } from './fullRounds.ts'
import { measureRestore } from './restore.ts'
import { measureStart } from './start.ts'

const MEASUREMENTS: Readonly<Record<string, (bench: Bench) => Promise<Figure[]>>> = {
  'full-rounds': measureFullRounds,
  'change-rounds': measureChangeRounds,
  commits: measureCommits,
  restore: measureRestore,
  start: measureStart,
}

const LARGE = 1_000_000

interface Options {
  readonly groups: string
  readonly large?: true
  readonly pairs: string
  readonly only?: string
  readonly folder: string
  readonly fresh?: true
  readonly json?: true
}

function readOptions(): Options {
  return new Command('bench')
    .description('Measures what is to be fast, each against something else in the same run, turn by turn.')
    .option('--groups <counts>', 'sizes of the directories, ascending', '10000,100000')
    .option('--large', `one directory more, of ${LARGE} groups: it takes long to fill, and several gigabytes`)
    .option('--pairs <count>', 'how often two things are compared', '9')
    .addOption(new Option('--only <name>', 'measure this alone').choices(Object.keys(MEASUREMENTS)))
    .option('--folder <path>', 'where filled directories are kept for later runs', join(tmpdir(), 'tidemark-bench'))
    .option('--fresh', 'fill the directories again')
    .option('--json', 'print the result as one JSON object')
    .allowExcessArguments(false)
    .parse()
    .opts<Options>()
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Error(`'${text}' is not a whole number from 1 on.`)
}

function newBench({ groups, large, pairs, folder, fresh }: Options): Bench {
  mkdirSync(folder, { recursive: true })
  const ownFolder = mkdtempSync(join(folder, 'run-'))
  process.once('exit', () => rmSync(ownFolder, { recursive: true, force: true }))
  const tell = (sentence: string): void => console.error(sentence)
  const opened = new Map<string, Promise<Directory>>()
  return {
    sizes: [...groups.split(',').map(wholeNumber), ...(large ? [LARGE] : [])],
    pairs: wholeNumber(pairs),
    open(population) {
      const { name } = population
      const known = opened.get(name)
      if (known !== undefined) return known
      const directory = keptDirectory(folder, population, { fresh: fresh ?? false, tell }).then(kept =>
        workingCopy(kept, ownFolder, name),
      )
      opened.set(name, directory)
      return directory
    },
    newPath: name => join(ownFolder, `${name}.db`),
    tell,
  }
}

/** On what and when this was measured. */
function circumstances() {
  const { node, sqlite } = process.versions
  const [processor] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${availableParallelism()} × ${processor?.model.trim() ?? 'unknown processor'}`,
    node,
    sqlite,
    load: loadavg().map(load => Math.round(load * 100) / 100),
  }
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code))
}

const options = readOptions()
const bench = newBench(options)
const before = circumstances()
const figures: Figure[] = []
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (options.only === undefined || options.only === name) figures.push(...(await measure(bench)))
}
if (options.json) {
  console.log(
    JSON.stringify({ ...before, loadAfter: loadavg(), figures: figures.map(f => ({ ...f, met: meetsTarget(f) })) }),
  )
} else {
  const { date, machine, node, sqlite, load } = before
  console.log(`${date}, ${machine}, Node.js ${node}, SQLite ${sqlite}, load average at the start ${load.join(' ')}\n`)
  console.log(tableOf(figures))
}
