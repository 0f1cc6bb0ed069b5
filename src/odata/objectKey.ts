import type { ObjectKey } from '../core/alternateKey.ts'
import type { ObjectType } from '../core/fact.ts'
import { isGuid, parseObjectId } from '../core/id.ts'
import type { AlternateKey } from '../core/snapshot.ts'
import { ENTITY_SETS } from './resourceNames.ts'

/** A path's parameter, as sent. */
export interface PathKey {
  /** The alternate key in lower case, as in `groups(uniqueName='a')`; null for an object's own id. */
  readonly property: string | null
  readonly text: string
}

/** The alternate keys by which paths name the objects of a type (learn.microsoft.com, graph/api/group-upsert, graph/api/user-get, graph/api/device-get, graph/api/serviceprincipal-get). */
export const ALTERNATE_KEYS: Partial<Record<ObjectType, AlternateKey>> = {
  group: 'uniqueName',
  user: 'userPrincipalName',
  device: 'deviceId',
  servicePrincipal: 'appId',
}

const BY_COLLECTION: ReadonlyMap<string, string> = new Map(
  Object.entries(ALTERNATE_KEYS).map(([type, key]) => [
    ENTITY_SETS[type as ObjectType].toLowerCase(),
    key.toLowerCase(),
  ]),
)

/** Whether the objects of a collection, a path's segment in lower case, are named by an alternate key, in lower case. */
export function hasAlternateKey(collection: string | undefined, property: string): boolean {
  return collection !== undefined && BY_COLLECTION.get(collection) === property
}

/**
 * Reads which object of a type a path names. A user is named by its userPrincipalName also where its id could stand
 * (learn.microsoft.com, graph/api/user-get). Throws `Request_BadRequest` for any other text that is no id.
 */
export function readObjectKey(type: ObjectType, { property, text }: PathKey): ObjectKey {
  const alternate = ALTERNATE_KEYS[type]
  if (alternate !== undefined && (property !== null || (type === 'user' && !isGuid(text)))) {
    return { property: alternate, value: text }
  }
  return { id: parseObjectId(text) }
}
