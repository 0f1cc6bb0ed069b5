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

/** Logs JSON lines on standard error, so that standard output is the program's answer alone. */
export function openLog(level: LogLevel): Logger {
  return pino({ level }, pino.destination({ dest: 2, sync: true }))
}
