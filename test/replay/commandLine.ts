import { type Command, CommanderError, InvalidArgumentError } from 'commander'
import { Fault } from './fault.ts'

/**
 * Reads the words of a command line into a command; false when they asked for help, which `write` took. Throws a `Fault`
 * (exit 2) for wrong ones.
 */
export function parseWords(command: Command, words: readonly string[], write: (text: string) => void): boolean {
  command
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} })
  try {
    command.parse(words, { from: 'user' })
    return true
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return false
    throw new Fault(2, `${error.message.replace(/^error: /, '')} (--help tells more)`, { cause: error })
  }
}

export function positive(text: string): number {
  const number = Number(text)
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError('It must be a whole number from 1 on.')
  }
  return number
}

export function httpUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It must be an http or https URL.')
  return url
}

export function guid(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new InvalidArgumentError('It must be a GUID.')
  return text.toLowerCase()
}
