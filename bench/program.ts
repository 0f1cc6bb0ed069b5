import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** A program of this run, that says in one line of JSON on standard output that it is ready. */
export interface Program {
  readonly ready: Readonly<Record<string, unknown>>
  /** The most memory that it has had so far, in bytes; null where the system does not tell. */
  readonly peakMemory: () => number | null
  /** Ends it with SIGTERM and waits for its end. */
  readonly stop: () => Promise<void>
}

const SAID_LENGTH = 2_000

/**
 * Starts Node.js with these arguments and this text on standard input; resolves when the program is ready. It ends with
 * this process at the latest.
 */
export async function startProgram(args: readonly string[], input = ''): Promise<Program> {
  const child = spawn(process.execPath, args, { env: ownEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(input)
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'close').finally(() => process.off('exit', kill))
  const said = endOfStderr(child)
  const line = await Promise.race([firstLine(child), ended.then(() => null)])
  if (line === null) throw new Error(`'${args.join(' ')}' ended before it was ready. ${said()}`)
  return {
    ready: JSON.parse(line),
    peakMemory: () => peakMemoryOf(child),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Runs Node.js with these arguments, under another command where one is given, and gives the JSON that it printed. */
export async function runProgram(args: readonly string[], under: readonly string[] = []): Promise<unknown> {
  const [program = '', ...rest] = [...under, process.execPath, ...args]
  const child = spawn(program, rest, { env: ownEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const said = endOfStderr(child)
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  const [code] = await once(child, 'close')
  process.off('exit', kill)
  if (code !== 0) throw new Error(`'${args.join(' ')}' ended with ${code}. ${said()}`)
  return JSON.parse(text)
}

/** Ours, less the settings of any other server. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TIDEMARK_')))
}

function firstLine(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', resolve)
  return promise
}

function endOfStderr(child: ChildProcess): () => string {
  let tail = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-SAID_LENGTH)
  })
  return () => tail.trim()
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html: VmHWM, in KiB. */
function peakMemoryOf({ pid }: ChildProcess): number | null {
  if (process.platform !== 'linux') return null
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return kib === undefined ? null : Number(kib) * 1024
}
