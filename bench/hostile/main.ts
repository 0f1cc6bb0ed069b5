import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { newBench } from '../bench.ts'
import { circumstances, endOnSignals, loadNow } from '../circumstances.ts'
import { jsonOf, tableOf } from '../figure.ts'
import { type Soak, soak } from './soak.ts'

interface Options extends Soak {
  readonly folder: string
  readonly fresh?: true
  readonly json?: true
}

function positive(text: string): number {
  const value = /^\d{1,6}(\.\d{1,4})?$/.test(text) ? Number(text) : 0
  if (value > 0) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}

function atMostOne(text: string): number {
  const value = positive(text)
  if (value <= 1) return value
  throw new InvalidArgumentError('It must be a number above 0, 1 at the most.')
}

function wholeNumber(text: string): number {
  const value = positive(text)
  if (Number.isInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number from 1 on.')
}

function readOptions(args: readonly string[]): Options {
  return new Command('bench:hostile')
    .description('Measures how much longer a tenant waits for its answers while another one, or anybody, attacks.')
    .option('--seconds <seconds>', 'how long each attack lasts', positive, 8)
    .option('--turns <count>', 'how often each begins again after a quiet time', wholeNumber, 3)
    .option('--scale <part>', 'how much of each attack, and of the large group, there is', atMostOne, 1)
    .option('--folder <path>', 'where filled directories are kept for later runs', join(tmpdir(), 'tidemark-bench'))
    .option('--fresh', 'fill the directory again')
    .option('--json', 'print the result as one JSON object')
    .allowExcessArguments(false)
    .parse([...args], { from: 'user' })
    .opts<Options>()
}

endOnSignals()
const options = readOptions(process.argv.slice(2))
const before = circumstances()
const figures = await soak(newBench({ ...options, groups: [], pairs: options.turns }), options)
const told = { ...before, loadAfter: loadNow() }
console.log(options.json ? jsonOf(told, figures) : tableOf(told, figures))
