import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Every call that can change a file or its name, or make such a change durable; and those that open and close. */
const CALLS = [
  ...['openat', 'open', 'creat', 'close', 'dup', 'dup2', 'dup3'],
  ...['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'ftruncate', 'truncate', 'fallocate', 'copy_file_range'],
  ...['fsync', 'fdatasync', 'sync_file_range', 'msync'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlinkat', 'unlink', 'unlinkat'],
]
/** Longer than any write of the store: a page, or the key file. */
const TEXT_LENGTH_MAX = 65_536

/** One system call: what it was called with, what it gave, and the lines of the record where it began and ended. */
export interface Call {
  readonly name: string
  readonly words: string
  readonly result: number
  readonly begun: number
  readonly ended: number
}

/** What the writer is to do. */
export interface Recording {
  readonly database: string
  readonly seed: number
  readonly commits: number
}

/** Runs the writer on a new database and records its system calls in `log`. */
export async function recordWriter({ database, seed, commits }: Recording, log: string): Promise<void> {
  const watched = ['-f', '--seccomp-bpf', '-qq', '-xx', '-s', String(TEXT_LENGTH_MAX), '-o', log]
  const writer = fileURLToPath(new URL('./powerWriter.ts', import.meta.url))
  const child = spawn(
    'strace',
    [
      ...[...watched, '-e', `trace=${CALLS.map(name => `?${name}`).join(',')}`, '-e', 'signal=none'],
      ...[process.execPath, writer, database, String(seed), String(commits)],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`The recorded writer ended with code ${code}.`)
}

const LINE = /^(\d+) +(.*)$/s
const UNFINISHED = ' <unfinished ...>'
const RESUMED = /^<\.\.\. \w+ resumed>/
const CALL = /^(\w+)\((.*)\) += (-?\d+)(?: .*)?$/s

/** The calls of a record, in the order in which they ended. */
export async function* readTrace(log: string): AsyncGenerator<Call> {
  const open = new Map<string, { text: string; begun: number }>()
  let line = 0
  for await (const text of createInterface({ input: createReadStream(log), crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1
    const [, thread = '', told = ''] = LINE.exec(text) ?? []
    if (told.endsWith(UNFINISHED)) {
      open.set(thread, { text: told.slice(0, -UNFINISHED.length), begun: line })
      continue
    }
    const resumed = RESUMED.test(told)
    const { text: before, begun } = (resumed ? open.get(thread) : undefined) ?? { text: '', begun: line }
    open.delete(thread)
    const [, name, words, result] = CALL.exec(before + told.replace(RESUMED, '')) ?? []
    // What is no call is the end of a thread, or a call that the end of the program cut off.
    if (name === undefined || words === undefined) continue
    yield { name, words, result: Number(result), begun, ended: line }
  }
}
