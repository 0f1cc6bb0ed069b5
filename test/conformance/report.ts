import { nameOf } from './case.ts'
import type { Finding } from './run.ts'

/** How many cases went which way. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export function countsOf(findings: readonly Finding[]): Counts {
  const count = (result: string): number => findings.filter(({ verdict }) => verdict.result === result).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}

/** A row a case, what is to be said of it below, and the counts. */
export function tableOf(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ subject, verdict }) => {
    const row = `${subject.id.padEnd(5)} ${subject.level.padEnd(6)} ${verdict.result.padEnd(7)}  ${subject.claim}`
    const notes = verdict.result === 'skipped' ? [] : verdict.notes
    const said = [...(verdict.result === 'passed' ? [] : [verdict.reason]), ...notes]
    return [row, ...said.map(indented)]
  })
  return [...rows, '', sentenceOfCounts(countsOf(findings))].join('\n')
}

export function sentenceOfCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** For programs: one object. `reason` says why a case failed or was skipped. */
export function jsonOf(url: string, findings: readonly Finding[]): string {
  const cases = findings.map(({ subject, verdict }) => ({
    id: subject.id,
    name: nameOf(subject),
    level: subject.level,
    ...verdict,
  }))
  return JSON.stringify({ url, counts: countsOf(findings), cases })
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, ' '.repeat(22))
}
