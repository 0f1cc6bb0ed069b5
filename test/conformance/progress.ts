import ora from 'ora'
import { hasRoom } from '../replay/progress.ts'
import { countsOf, sentenceOfCounts } from './report.ts'
import type { Finding } from './run.ts'

/** Tells on a terminal how far a run has come; elsewhere it says nothing. */
export interface Progress {
  readonly show: (findings: readonly Finding[]) => void
  readonly stop: () => void
}

/** In characters; bar and sentence fit a terminal of 80. */
const BAR_WIDTH = 24

/** The terminal is left in its own mode, so that Ctrl-C stays a signal. */
export function newProgress(stream: NodeJS.WriteStream, casesInAll: number): Progress {
  if (!hasRoom(stream)) return { show: () => {}, stop: () => {} }
  const spinner = ora({ stream, discardStdin: false, text: 'starting' }).start()
  return {
    show: findings => {
      const filled = Math.floor((BAR_WIDTH * findings.length) / casesInAll)
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`
      spinner.text = `${bar} ${findings.at(-1)?.subject.id ?? ''} ${sentenceOfCounts(countsOf(findings))}`
    },
    stop: () => spinner.stop(),
  }
}
