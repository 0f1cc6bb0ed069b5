import { OBJECT_TYPES, type ObjectType, RELATIONS } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import { propertiesOf } from '../core/resource.ts'
import { readSelect } from './options.ts'

/** The collections of the service, by the type of what they hold. */
export const ENTITY_SETS = {
  group: 'groups',
  user: 'users',
  device: 'devices',
  servicePrincipal: 'servicePrincipals',
  orgContact: 'contacts',
} as const satisfies Record<ObjectType, string>

/** What a delta is asked of: the objects of one type, or directory objects of several. */
export type DeltaResource = ObjectType | 'directoryObject'

/** The collection that a delta is asked of. */
export function collectionNamed(resource: DeltaResource): string {
  return resource === 'directoryObject' ? 'directoryObjects' : ENTITY_SETS[resource]
}

/** The name of a type in `@odata.type`. */
export function odataType(type: ObjectType): string {
  return `#microsoft.graph.${type}`
}

/** The name of a type in lower case, without its namespace, be that in its long or short form. */
export function localName(name: string): string {
  return name.toLowerCase().replace(/^#?(?:microsoft\.)?graph\./, '')
}

/** The type that a name stands for, in any case, with or without its namespace; null when none does. */
export function typeNamed(name: string): ObjectType | null {
  const local = localName(name)
  return OBJECT_TYPES.find(type => type.toLowerCase() === local) ?? null
}

type Names = ReadonlyMap<string, string>

function folded(names: Iterable<string>): Names {
  return new Map([...names].map(name => [name.toLowerCase(), name]))
}

/** What `$select` may name on an object or a list: lower case to canonical. */
export function selectableNames(type: ObjectType): Names {
  return folded(['id', ...propertiesOf(type).keys()])
}

/** What `$select` may name on a delta: relations too. */
export function trackableNames(type: ObjectType): Names {
  return folded(['id', ...propertiesOf(type).keys(), ...relationsOf(type)])
}

/** The relations that a round of these objects can track. */
export function relationsOf(type: ObjectType): typeof RELATIONS | readonly [] {
  return type === 'group' ? RELATIONS : []
}

/** What bodies may name: lower case to canonical. */
export function writableNames(type: ObjectType): Names {
  return folded(propertiesOf(type).keys())
}

/**
 * Reads `$select` on a collection. `*` leaves out what is kept outside the directory; naming such a property throws
 * `NotImplemented` (learn.microsoft.com, graph/delta-query-overview of 2021).
 */
export function readCollectionSelect(type: ObjectType, text: string, known: Names): string[] {
  const table = propertiesOf(type)
  const asked = text.split(',').map(name => name.trim().toLowerCase())
  const names = readSelect(text, known, type)
  const outside = names.find(name => table.get(name)?.outside && asked.includes(name.toLowerCase()))
  if (outside === undefined) return names.filter(name => !table.get(name)?.outside)
  throw new Problem(
    'NotImplemented',
    `This operation target is not yet supported: '${outside}' is not kept in the directory.`,
  )
}
