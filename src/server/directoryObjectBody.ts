import { OBJECT_TYPES } from '../core/fact.ts'
import { type QueryOptions, readSelect } from '../odata/options.ts'
import { type JsonObject, resourceBody } from '../odata/resourceBody.ts'
import { odataType, selectableNames } from '../odata/resourceNames.ts'
import type { SeenObject } from './objectPermissions.ts'

/** What `$select` asks for among objects of several types: a name need be known to one of them. Null without it. */
export function readMixedSelect({ select }: QueryOptions): string[] | null {
  if (select === undefined) return null
  return readSelect(select, new Map(OBJECT_TYPES.flatMap(type => [...selectableNames(type)])), 'directoryObject')
}

/**
 * An object among others. Of one that the caller may not read only the id is shown: what else is asked for, and its type
 * has, is null, or an empty collection.
 */
export function directoryObjectBody({ object, isReadable }: SeenObject, selected: string[] | null): JsonObject {
  if (isReadable) return resourceBody(object, selected)
  const asked = Object.entries(resourceBody(object, selected ?? []))
  return {
    ...Object.fromEntries(asked.map(([name, value]) => [name, Array.isArray(value) ? [] : null])),
    id: object.id,
  }
}

/** The same where objects of several types stand together: it says what it is. */
export function typedDirectoryObjectBody(seen: SeenObject, selected: string[] | null): JsonObject {
  return { '@odata.type': odataType(seen.object.type), ...directoryObjectBody(seen, selected) }
}
