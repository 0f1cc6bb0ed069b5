import { type Command, Option } from 'commander'
import { parseDuration } from '../server/duration.ts'
import { Refusal } from './refusal.ts'

/** An option that can stand in the environment too: `--page-edges` as TIDEMARK_PAGE_EDGES. */
export function option(flags: string, description: string, standard?: string): Option {
  const made = new Option(flags, description)
  made.env(`TIDEMARK_${made.name().toUpperCase().replaceAll('-', '_')}`)
  return standard === undefined ? made : made.default(standard)
}

/** An option that can stand several times; in the environment blanks stand between. */
export function listOption(flags: string, description: string): Option {
  return option(flags, description).argParser((text: string, before: readonly string[] = []) => [...before, text])
}

/** What was given for an option, and the name it was given by: that of the flag or that of the variable. */
export interface Given {
  readonly text: string
  readonly name: string
}

/** Null for an option that was not given and has no default. */
export function givenFor(command: Command, name: string): Given | null {
  const found = optionNamed(command, name)
  const value: unknown = command.getOptionValue(found.attributeName())
  if (value === undefined) return null
  const { envVar } = found
  const fromEnvironment = command.getOptionValueSource(found.attributeName()) === 'env' && envVar !== undefined
  return fromEnvironment
    ? { text: process.env[envVar] ?? '', name: envVar }
    : { text: String(value), name: `--${name}` }
}

/** What was given for an option that has a default. */
export function givenOrDefault(command: Command, name: string): Given {
  const given = givenFor(command, name)
  if (given === null) throw new Error(`The option '--${name}' has no default.`)
  return given
}

/** What was given for an option that can stand several times. */
export function givenList(command: Command, name: string): readonly Given[] {
  const given = givenFor(command, name)
  if (given === null) return []
  const value: unknown = command.getOptionValue(optionNamed(command, name).attributeName())
  const texts: readonly unknown[] = given.name === `--${name}` && Array.isArray(value) ? value : given.text.split(/\s+/)
  return texts.map(text => ({ text: String(text), name: given.name }))
}

function optionNamed(command: Command, name: string): Option {
  const found = command.options.find(one => one.name() === name)
  if (found === undefined) throw new Error(`The command '${command.name()}' has no option '--${name}'.`)
  return found
}

/** An option without a value: the flag sets it; a variable says true or false. */
export function readSwitch(command: Command, name: string): boolean {
  const given = givenFor(command, name)
  if (given === null) return false
  return ['true', '1'].includes(readChoice(given, ['true', 'false', '1', '0']))
}

export function readChoice<Choice extends string>({ text, name }: Given, choices: readonly Choice[]): Choice {
  const found = choices.find(choice => choice === text)
  if (found !== undefined) return found
  throw new Refusal(`${name} must be one of ${choices.join(', ')}, not '${text}'.`)
}

export function readWholeNumber({ text, name }: Given, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new Refusal(`${name} must be a whole number from ${min} to ${max}, not '${text}'.`)
}

/** A length of time, in milliseconds; `maxDays` is the longest. */
export function readDuration({ text, name }: Given, maxDays: number): number {
  const ms = parseDuration(text)
  if (ms !== null && ms >= 1_000 && ms <= maxDays * 86_400_000) return ms
  throw new Refusal(`${name} must be a time such as 30s, 15m, 12h or 7d, from 1s to ${maxDays}d, not '${text}'.`)
}
