import type { Case } from './case.ts'
import { ACCESS } from './cases/access.ts'
import { BATCH } from './cases/batch.ts'
import { DELETIONS } from './cases/deletions.ts'
import { ENTRY } from './cases/entry.ts'
import { ERRORS } from './cases/errors.ts'
import { FOLLOW_UP } from './cases/followUp.ts'
import { INITIAL_ROUND } from './cases/initialRound.ts'
import { LIMITS } from './cases/limits.ts'
import { MEMBERS } from './cases/members.ts'
import { OPTIONS } from './cases/options.ts'
import { SELECT } from './cases/select.ts'
import { TOKENS } from './cases/tokens.ts'
import { WRITES } from './cases/writes.ts'

/** Cases of one subject, and the file that holds them. */
export interface Section {
  readonly title: string
  readonly file: string
  readonly cases: readonly Case[]
}

/** Every case, in the order in which they are told. */
export const SECTIONS: readonly Section[] = [
  { title: 'Entry, forms of the URL, shape of a page', file: 'entry.ts', cases: ENTRY },
  { title: 'First rounds', file: 'initialRound.ts', cases: INITIAL_ROUND },
  { title: 'Later rounds', file: 'followUp.ts', cases: FOLLOW_UP },
  { title: '`$select`', file: 'select.ts', cases: SELECT },
  { title: 'Members', file: 'members.ts', cases: MEMBERS },
  { title: 'Deletion and restore of groups', file: 'deletions.ts', cases: DELETIONS },
  { title: '`$filter` and other options', file: 'options.ts', cases: OPTIONS },
  { title: 'State tokens', file: 'tokens.ts', cases: TOKENS },
  { title: 'Who asks, and errors', file: 'errors.ts', cases: ERRORS },
  { title: 'Who may do what', file: 'access.ts', cases: ACCESS },
  { title: 'Group writes', file: 'writes.ts', cases: WRITES },
  { title: 'Limits', file: 'limits.ts', cases: LIMITS },
  { title: 'Batches and roots', file: 'batch.ts', cases: BATCH },
]

export const CASES: readonly Case[] = SECTIONS.flatMap(({ cases }) => cases)

/** A clause that no case tells. */
export interface Untold {
  readonly id: string
  readonly level: Case['level']
  readonly claim: string
  readonly reason: string
}

/** Clauses whose place is kept. */
export const UNTOLD: readonly Untold[] = [
  untold('C155', 'SHOULD', 'a subscription tells that groups changed', 'There are no change notifications.'),
]

function untold(id: string, level: Case['level'], claim: string, reason: string): Untold {
  return { id, level, claim, reason }
}

/** The number of a case, for its place among the others. */
export function numberOf({ id }: Pick<Case, 'id'>): number {
  return Number(id.slice(1))
}
