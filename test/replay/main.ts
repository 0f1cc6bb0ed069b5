import { exitCodeOf, Fault } from './fault.ts'
import { type Options, readOptions } from './options.ts'
import { newProgress } from './progress.ts'
import { rehearse, replay } from './replay.ts'
import { type Access, startServer } from './server.ts'
import { jsonOf, type Standing, tableOf } from './standing.ts'

/** Runs a replay as the command line asks, and gives its exit code: 0 where no copy differs, 1 otherwise. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env, text => process.stdout.write(text))
  if (options === null) return 0
  const { lines } = await rehearse(options.file, options.lines)
  if (lines === 0) throw new Fault(2, `${options.file} holds no line to play.`)
  const standing = await play(options, lines)
  for (const difference of standing.firstDifferences) console.error(difference)
  console.log(options.json ? jsonOf(standing) : tableOf(standing))
  return standing.differences === 0 ? 0 : 1
}

async function play(options: Options, linesInAll: number): Promise<Standing> {
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => interrupt.abort(new Fault(1, `The replay was ended by ${name}.`)))
  }
  if ('url' in options.server) return playInto(options.server, options, linesInAll, interrupt.signal)

  const own = await startServer(options.server)
  try {
    const standing = await playInto(own.access, options, linesInAll, interrupt.signal)
    await own.stop()
    return standing
  } catch (error) {
    await own.stop().catch(() => {})
    // A terminal interrupts the server too, and a server that has ended answers nothing: the first cause is told.
    interrupt.signal.throwIfAborted()
    throw error instanceof Fault ? new Fault(1, error.message + own.lastWords(), { cause: error }) : error
  }
}

async function playInto(
  access: Access,
  { file, every, lines }: Options,
  linesInAll: number,
  signal: AbortSignal,
): Promise<Standing> {
  const progress = newProgress(process.stderr, linesInAll)
  try {
    return await replay({ file, every, lines, access, signal, show: progress.show })
  } finally {
    progress.stop()
  }
}

process.exitCode = await exitCodeOf(main)
