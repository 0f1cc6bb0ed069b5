import type { DirectoryObject, ObjectType } from './fact.ts'
import type { ObjectId } from './id.ts'
import { isUnified } from './membership.ts'
import { notFound, Problem } from './problem.ts'
import type { AlternateKey, Snapshot } from './snapshot.ts'

/** What a caller names an object by: its id, or the value of an alternate key, which is compared without regard to case. */
export type ObjectKey = { readonly id: ObjectId } | { readonly property: AlternateKey; readonly value: string }

/** The id that a key stands for: any id for itself, be it given out or not, and null where nothing live has the value. */
export async function idByKey(snapshot: Snapshot, key: ObjectKey): Promise<ObjectId | null> {
  return 'id' in key ? key.id : snapshot.idByKey(key.property, foldKey(key.value))
}

/** The same. Throws `Request_ResourceNotFound` where nothing has the value. */
export async function namedId(snapshot: Snapshot, key: ObjectKey): Promise<ObjectId> {
  const id = await idByKey(snapshot, key)
  if (id === null) throw notFound('id' in key ? key.id : key.value)
  return id
}

/** An alternate key's value as it is kept and compared. */
export function foldKey(value: string): string {
  return value.toLowerCase()
}

/** The properties that name an object of each type besides its id. */
const NAMING: Readonly<Record<ObjectType, (object: DirectoryObject) => readonly AlternateKey[]>> = {
  group: group => (isUnified(group) ? ['mailNickname', 'uniqueName'] : ['uniqueName']),
  user: () => ['userPrincipalName'],
  device: () => ['deviceId'],
  servicePrincipal: () => ['appId'],
  orgContact: () => [],
}

/**
 * The alternate keys that name an object. Throws `Request_BadRequest` when another object has one of them
 * (learn.microsoft.com, graph/api/resources/group).
 */
export async function freeKeys(
  snapshot: Snapshot,
  object: DirectoryObject,
): Promise<Readonly<Partial<Record<AlternateKey, string>>>> {
  const keys: Partial<Record<AlternateKey, string>> = {}
  for (const key of NAMING[object.type](object)) {
    const value = object.properties[key]
    if (typeof value !== 'string') continue
    keys[key] = foldKey(value)
    const holder = await snapshot.idByKey(key, foldKey(value))
    if (holder === null || holder === object.id) continue
    throw new Problem('Request_BadRequest', `Another object with the same value for property ${key} already exists.`)
  }
  return keys
}
