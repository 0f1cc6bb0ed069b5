import ora from 'ora'
import { count, operationsPerSecond, type Standing } from './standing.ts'

/** Tells on standard error how far a replay has come. */
export interface Progress {
  show(standing: Standing): void
  stop(): void
}

/** In characters; bar and sentence fit a terminal of 80. */
const BAR_WIDTH = 16
const SHOWN_EVERY_MS = 5_000

/**
 * A bar on a terminal, elsewhere a line every 5 s. The terminal is left in its own mode, so that Ctrl-C stays a signal
 * and the server is ended as always.
 */
export function newProgress(stream: NodeJS.WriteStream, linesInAll: number): Progress {
  return hasRoom(stream)
    ? newBar(stream, linesInAll)
    : newLines(text => stream.write(`${text}\n`), linesInAll, Date.now)
}

/** Whether a bar can be drawn. A terminal that does not know its width says 0, by which ora divides and never ends. */
export function hasRoom({ isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): boolean {
  return isTTY && columns > 0
}

/** A line every 5 s of `now`, a clock in milliseconds. */
export function newLines(write: (text: string) => void, linesInAll: number, now: () => number): Progress {
  let shownAt = now()
  return {
    show(standing) {
      if (now() - shownAt < SHOWN_EVERY_MS) return
      shownAt = now()
      write(sentence(standing, linesInAll))
    },
    stop() {},
  }
}

function newBar(stream: NodeJS.WriteStream, linesInAll: number): Progress {
  const spinner = ora({ stream, discardStdin: false, text: 'starting' }).start()
  return {
    show(standing) {
      const filled = Math.floor((BAR_WIDTH * standing.lines) / linesInAll)
      spinner.text = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${shortSentence(standing, linesInAll)}`
    },
    stop: () => spinner.stop(),
  }
}

function shortSentence(standing: Standing, linesInAll: number): string {
  return [
    `${count(standing.lines)}/${count(linesInAll)} lines`,
    `${count(standing.operations)} operations`,
    `${count(operationsPerSecond(standing))}/s`,
    `${count(standing.differences)} differences`,
  ].join(', ')
}

function sentence(standing: Standing, linesInAll: number): string {
  return [
    `${count(standing.lines)} of ${count(linesInAll)} lines`,
    `${count(standing.operations)} operations`,
    `${count(operationsPerSecond(standing))} operations/s`,
    `${count(standing.comparisons)} comparisons`,
    `${count(standing.differences)} differences`,
  ].join(', ')
}
