import type { DirectoryObject, JsonValue } from '../core/fact.ts'
import type { PropertyRule } from '../core/property.ts'
import { propertiesOf } from '../core/resource.ts'
import { odataType } from './resourceNames.ts'

export type JsonObject = Record<string, JsonValue>

/**
 * An object as GET shows it: the selected properties, or its standard representation where nothing is selected. What
 * was never set is null, or an empty collection (learn.microsoft.com, graph/api/group-get).
 */
export function resourceBody(object: DirectoryObject, selected: readonly string[] | null): JsonObject {
  const table = propertiesOf(object.type)
  const body: JsonObject = {}
  if (selected === null || selected.includes('id')) body['id'] = object.id
  for (const [name, rule] of table) {
    if (rule.unshown) continue
    if (selected === null ? rule.standard : selected.includes(name)) body[name] = shownValue(object, name, rule)
  }
  return body
}

/** The same among objects of other types: it says what it is. */
export function typedResourceBody(object: DirectoryObject, selected: readonly string[] | null): JsonObject {
  return { '@odata.type': odataType(object.type), ...resourceBody(object, selected) }
}

function shownValue(object: DirectoryObject, name: string, rule: PropertyRule): JsonValue {
  if (name === 'deletedDateTime') return object.deletedAt
  const value = object.properties[name]
  if (value !== undefined) return value
  if (rule.initial !== undefined) return rule.initial
  return rule.kind === 'strings' || rule.kind === 'objects' ? [] : null
}
