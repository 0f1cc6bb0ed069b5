import type { ChangeCursor, KeyCursor } from './cursor.ts'
import type { DirectoryObject, Edge, Fact, Nonce, ObjectState, ObjectType, Relation, Version } from './fact.ts'
import type { ObjectId } from './id.ts'
import type { ListCursor, ListedPage, ListLimit, ListQuery } from './list.ts'

/** How much one page may hold: it ends at whichever comes first. All are at least 1, rows examined 2 where there are edges. */
export interface PageLimit {
  readonly objects: number
  readonly edges: number
  /** Rows looked at, sent or not: the bound on a request's work. */
  readonly examined: number
  /** Of the properties of the objects looked at (`sizeOf`): the object that brings them to so many is the last. */
  readonly bytes: number
}

/** Which facts of one type a round reads. Only groups have relations; a projection beside it names the same ones, and no other properties. */
export interface Scope {
  readonly type: ObjectType
  readonly relations: readonly Relation[]
  /** Which properties objects are read with: those of the standard representation alone, or all. */
  readonly properties: 'standard' | 'all'
  /** Only these objects and their edges, in ascending order; null for all. */
  readonly ids: readonly ObjectId[] | null
}

/**
 * How a scan writes an object: wire names are handed in, no store knows one. The text of an item is `open`, the id,
 * `"`, the properties, the relations that have live edges, `}`. That of an edge is `entry[type]`, the id, `"}`.
 */
export interface Projection {
  readonly open: string
  /** The properties to show, in order; 'standard' for the type's standard representation as it is stored. */
  readonly properties: 'standard' | readonly string[]
  /** For each relation, the text that opens its array, with the comma before it and the bracket: `,"members@delta":[`. */
  readonly relations: readonly { readonly relation: Relation; readonly open: string }[]
  readonly entry: Readonly<Record<ObjectType, string>>
  /** False: objects whose members are hidden are written without `members`. */
  readonly showHiddenMembers: boolean
}

/** A part of a page that the store has written. */
export interface ScannedPage {
  /** JSON objects with commas between them; empty when the part holds none. */
  readonly json: Uint8Array
  readonly objects: number
  readonly edges: number
  readonly examined: number
  readonly bytes: number
  /** Where to go on; null when the scan is over. */
  readonly after: KeyCursor | null
}

/** Alternate keys that name one live object of a tenant; values are compared as given (the core folds their case). */
export type AlternateKey = 'mailNickname' | 'uniqueName' | 'userPrincipalName' | 'deviceId' | 'appId'

/** Which edges a read of memberships follows: live ones of live groups, as a round tells them. */
export interface EdgeView {
  readonly relation: Relation
  /** False: `members` of groups whose members are hidden are not followed, from neither end. */
  readonly showHiddenMembers: boolean
}

/** Who belongs where. Every list has each id once, in ascending order; what is iterated is read as it is asked for, in no order. */
export interface Memberships {
  /**
   * What edges lead to from any of `sources`: objects of one type, or of any where it is null. Of those from `before` on
   * some may be left out.
   */
  targets(
    sources: readonly ObjectId[],
    view: EdgeView,
    type: ObjectType | null,
    after: ObjectId | null,
    limit: number,
    before?: ObjectId | null,
  ): Promise<ObjectId[]>
  /** All of them, each as often as an edge leads to it. */
  eachTarget(
    sources: readonly ObjectId[],
    view: EdgeView,
    type: ObjectType | null,
    after: ObjectId | null,
  ): Iterable<ObjectId>
  countTargets(source: ObjectId, view: EdgeView, type: ObjectType | null): Promise<number>
  /** The groups from which an edge leads to `target`. */
  sources(target: ObjectId, view: EdgeView, after: ObjectId | null, limit: number): Promise<ObjectId[]>
  countSources(target: ObjectId, view: EdgeView): Promise<number>
  /** All groups, in any state, that are reached from a group over any number of memberships, each once; never the group itself. */
  groupsWithin(source: ObjectId, showHiddenMembers: boolean): Iterable<ObjectId>
  /** All groups from which an object is reached over any number of memberships, each once; never the object itself. */
  groupsAround(target: ObjectId, showHiddenMembers: boolean): Iterable<ObjectId>
}

/** One unchanging state of one tenant. */
export interface Snapshot extends Memberships {
  readonly head: Version
  /** Versions at and below it have lost their tombstones. Never above `head`, never falls. */
  readonly horizon: Version
  /** The nonce of a commit; null when there is no record of it (it was never made, was lost, or lies below the horizon). */
  nonceOf(version: Version): Promise<Nonce | null>
  /** Also deleted objects and tombstones; null for an id that was never given out (or whose tombstone is gone). */
  object(id: ObjectId): Promise<DirectoryObject | null>
  idByKey(key: AlternateKey, value: string): Promise<ObjectId | null>
  /** In ascending order of id. */
  objects(type: ObjectType, state: ObjectState, after: ObjectId | null, limit: number): Promise<DirectoryObject[]>
  countObjects(type: ObjectType, state: ObjectState): Promise<number>
  /** The next objects of a list, walk by walk: each in the order of the walk's key, then of id. */
  list(query: ListQuery, after: ListCursor | null, limit: ListLimit): Promise<ListedPage>
  /** Also a removed one. */
  edge(source: ObjectId, relation: Relation, target: ObjectId): Promise<Edge | null>
  /** Live edges, in ascending order of target. */
  edges(source: ObjectId, relation: Relation, after: ObjectId | null, limit: number): Promise<Edge[]>
  /** The next live objects in key order with their live edges, as finished JSON. */
  scan(scope: Scope, projection: Projection, after: KeyCursor | null, limit: PageLimit): Promise<ScannedPage>
  /**
   * The facts of all scopes after the cursor, in the order of `compareChanges`, each read when it is asked for; one
   * reading at a time. No two scopes are of one type. An object has the properties that its scope reads, and their stamps.
   * Where a scope has relations, edges of all relations come: what is passed over is looked at too, and counts.
   */
  changes(scopes: readonly Scope[], after: ChangeCursor): AsyncIterable<Fact>
}

/** What one commit may do: each method stamps what it changes with the commit's version. */
export interface Transaction extends Snapshot {
  /** The version that this commit becomes if it changes anything. */
  readonly version: Version
  /** Writes an object's row as given, with the alternate keys that now name it (and no others). */
  putObject(object: DirectoryObject, keys: Readonly<Partial<Record<AlternateKey, string>>>): Promise<void>
  putEdge(edge: Edge): Promise<void>
  /** Stamps every edge from `source`, removed ones too: what a restore makes news again. */
  stampEdgesFrom(source: ObjectId): Promise<void>
  /** Drops every edge from `source`, without tombstones: its own removal tells them. */
  dropEdgesFrom(source: ObjectId): Promise<void>
  /** Turns every live edge to `target`, of all relations, into a tombstone. */
  removeEdgesTo(target: ObjectId): Promise<void>
}
