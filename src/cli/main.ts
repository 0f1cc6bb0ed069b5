import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { KeysRefused } from '../auth/keys/privateFile.ts'
import { Problem } from '../core/problem.ts'
import { DatabaseRefused } from '../store/sqlite/database.ts'
import { UnknownTenant } from '../store/store.ts'
import { appCommand } from './appCommand.ts'
import { auditCommand } from './auditCommand.ts'
import { backupCommand } from './backup.ts'
import { withinCommand } from './commandTree.ts'
import { housekeepCommand } from './housekeep.ts'
import { keysCommand } from './keysCommand.ts'
import { logIsWritten } from './logging.ts'
import { Refusal, Stopped } from './refusal.ts'
import { type ServeOrder, serveCommand } from './serveCommand.ts'
import { tenantCommand } from './tenantCommand.ts'
import { userCommand } from './userCommand.ts'
import { visibleLines } from './visibleText.ts'

/** A refusal is what the one who asked can mend: a wrong flag, a busy port, a file of another kind. */
const EXIT = { done: 0, failed: 1, refused: 2 }

/** Runs the program with its arguments, those of Node.js left out, and gives its exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const code = await run(words)
  // Lines that nobody reads would keep the process for ever.
  if (!(await logIsWritten())) process.exit(code)
  return code
}

async function run(words: readonly string[]): Promise<number> {
  try {
    if (words.length === 0) throw new Refusal("Name a command: 'tidemark --help' lists them.")
    let done = true
    const top = program(async order => {
      done = await (await import('./serve.ts')).serve(order)
    })
    const [first, asked] = words
    if (first === 'help' && asked !== undefined && !top.commands.some(command => command.name() === asked)) {
      throw new Refusal(`There is no command '${asked}': 'tidemark --help' lists them.`)
    }
    await top.parseAsync(words, { from: 'user' })
    return done ? EXIT.done : EXIT.failed
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
    if (error instanceof Stopped) {
      console.error(error.message)
      return EXIT.failed
    }
    const sentence = sentenceOf(error, words)
    console.error(sentence === null ? error : visibleLines(sentence))
    return sentence === null ? EXIT.failed : EXIT.refused
  }
}

function program(serve: (order: ServeOrder) => Promise<void>): Command {
  const top = new Command('tidemark')
    .description('A groups directory whose every change can be followed.')
    .version(versionOf(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print help for a command')
  for (const command of [
    serveCommand(serve),
    tenantCommand(),
    appCommand(),
    userCommand(),
    keysCommand(),
    auditCommand(),
    backupCommand(),
    housekeepCommand(),
  ])
    top.addCommand(command)
  for (const command of withinCommand(top)) {
    command
      .helpOption('-h, --help', 'print help')
      .exitOverride()
      .configureOutput({ outputError: () => {}, writeErr: () => {} })
  }
  return top
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return version
}

/** What the one who asked is told of a refusal; null for a failure of ours. */
function sentenceOf(error: unknown, words: readonly string[]): string | null {
  if (error instanceof CommanderError) return ofUsage(error, words)
  const isRefusal = [Refusal, DatabaseRefused, KeysRefused, Problem, UnknownTenant].some(kind => error instanceof kind)
  return isRefusal && error instanceof Error ? error.message : null
}

/** What commander says, as one sentence of ours: it begins with `error: ` and puts a suggestion on a second line. */
function ofUsage({ code, message }: CommanderError, words: readonly string[]): string {
  if (code === 'commander.help') return `Name a command: 'tidemark ${words.join(' ')} --help' lists them.`
  const [told = '', ...suggestion] = message.replace(/^error: /, '').split('\n')
  const sentence = [told.replace(/\.$/, '').replace('. Expected', ', expected'), ...suggestion].join(' ')
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`
}
