import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Order } from './bench.ts'

/** What a run is asked to do. */
export interface Options extends Order {
  /** The one measurement to take; all of them where it is not given. */
  readonly only?: string
  readonly json?: true
}

const LARGE = 1_000_000

/** Reads the command line; ends the process where it asks for help or is wrong. */
export function readOptions(args: readonly string[], measurements: readonly string[]): Options {
  const command = new Command('bench')
    .description('Measures what is to be fast, each against something else in the same run, turn by turn.')
    .option('--groups <counts>', 'sizes of the directories, ascending', ascending, [10_000, 100_000])
    .option('--large', `one more directory, of ${LARGE} groups: it takes long to fill, and several gigabytes`)
    .option('--pairs <count>', 'how often two things are compared', wholeNumber, 9)
    .addOption(new Option('--only <name>', 'take this measurement alone').choices(measurements))
    .option('--folder <path>', 'where filled directories are kept for later runs', join(tmpdir(), 'tidemark-bench'))
    .option('--fresh', 'fill the directories again')
    .option('--json', 'print the result as one JSON object')
    .allowExcessArguments(false)
    .parse(args, { from: 'user' })
  const { large, groups, ...rest } = command.opts<Options & { readonly large?: true }>()
  return { ...rest, groups: large ? [...groups, LARGE] : groups }
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 on.')
}

/** The changes of a measurement fall on different groups, so there must be enough of them. */
const GROUPS_MIN = 1_000

function ascending(text: string): number[] {
  const counts = text.split(',').map(wholeNumber)
  if (counts.every((count, index) => count >= Math.max(GROUPS_MIN, (counts[index - 1] ?? 0) + 1))) return counts
  throw new InvalidArgumentError(`They must be numbers from ${GROUPS_MIN} on, each larger than the one before.`)
}
