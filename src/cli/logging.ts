import type { Writable } from 'node:stream'
import type { Command, Option } from 'commander'
import pino, { type Logger } from 'pino'
import { givenOrDefault, option, readChoice } from './option.ts'

/** https://github.com/pinojs/pino/blob/main/docs/api.md, «logger.level». */
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function logLevelOption(): Option {
  return option('--log-level <level>', `the least level that is logged: ${LOG_LEVELS.join(', ')}`, 'warn')
}

export function readLogLevel(command: Command): LogLevel {
  return readChoice(givenOrDefault(command, 'log-level'), LOG_LEVELS)
}

/**
 * Logs JSON lines on standard error, so that standard output is the program's answer alone. Nobody waits for a reader
 * of the lines: what it leaves unread waits in memory, and beyond `WAITING_BYTES_MAX` is dropped.
 */
export function openLog(level: LogLevel): Logger {
  // Who has closed the other end wants no lines; there is no other place to tell it.
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {})
  const lines = boundedLines(process.stderr, dropped => log.warn({ dropped }, 'lines of the log were dropped'))
  const log = pino({ level, serializers: { err: shownError } }, lines)
  return log
}

/** A cause of a cause of … is told so far. */
const CAUSES_MAX = 5

/**
 * What of an error is logged: its kind, what it says, where it arose and its causes. Nothing else that it carries: that
 * may be what a client has sent.
 */
export function shownError(error: unknown, causes = CAUSES_MAX): unknown {
  if (!(error instanceof Error)) return typeof error
  const { name, message, stack, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  // SQLite's own number: https://sqlite.org/rescode.html
  const errcode = 'errcode' in error && typeof error.errcode === 'number' ? { errcode: error.errcode } : {}
  const because = cause === undefined || causes === 0 ? {} : { cause: shownError(cause, causes - 1) }
  return { type: name, message, ...code, ...errcode, stack, ...because }
}

/** What JSON leaves as it is and a terminal may act on: DEL, C1, and what turns the direction of a line. */
const ACTING = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Gives the lines that wait for a reader a last chance; false where it does not take them in time. */
export function logIsWritten(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), LAST_LINES_MS)
  process.stderr.write('', () => resolve(true))
  return promise.finally(() => clearTimeout(timer))
}

/** In bytes; lines that tell of failures may wait beyond it, as much again. */
const WAITING_BYTES_MAX = 1_048_576
const LAST_LINES_MS = 2_000
/** A line of the level `error` (50) or `fatal` (60): a line begins with its level. */
const FAILURE = /^\{"level":[56]0,/

/** Hands lines of JSON on, control characters escaped, as long as few of them wait. `tell` is told of those that were dropped, when there is room again. */
export function boundedLines(
  stream: Pick<Writable, 'write' | 'writableLength'>,
  tell: (dropped: number) => void,
): pino.DestinationStream {
  let dropped = 0
  return {
    write(line) {
      const room = FAILURE.test(line) ? 2 * WAITING_BYTES_MAX : WAITING_BYTES_MAX
      if (stream.writableLength > room) {
        dropped += 1
        return
      }
      stream.write(line.replaceAll(ACTING, escaped))
      if (dropped === 0 || stream.writableLength > WAITING_BYTES_MAX) return
      const told = dropped
      dropped = 0
      tell(told)
    },
  }
}
