import { relationRank } from '../../core/cursor.ts'
import type { DirectoryObject, Edge, Nonce, ObjectType, Relation, Version } from '../../core/fact.ts'
import type { ObjectId } from '../../core/id.ts'
import { isStandard } from '../../core/resource.ts'
import type { Scope } from '../../core/snapshot.ts'
import type { Authorship } from '../store.ts'

export interface Commit extends Authorship {
  readonly nonce: Nonce
}

/** One state of a tenant. Once it is the present one nothing in it changes: the next one is another. */
export interface State {
  readonly head: Version
  readonly horizon: Version
  readonly objects: ReadonlyMap<ObjectId, DirectoryObject>
  /** By `edgeKey`. */
  readonly edges: ReadonlyMap<string, Edge>
  /** What each alternate key names, by `key value`. */
  readonly names: ReadonlyMap<string, ObjectId>
  /** The directory roles of users that have some, in alphabetical order. */
  readonly roles: ReadonlyMap<ObjectId, readonly string[]>
  /** In ascending order, from the horizon's own on. */
  readonly commits: ReadonlyMap<Version, Commit>
}

export const EMPTY: State = {
  head: 0,
  horizon: 0,
  objects: new Map(),
  edges: new Map(),
  names: new Map(),
  roles: new Map(),
  commits: new Map(),
}

/** The state without what lies below the horizon, once that has moved up to `horizon` or the head. */
export function compacted(state: State, horizon: Version): State {
  const reached = Math.max(state.horizon, Math.min(horizon, state.head))
  const objects = new Map(
    [...state.objects].filter(([, { state, version }]) => state !== 'purged' || version > reached),
  )
  const edges = [...state.edges].filter(([, edge]) => objects.has(edge.source) && (edge.live || edge.version > reached))
  const commits = [...state.commits].filter(([version]) => version >= reached)
  return { ...state, horizon: reached, objects, edges: new Map(edges), commits: new Map(commits) }
}

/** In ascending order of id; `ids` null for all. */
export function objectsOf({ objects }: State, type: ObjectType, ids: Scope['ids']): DirectoryObject[] {
  const found = [...objects.values()].filter(
    object => object.type === type && (ids === null || ids.includes(object.id)),
  )
  return found.sort((a, b) => compareText(a.id, b.id))
}

/** An object with the properties that a scope reads. */
export function asRead(object: DirectoryObject, { type, properties }: Scope): DirectoryObject {
  if (properties === 'all') return object
  const read = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => isStandard(type, name)))
  return { ...object, properties: read(object.properties), stamps: read(object.stamps) }
}

/** A copy, of what can be written as JSON, that nobody can change. */
export function kept<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, part) => Object.freeze(part))
}

export function edgeKey(source: ObjectId, relation: Relation, target: ObjectId): string {
  return `${source} ${relation} ${target}`
}

/** The order of the edges of one object. */
export function compareEdges(a: Pick<Edge, 'relation' | 'target'>, b: Pick<Edge, 'relation' | 'target'>): number {
  return relationRank(a.relation) - relationRank(b.relation) || compareText(a.target, b.target)
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
