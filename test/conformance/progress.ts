import { hasRoom, newBar } from '../replay/progress.ts'
import { countsOf, sentenceOfCounts } from './report.ts'
import type { Finding } from './run.ts'

/** Tells on a terminal how far a run has come; elsewhere it says nothing. */
export interface Progress {
  readonly show: (findings: readonly Finding[]) => void
  readonly stop: () => void
}

/** In characters; bar and sentence fit a terminal of 80. */
const BAR_WIDTH = 24

export function newProgress(stream: NodeJS.WriteStream, casesInAll: number): Progress {
  if (!hasRoom(stream)) return { show: () => {}, stop: () => {} }
  const { show, stop } = newBar(stream, BAR_WIDTH)
  return {
    show: findings => {
      const told = `${findings.at(-1)?.subject.id ?? ''} ${sentenceOfCounts(countsOf(findings))}`
      show(findings.length, casesInAll, told)
    },
    stop,
  }
}
