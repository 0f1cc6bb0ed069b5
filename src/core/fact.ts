import type { ObjectId } from './id.ts'

/** The number of a commit within its tenant: 1, 2, 3 …; 0 is the empty directory. */
export type Version = number

/** What tells a commit from another that bears the same number after a lost tail: 64 random bits, 16 hex digits. */
export type Nonce = string & { readonly brand: 'Nonce' }

/** The nonce of version 0: links from an empty directory have seen it, so it is the same for ever. */
export const NONCE_OF_NOTHING = '0000000000000000' as Nonce

/** The kinds of directory object, in the order of their stored codes: append only. */
export const OBJECT_TYPES = ['group', 'user', 'device', 'servicePrincipal', 'orgContact'] as const
export type ObjectType = (typeof OBJECT_TYPES)[number]

/** From a group to an object, in the order in which rounds tell them; also the order of their stored codes: append only. */
export const RELATIONS = ['members', 'owners'] as const
export type Relation = (typeof RELATIONS)[number]

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined }

/** live: in its collection · deleted: in the recycle bin, restorable · purged: a tombstone, its id never comes back. */
export type ObjectState = 'live' | 'deleted' | 'purged'

/** An object's present state, with the version of its latest change: one of the two kinds of fact. */
export interface DirectoryObject {
  readonly id: ObjectId
  readonly type: ObjectType
  readonly state: ObjectState
  readonly version: Version
  /** The commit that created or last restored it: in the view of every round whose base is older, it is new. */
  readonly entered: Version
  /** When it went to the recycle bin: ISO 8601, UTC. Null unless `deleted`. */
  readonly deletedAt: string | null
  /** True where its members are shown only to those who may see hidden membership. Set at creation. */
  readonly membersHidden: boolean
  /** Three-valued: a name that is absent was never set. Empty once purged. */
  readonly properties: Readonly<Record<string, JsonValue>>
  /** The version that last changed each property's value: the same names as `properties`. */
  readonly stamps: Readonly<Record<string, Version>>
}

/** A membership or ownership, from a group to an object: the other kind of fact. Removed edges stay as tombstones. */
export interface Edge {
  readonly source: ObjectId
  readonly relation: Relation
  readonly target: ObjectId
  readonly targetType: ObjectType
  readonly live: boolean
  readonly version: Version
}

export type Fact =
  | { readonly kind: 'object'; readonly object: DirectoryObject }
  | { readonly kind: 'edge'; readonly edge: Edge }
