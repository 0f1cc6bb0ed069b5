import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AWAITED } from './awaited.ts'
import { parityOf } from './parity.ts'
import { numberOf, SECTIONS, UNTOLD } from './registry.ts'
import type { Finding } from './run.ts'

const DOCS = join(import.meta.dirname, '../../docs')

/** A document, as it is and as the suite would write it. */
export interface Document {
  readonly path: string
  readonly text: string
  readonly due: string
}

/** The parity table of a run of all cases. */
export function parityDocument(findings: readonly Finding[]): Document {
  const path = join(DOCS, 'parity.md')
  return { path, text: readFileSync(path, 'utf8'), due: parityOf(findings, AWAITED) }
}

const LIST = /(?<=<!-- written from the cases -->\n).*(?=<!-- end -->\n)/s

/** The list of cases in docs/conformance.md. */
export function casesDocument(): Document {
  const path = join(DOCS, 'conformance.md')
  const text = readFileSync(path, 'utf8')
  return { path, text, due: text.replace(LIST, () => listOfCases()) }
}

/** Writes both anew. */
export function writeDocs(findings: readonly Finding[]): void {
  for (const { path, due } of [parityDocument(findings), casesDocument()]) writeFileSync(path, due)
}

function listOfCases(): string {
  const line = ({ id, level, claim }: { id: string; level: string; claim: string }, rest: string): string =>
    `- **${id}** ${level} · ${claim} (${rest})\n`
  const sections = SECTIONS.map(({ title, cases }) => {
    const lines = cases.map(subject => line(subject, subject.promises.join(', ')))
    return `\n### ${title}\n\n${lines.join('')}`
  })
  const untold = UNTOLD.toSorted((one, other) => numberOf(one) - numberOf(other)).map(clause =>
    line(clause, clause.reason.replace(/\.$/, '')),
  )
  return `${sections.join('')}\n### Not told yet\n\n${untold.join('')}\n`
}
