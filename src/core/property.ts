import type { JsonValue } from './fact.ts'

/** What a property's value can be. `strings` and `objects` are collections: unset, they read as `[]`. */
export type PropertyKind = 'string' | 'boolean' | 'integer' | 'dateTime' | 'object' | 'strings' | 'objects'

/**
 * Who may set a property: callers at creation and later (`always`), callers at creation only (`creation`), callers
 * while it is not set (`once`), or the directory alone (`never`).
 */
export type Writability = 'always' | 'creation' | 'once' | 'never'

/** One row of a resource's table. Every text, collection and object that callers write has a bound (DELTA-151). */
export interface PropertyRule {
  /** Stands for the name in state tokens: never given to another name. */
  readonly number: number
  readonly kind: PropertyKind
  /** Part of the standard representation: shown and tracked where nothing is selected. */
  readonly standard: boolean
  readonly write: Writability
  /** In UTF-16 code units: of a text, of an object's JSON, of each of a collection's. */
  readonly lengthMax?: number
  /** Of the texts or objects of a collection. */
  readonly countMax?: number
  /** The only values, in the spelling in which they are kept; matched without regard to case. */
  readonly values?: readonly string[]
  /** False: a value, once there, cannot be cleared. */
  readonly clearable?: boolean
  /** Kept outside the directory (Exchange, SharePoint): shown only on one object by name, never tracked, written on its own. */
  readonly outside?: boolean
  /** The complex type of an object, or of a collection's objects, by Graph's name: `odata/complexTypes.ts` says what it holds. */
  readonly complex?: string
  /** Of an object that holds texts alone: the names of them. */
  readonly texts?: readonly string[]
  /** What it reads as while nobody has set it, where that is not null. */
  readonly initial?: JsonValue
  /** Never part of an answer: only filters can ask for it. */
  readonly unshown?: boolean
}

export type PropertyTable = ReadonlyMap<string, PropertyRule>

type Extra = Partial<Omit<PropertyRule, 'number' | 'kind' | 'write' | 'standard'>>

/** The rule of a property that the standard representation shows. */
export function shown(number: number, kind: PropertyKind, write: Writability, extra: Extra = {}): PropertyRule {
  return { number, kind, write, standard: true, ...extra }
}

/** The rule of a property that is shown only where it is selected. */
export function onRequest(number: number, kind: PropertyKind, write: Writability, extra: Extra = {}): PropertyRule {
  return { number, kind, write, standard: false, ...extra }
}
