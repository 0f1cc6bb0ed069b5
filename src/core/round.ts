import { afterVersion, type ChangeCursor, type KeyCursor } from './cursor.ts'
import type { Nonce, ObjectType, Relation, Version } from './fact.ts'
import type { ObjectId } from './id.ts'
import { isStandard } from './resource.ts'
import type { Scope, Snapshot } from './snapshot.ts'

/** What of the objects of one type a client follows. */
export interface TrackedType {
  readonly type: ObjectType
  /** In the resource's own order, without `id`. */
  readonly properties: readonly string[]
  /** Only groups have any. */
  readonly relations: readonly Relation[]
}

/** What a client follows: the tracked view. Given once, on the first request, and carried by every link. */
export interface Query {
  /** One at least, each type once, in the order of OBJECT_TYPES. */
  readonly types: readonly [TrackedType, ...TrackedType[]]
  /** Ascending; null follows all. */
  readonly ids: readonly ObjectId[] | null
  /** The permission class: whether hidden membership is part of the view. */
  readonly seesHiddenMembers: boolean
}

/** A version that a page was read at, and the commit that it was then: finds a lost tail. */
export interface Sighting {
  readonly version: Version
  readonly nonce: Nonce
}

/**
 * Where a round stands. A first round scans by key from the watermark `base`, one type after the other, then catches up
 * from it by version; a later round only catches up.
 */
export type Position =
  | { readonly phase: 'scan'; readonly type: ObjectType; readonly after: KeyCursor | null }
  | { readonly phase: 'catch-up'; readonly after: ChangeCursor }

/**
 * A round of change tracking: the pages from a first or deltaLink request to the next deltaLink. Everything in it is
 * judged against `base`: what counts as a change, as new, as minimal, and the horizon.
 */
export interface Round {
  readonly query: Query
  readonly first: boolean
  readonly base: Version
  /** The head that the round's first page saw: pages beyond it may be larger, so that a busy tenant's round ends. */
  readonly firstHead: Version
  readonly position: Position
}

/** What a link says: go on with a round, or begin the next one from `base`. `seen` is the head of the page that gave it. */
export type Link =
  | { readonly kind: 'next'; readonly round: Round; readonly seen: Sighting }
  | { readonly kind: 'delta'; readonly query: Query; readonly base: Version; readonly seen: Sighting }

export function firstRound(query: Query, head: Version): Round {
  const [{ type }] = query.types
  return { query, first: true, base: head, firstHead: head, position: { phase: 'scan', type, after: null } }
}

export function laterRound(query: Query, base: Version, head: Version): Round {
  return {
    query,
    first: false,
    base,
    firstHead: head,
    position: { phase: 'catch-up', after: afterVersion(base) },
  }
}

/** What a query tracks of one of its types. */
export function trackedOf({ types }: Query, type: ObjectType): TrackedType {
  const tracked = types.find(one => one.type === type)
  if (tracked === undefined) throw new Error(`The query does not follow objects of the type '${type}'.`)
  return tracked
}

/** What a round reads of all its types. */
export function scopesOf(query: Query): Scope[] {
  return query.types.map(tracked => scopeOf(tracked, query))
}

/** What a round reads of one of them. */
export function scopeOf({ type, relations, properties }: TrackedType, { ids }: Query): Scope {
  const standard = properties.every(name => isStandard(type, name))
  return { type, relations, ids, properties: standard ? 'standard' : 'all' }
}

/** Whether the page that a link asks for is one of a later round: there `return=minimal` can leave something out. */
export function isOfLaterRound(link: Link): boolean {
  return link.kind === 'delta' || !link.round.first
}

export function queryOf(link: Link): Query {
  return link.kind === 'next' ? link.round.query : link.query
}

/**
 * Whether a link can still be followed from this state: nothing it has seen was lost (failover, restored backup,
 * copied file), and no tombstone it needs is gone. It is the base that counts, not the position: a restore makes
 * tombstones news again that the position has passed.
 */
export async function canFollow(snapshot: Snapshot, link: Link): Promise<boolean> {
  const base = link.kind === 'next' ? link.round.base : link.base
  if (base < snapshot.horizon) return false
  return (await snapshot.nonceOf(link.seen.version)) === link.seen.nonce
}

/** What a page sees. A link that can be followed has seen nothing newer. */
export async function sighting(snapshot: Snapshot): Promise<Sighting> {
  const nonce = await snapshot.nonceOf(snapshot.head)
  if (nonce === null) throw new Error(`The commit record of the head, version ${snapshot.head}, is missing.`)
  return { version: snapshot.head, nonce }
}
