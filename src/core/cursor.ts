import { type Edge, type Fact, RELATIONS, type Relation, type Version } from './fact.ts'

/**
 * Where a scan stands: at the last row examined, an object (`relation` null) or one of its edges. `whole` says that
 * nothing of the object is left to tell.
 */
export interface KeyCursor {
  readonly id: string
  readonly relation: Relation | null
  readonly target: string
  readonly whole: boolean
}

/**
 * Where a catch-up stands: at the last fact examined, in the order (version, object id, relation, target id). An object
 * comes before its edges of the same version. The relation is part of it: one commit can remove a member and an owner
 * who are one person.
 */
export interface ChangeCursor {
  readonly version: Version
  readonly id: string
  readonly relation: Relation | null
  readonly target: string
}

/** The cursor that stands before every fact of the versions after `version`. */
export function afterVersion(version: Version): ChangeCursor {
  return { version: version + 1, id: '', relation: null, target: '' }
}

/** An object's own row comes first, then its relations in their order. */
export function relationRank(relation: Relation | null): number {
  return relation === null ? 0 : RELATIONS.indexOf(relation) + 1
}

export function cursorAt(fact: Fact): ChangeCursor {
  if (fact.kind === 'object') return { version: fact.object.version, id: fact.object.id, relation: null, target: '' }
  const { version, source, relation, target } = fact.edge
  return { version, id: source, relation, target }
}

/** Behind every id that there can be. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The cursor that stands behind an edge and all others of its version, object and relation, and names none of them. */
export function behindAllOf({ version, source, relation }: Edge): ChangeCursor {
  return { version, id: source, relation, target: LAST_ID }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Negative, 0 or positive: the one order of changes that every store keeps. */
export function compareChanges(a: ChangeCursor, b: ChangeCursor): number {
  return (
    a.version - b.version ||
    compareText(a.id, b.id) ||
    relationRank(a.relation) - relationRank(b.relation) ||
    compareText(a.target, b.target)
  )
}
