import { type Case, nameOf } from './case.ts'
import { DIFFERENCES } from './differences.ts'
import { numberOf, SECTIONS, UNTOLD } from './registry.ts'
import type { Finding } from './run.ts'

/** How far a clause is kept. */
type Standing = 'real' | 'partial' | 'not done'

interface Row {
  readonly id: string
  readonly level: Case['level']
  readonly claim: string
  readonly standing: Standing
  readonly proof: string
}

const HEAD = `# Parity with Microsoft Graph

Written by \`npm run conformance -- --docs\` from the results of the conformance suite on our own server; a test holds that it is what
the suite gives. [conformance.md](conformance.md) tells the cases; MUST is what Microsoft documents, SHOULD what is inferred or observed.

*Real*: the case passes. *Partial*: it passes with the difference named. *Not done*: the reason stands beside it.
`

/** The parity table of a run of all cases. `awaited` holds what is missing where a case is known to fail. */
export function parityOf(findings: readonly Finding[], awaited: Readonly<Record<string, string>>): string {
  const told = findings.map((finding): Row => rowOf(finding, awaited))
  const untold = UNTOLD.map(({ reason, ...clause }): Row => ({ ...clause, standing: 'not done', proof: reason }))
  const rows = [...told, ...untold].sort((one, other) => numberOf(one) - numberOf(other))
  const count = (wanted: Standing): number => rows.filter(({ standing }) => standing === wanted).length
  return [
    HEAD,
    `${rows.length} clauses: ${count('real')} real, ${count('partial')} partial, ${count('not done')} not done.`,
    '',
    '| Case | | Clause | Parity | Test, or reason |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(({ id, level, claim, standing, proof }) => tableRow([id, level, claim, standing, proof])),
    '',
    '## Besides the cases',
    '',
    '| | What | Parity | How we differ |',
    '| --- | --- | --- | --- |',
    ...DIFFERENCES.map(({ promise, subject, standing, reason }) => tableRow([promise, subject, standing, reason])),
    '',
  ].join('\n')
}

function rowOf({ subject, verdict }: Finding, awaited: Readonly<Record<string, string>>): Row {
  const { id, level, promises } = subject
  const claim = `${subject.claim} (${promises.join(', ')})`
  if (verdict.result !== 'passed') {
    return { id, level, claim, standing: 'not done', proof: awaited[id] ?? verdict.reason }
  }
  const standing = verdict.notes.length === 0 ? 'real' : 'partial'
  return { id, level, claim, standing, proof: [`\`cases/${fileOf(subject)}\``, ...verdict.notes].join(': ') }
}

function fileOf(subject: Case): string {
  const section = SECTIONS.find(({ cases }) => cases.includes(subject))
  if (section === undefined) throw new Error(`${nameOf(subject)} is in no section.`)
  return section.file
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map(text => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`
}
