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

/** A bar on a terminal, elsewhere a line every 5 s. */
export function newProgress(stream: NodeJS.WriteStream, linesInAll: number): Progress {
  if (!hasRoom(stream)) return newLines(text => stream.write(`${text}\n`), linesInAll, Date.now)
  const { show, stop } = newBar(stream, BAR_WIDTH)
  return { show: standing => show(standing.lines, linesInAll, shortSentence(standing, linesInAll)), stop }
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

/** A bar with a text behind it, on a terminal that has room for one. */
export interface Bar {
  readonly show: (done: number, inAll: number, text: string) => void
  readonly stop: () => void
}

/** Draws a bar of so many characters. The terminal is left in its own mode, so that Ctrl-C stays a signal. */
export function newBar(stream: NodeJS.WriteStream, width: number): Bar {
  const spinner = ora({ stream, discardStdin: false, text: 'starting' }).start()
  return {
    show: (done, inAll, text) => {
      const filled = Math.floor((width * done) / inAll)
      spinner.text = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${text}`
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
