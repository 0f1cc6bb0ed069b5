import type { JsonValue, ObjectType } from './fact.ts'
import { invalidValue, Problem } from './problem.ts'
import type { PropertyRule } from './property.ts'
import { propertiesOf, resourceName } from './resource.ts'

/** Property values by canonical name, as a caller sends them. */
export type Values = ReadonlyMap<string, JsonValue>

/**
 * Checks what a caller sends against the resource's table and gives the values as they are kept. At creation a null
 * says the same as silence. Throws `Request_BadRequest` naming the property that cannot be so.
 */
export function readValues(type: ObjectType, sent: Values, occasion: 'creation' | 'update'): Map<string, JsonValue> {
  const table = propertiesOf(type)
  const resource = resourceName(type)
  const values = new Map<string, JsonValue>()
  for (const [name, rule] of table) {
    const value = sent.get(name)
    if (value === undefined) continue
    if (rule.write === 'never') throw readOnly(name, resource)
    if (rule.write === 'creation' && occasion === 'update') throw readOnly(name, resource)
    if (rule.outside && occasion === 'creation') {
      throw new Problem('Request_BadRequest', `Property '${name}' of resource '${resource}' cannot be set at creation.`)
    }
    if (value === null && occasion === 'creation') continue
    values.set(name, readValue(name, rule, value, resource))
  }
  if (occasion === 'update') refuseBesideOutside(type, values, 0)
  return values
}

/**
 * What is kept outside the directory is written on its own (learn.microsoft.com, graph/api/group-update and user-update).
 * Throws `Request_BadRequest` where it stands beside other values, or beside so many others.
 */
export function refuseBesideOutside(type: ObjectType, values: Values, others: number): void {
  const table = propertiesOf(type)
  const outside = [...values.keys()].filter(name => table.get(name)?.outside)
  if (outside.length === 0 || outside.length === values.size + others) return
  throw new Problem('Request_BadRequest', `Property '${outside[0]}' cannot be updated together with other properties.`)
}

function readOnly(name: string, resource: string): Problem {
  return new Problem(
    'Request_BadRequest',
    `Property '${name}' of resource '${resource}' is read-only and cannot be set.`,
  )
}

function readValue(name: string, rule: PropertyRule, value: JsonValue, resource: string): JsonValue {
  const refused = invalidValue(name, resource)
  if (value === null) {
    if (rule.clearable === false || rule.kind === 'strings' || rule.kind === 'objects') throw refused
    if (rule.initial !== undefined) throw refused
    return null
  }
  switch (rule.kind) {
    case 'boolean':
      if (typeof value !== 'boolean') throw refused
      return value
    case 'string':
      return readText(rule, value, refused)
    case 'dateTime':
      return readDateTime(value, refused)
    case 'strings':
      if (!Array.isArray(value) || value.length > (rule.countMax ?? Infinity)) throw refused
      return readTexts(rule, value, refused)
    case 'object':
      if (!isObjectWithin(rule, value)) throw refused
      return rule.texts === undefined ? value : readObjectOfTexts(rule.texts, value, refused)
    case 'integer':
      throw refused
    case 'objects':
      if (!Array.isArray(value) || value.length > (rule.countMax ?? Infinity)) throw refused
      if (!value.every(item => isObjectWithin(rule, item))) throw refused
      return value
  }
}

/** Names are known in any case, annotations passed over. */
function readObjectOfTexts(names: readonly string[], value: object, refused: Problem): JsonValue {
  const texts: Record<string, string | null> = {}
  for (const [sent, text] of Object.entries(value)) {
    if (sent.includes('@odata.')) continue
    const name = names.find(known => known.toLowerCase() === sent.toLowerCase())
    if (name === undefined || (text !== null && typeof text !== 'string')) throw refused
    texts[name] = text
  }
  return texts
}

function isObjectWithin(
  { lengthMax = Infinity }: PropertyRule,
  value: JsonValue,
): value is { readonly [name: string]: JsonValue } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && JSON.stringify(value).length <= lengthMax
  )
}

/** Of known values each is kept once, however often it is sent. */
function readTexts(rule: PropertyRule, value: readonly JsonValue[], refused: Problem): string[] {
  const texts = value.map(text => readText(rule, text, refused))
  return rule.values === undefined ? texts : [...new Set(texts)]
}

function readText(rule: PropertyRule, value: JsonValue, refused: Problem): string {
  if (typeof value !== 'string') throw refused
  if (rule.clearable === false && value.trim() === '') throw refused
  if (rule.lengthMax !== undefined && value.length > rule.lengthMax) throw refused
  if (rule.values === undefined) return value
  const kept = rule.values.find(known => known.toLowerCase() === value.toLowerCase())
  if (kept === undefined) throw refused
  return kept
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d)$/

/** What JavaScript would take for another day (30 February) or cannot write in four digits (the year 10000) is refused. */
function readDateTime(value: JsonValue, refused: Problem): string {
  if (typeof value !== 'string' || !DATE_TIME.test(value)) throw refused
  const time = Date.parse(value)
  const day = value.slice(0, 10)
  if (Number.isNaN(time) || !new Date(`${day}T00:00Z`).toISOString().startsWith(day)) throw refused
  if (!/^\d{4}-/.test(new Date(time).toISOString())) throw refused
  return dateTime(time)
}

/** A moment as properties keep it: UTC, whole seconds, `2014-01-01T00:00:00Z`. `at` is in milliseconds since 1970. */
export function dateTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

/** Throws `Request_BadRequest` for the first of the names that has no value. */
export function requireValues(type: ObjectType, values: Values, names: readonly string[]): void {
  for (const name of names) if (!values.has(name)) throw missingValue(type, name)
}

/** The refusal of an object without a value that it must have (learn.microsoft.com, graph/api/group-post-groups). */
export function missingValue(type: ObjectType, name: string): Problem {
  const message = `A value is required for property '${name}' of resource '${resourceName(type)}'.`
  return new Problem('Request_BadRequest', message)
}

const NICKNAME = /^[\x21-\x7e]{1,64}$/
const NICKNAME_REFUSES = /[@()\\[\]";:<>,]/

/** A mailNickname: 1 to 64 ASCII characters, none of `@ ( ) \ [ ] " ; : < > ,` and no blank. */
export function checkMailNickname(type: ObjectType, value: JsonValue | undefined): void {
  if (value === undefined || value === null) return
  if (typeof value !== 'string' || !NICKNAME.test(value) || NICKNAME_REFUSES.test(value)) {
    throw invalidValue('mailNickname', resourceName(type))
  }
}
