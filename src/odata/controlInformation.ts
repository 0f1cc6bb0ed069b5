import type { JsonValue } from '../core/fact.ts'
import type { EdmType } from './complexTypes.ts'
import { entitySetOf, isEditable, propertyTypesOf, typeOfRoot } from './declaredTypes.ts'
import type { ServiceRoot } from './deltaPage.ts'
import type { JsonObject } from './resourceBody.ts'

/** What stays of the control information at the level `none`: what a reader cannot go on without (OData JSON Format 4.01 §3.1.3). */
const KEPT: ReadonlySet<string> = new Set(['@odata.nextLink', '@odata.deltaLink', '@odata.count'])

/** An answer at the level `none`. */
export function withoutControl(body: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => !name.includes('@odata.') || KEPT.has(name))
      .map(([name, value]) => [name, bareValue(value)]),
  )
}

function bareValue(value: JsonValue): JsonValue {
  if (isList(value)) return value.map(bareValue)
  return isObject(value) ? withoutControl(value) : value
}

/**
 * An answer at the level `full`: what the context and the declared types imply of each entity is said beside it. An
 * entity whose id is not shown has no links. Answers without a context stay as they are.
 */
export function withAllControl(body: JsonObject, root: ServiceRoot): JsonObject {
  const { '@odata.context': context, ...rest } = body
  const fragment = typeof context === 'string' ? context.split('#')[1] : undefined
  if (context === undefined || fragment === undefined) return body
  const collection = /^Collection\(Edm\.(.*)\)$/.exec(fragment)?.[1]
  if (collection !== undefined)
    return { '@odata.context': context, '@odata.type': `#Collection(${collection})`, ...rest }
  const type = typeOfRoot(fragment.split(/[(/]/)[0] ?? '')
  if (fragment.endsWith('/$entity')) return { '@odata.context': context, ...fullEntity(rest, type, root) }
  const { value = [] } = rest
  return { ...body, value: isList(value) ? value.map(item => entityOr(item, type, root)) : value }
}

function entityOr(value: JsonValue, type: string, root: ServiceRoot): JsonValue {
  return isObject(value) && !('@removed' in value) ? fullEntity(value, type, root) : value
}

function fullEntity(entity: JsonObject, contextType: string, root: ServiceRoot): JsonObject {
  const { '@odata.type': own, ...fields } = entity
  const type = typeof own === 'string' ? own.replace(/^#microsoft\.graph\./, '') : contextType
  const set = entitySetOf(type)
  const url = set === null || typeof entity['id'] !== 'string' ? null : `${root}/${set}/${entity['id']}`
  return {
    '@odata.type': `#microsoft.graph.${type}`,
    ...(url !== null && { '@odata.id': url }),
    ...(url !== null && isEditable(type) && { '@odata.editLink': url }),
    ...fullFields(fields, type, root),
  }
}

/** Each value with its type before it, where JSON does not tell it; what has no type of its own leads to other entities. */
function fullFields(fields: JsonObject, type: string, root: ServiceRoot): JsonObject {
  const types = propertyTypesOf(type)
  const shown: JsonObject = {}
  for (const [name, value] of Object.entries(fields)) {
    const declared = types.get(name)
    const annotation = declared === undefined || value === null ? null : annotationOf(declared)
    if (annotation !== null) shown[`${name}@odata.type`] = annotation
    shown[name] = declared === undefined ? fullRelated(name, value, root) : fullValue(value, declared, root)
  }
  return shown
}

/** Expanded entities; the changes of a relationship say already what each is. */
function fullRelated(name: string, value: JsonValue, root: ServiceRoot): JsonValue {
  return isList(value) && !name.includes('@') ? value.map(item => entityOr(item, 'directoryObject', root)) : value
}

function fullValue(value: JsonValue, { name, collection }: EdmType, root: ServiceRoot): JsonValue {
  if (collection) return isList(value) ? value.map(each => fullValue(each, { name, collection: false }, root)) : value
  if (!isObject(value) || !name.startsWith('graph.')) return value
  const type = name.slice('graph.'.length)
  return { '@odata.type': `#microsoft.graph.${type}`, ...fullFields(value, type, root) }
}

/** A text and a boolean say themselves what they are, and an object says it inside. */
function annotationOf({ name, collection }: EdmType): string | null {
  const local = name.startsWith('Edm.') ? name.slice('Edm.'.length) : name.replace(/^graph\./, 'microsoft.graph.')
  if (collection) return `#Collection(${local})`
  return name === 'Edm.DateTimeOffset' || name === 'Edm.Guid' ? `#${local}` : null
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
