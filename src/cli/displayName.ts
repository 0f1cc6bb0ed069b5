import type { Command, Option } from 'commander'
import { hasControlCharacter } from '../core/controlCharacter.ts'
import { givenOrDefault, option } from './option.ts'
import { Refusal } from './refusal.ts'

const LENGTH_MAX = 256

export function displayNameOption(standard: string): Option {
  return option('--display-name <name>', 'what people call it', standard)
}

/** What people call a thing. Throws a `Refusal` for text that would spoil a table or a log. */
export function readDisplayName(command: Command): string {
  const { text, name } = givenOrDefault(command, 'display-name')
  if (text.trim() !== '' && text.length <= LENGTH_MAX && !hasControlCharacter(text)) return text
  throw new Refusal(`${name} must be 1 to ${LENGTH_MAX} characters without control characters, not '${text}'.`)
}
