import { OBJECT_TYPES } from '../core/fact.ts'
import type { PropertyKind, PropertyRule } from '../core/property.ts'
import { propertiesOf } from '../core/resource.ts'
import {
  BOOLEAN,
  COMPLEX_TYPES,
  collectionOf,
  complex,
  type EdmType,
  INTEGER,
  MOMENT,
  STRING,
  STRINGS,
} from './complexTypes.ts'
import { ORGANIZATION_PROPERTIES } from './organization.ts'
import { ENTITY_SETS } from './resourceNames.ts'

const KINDS: Readonly<Record<Exclude<PropertyKind, 'object' | 'objects'>, EdmType>> = {
  string: STRING,
  strings: STRINGS,
  boolean: BOOLEAN,
  integer: INTEGER,
  dateTime: MOMENT,
}

/** The type of a property. An object's table must name its complex type. */
export function edmTypeOf({ kind, complex: name }: PropertyRule): EdmType {
  if (kind !== 'object' && kind !== 'objects') return KINDS[kind]
  if (name === undefined || COMPLEX_TYPES[name] === undefined)
    throw new Error(`The complex type '${name}' is not known.`)
  return kind === 'object' ? complex(name) : collectionOf(complex(name))
}

/** All entity sets with the types of what they hold: those of one type of object, all objects together, the tenant. */
export const SETS: readonly (readonly [name: string, type: string])[] = [
  ...OBJECT_TYPES.map(type => [ENTITY_SETS[type], type] as const),
  ['directoryObjects', 'directoryObject'],
  ['organization', 'organization'],
]

const TYPES_OF_ROOTS: ReadonlyMap<string, string> = new Map([...SETS, ['directory', 'directory']])
const SETS_OF_TYPES: ReadonlyMap<string, string> = new Map(SETS.map(([name, type]) => [type, name]))

/** The type of what a collection or single resource at the root holds. */
export function typeOfRoot(name: string): string {
  const type = TYPES_OF_ROOTS.get(name)
  if (type === undefined) throw new Error(`The context names '${name}', which is not declared.`)
  return type
}

/** The collection that the entities of a type are found in; null where there is none. */
export function entitySetOf(type: string): string | null {
  return SETS_OF_TYPES.get(type) ?? null
}

/** Whether a caller can change anything of a type's entities. Contacts are read-only (learn.microsoft.com, graph/api/resources/orgcontact). */
export function isEditable(type: string): boolean {
  return OBJECT_TYPES.some(known => known === type) && type !== 'orgContact'
}

/** The types of all properties of an entity or complex type, by name. */
export function propertyTypesOf(type: string): ReadonlyMap<string, EdmType> {
  return PROPERTY_TYPES.get(type) ?? NO_TYPES
}

const NO_TYPES: ReadonlyMap<string, EdmType> = new Map()

const PROPERTY_TYPES: ReadonlyMap<string, ReadonlyMap<string, EdmType>> = new Map([
  ...OBJECT_TYPES.map(
    type => [type, new Map([...propertiesOf(type)].map(([name, rule]) => [name, edmTypeOf(rule)]))] as const,
  ),
  ...Object.entries({ ...COMPLEX_TYPES, organization: ORGANIZATION_PROPERTIES }).map(
    ([type, fields]) => [type, new Map<string, EdmType>(Object.entries(fields))] as const,
  ),
])
