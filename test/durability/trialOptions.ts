import { parseArgs } from 'node:util'
import { freshSeed } from './chance.ts'

/** What a trial is asked to do: how often, and by which seed; a new one where none is given. */
export interface TrialOptions {
  readonly count: number
  readonly seed: number
}

/** Reads `--<name> <count>` and `--seed <number>`. Throws what `parseArgs` throws for anything else. */
export function readTrialOptions(words: readonly string[], name: string, standard: number): TrialOptions {
  const options = { [name]: { type: 'string' }, seed: { type: 'string' } } as const
  const { values } = parseArgs({ args: [...words], options })
  return {
    count: wholeNumber(values[name], name) ?? standard,
    seed: wholeNumber(values.seed, 'seed') ?? freshSeed(),
  }
}

function wholeNumber(text: string | undefined, name: string): number | null {
  if (text === undefined) return null
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} must be a whole number, not '${text}'.`)
  return Number(text)
}
