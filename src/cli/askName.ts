import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import { Refusal } from './refusal.ts'

/** Where people are asked, and answer. */
export interface Dialogue {
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable
}

const TERMINAL: Dialogue = { input: process.stdin, output: process.stderr }

/** Asks for a name to be typed. Throws a `Refusal` for another answer, for none, and where nobody can be asked. */
export async function askName(question: string, name: string, { input, output }: Dialogue = TERMINAL): Promise<void> {
  if (input.isTTY !== true) throw new Refusal('There is no terminal to ask on: give --yes if you are sure.')
  const dialogue = createInterface({ input, output })
  const ended = new Promise<string>(resolve => dialogue.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([dialogue.question(question), ended])
    if (answer.trim() !== name.trim()) throw new Refusal(`That is not '${name}': nothing was deleted.`)
  } finally {
    dialogue.close()
  }
}
