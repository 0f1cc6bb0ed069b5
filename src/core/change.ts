import type { DirectoryObject, JsonValue, ObjectType, Version } from './fact.ts'
import type { ObjectId } from './id.ts'
import { propertiesOf } from './resource.ts'
import type { Transaction } from './snapshot.ts'
import type { Values } from './value.ts'

/** What a command is handed besides its transaction: the core has no clock, no randomness and no configuration. */
export interface CommandContext {
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  /** Gives a version 4 UUID that was never given before. */
  readonly newId: () => ObjectId
  /** The tenant's verified domains, in lower case, its default first. */
  readonly domains: readonly [string, ...string[]]
  /** False: the older rule, by which security groups are purged at once (learn.microsoft.com, graph/delta-query-groups). */
  readonly recycleSecurityGroups: boolean
}

/** An object's first state, in the view from this commit on. */
export function newObject(
  type: ObjectType,
  id: ObjectId,
  values: Values,
  version: Version,
  membersHidden = false,
): DirectoryObject {
  const blank: DirectoryObject = {
    id,
    type,
    state: 'live',
    version,
    entered: version,
    deletedAt: null,
    membersHidden,
    properties: {},
    stamps: {},
  }
  return withValues(blank, values, version) ?? blank
}

/**
 * The object with these values, each stamped with the version that changed it; null when all of them are what it
 * has already. Setting null what was never set is a change; setting the same value is none.
 */
export function withValues(object: DirectoryObject, values: Values, version: Version): DirectoryObject | null {
  const properties: Record<string, JsonValue> = {}
  const stamps: Record<string, Version> = {}
  let changed = false
  for (const name of propertiesOf(object.type).keys()) {
    const before = object.properties[name]
    const value = values.get(name)
    const differs = value !== undefined && (before === undefined || !sameValue(before, value))
    const after = differs ? value : before
    if (after === undefined) continue
    properties[name] = after
    stamps[name] = differs ? version : (object.stamps[name] ?? object.entered)
    changed ||= differs
  }
  return changed ? { ...object, version, properties, stamps } : null
}

function sameValue(a: JsonValue, b: JsonValue): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** Puts an object into the recycle bin. Its own edges and those to it stay as they are. */
export async function recycle(transaction: Transaction, object: DirectoryObject, at: string): Promise<void> {
  await transaction.putObject({ ...object, state: 'deleted', version: transaction.version, deletedAt: at }, {})
}

/** Leaves of an object only its tombstone, and of every edge to it too; its own edges go with it. */
export async function purge(transaction: Transaction, object: DirectoryObject): Promise<void> {
  const tombstone: DirectoryObject = {
    ...object,
    state: 'purged',
    version: transaction.version,
    deletedAt: null,
    properties: {},
    stamps: {},
  }
  await transaction.putObject(tombstone, {})
  await transaction.dropEdgesFrom(object.id)
  await transaction.removeEdgesTo(object.id)
}
