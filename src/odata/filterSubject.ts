import type { ObjectType, Relation } from '../core/fact.ts'
import { type FilterRules, filterRulesOf } from '../core/filterRule.ts'
import type { PropertyKind } from '../core/property.ts'
import { propertiesOf, resourceName } from '../core/resource.ts'
import { relationsOf, selectableNames } from './resourceNames.ts'

/** What `$filter` and `$search` are asked of: objects of one type, or of several that stand together. */
export interface FilterSubject {
  /** The type without its namespace: `group`, `directoryObject`. */
  readonly type: string
  /** The name of the resource as error texts have it. */
  readonly resource: string
  readonly rules: FilterRules
  /** Names of properties, lower case to canonical. */
  readonly names: ReadonlyMap<string, string>
  readonly kindOf: (property: string) => PropertyKind
  /** The relations whose number of edges can be asked for; null where none can. */
  readonly edges: EdgeSubject | null
}

export interface EdgeSubject {
  readonly relations: readonly Relation[]
  /** Whether hidden members count for who asks. */
  readonly showHidden: boolean
}

/** The live objects of a collection: what edges lead from them can be asked too. */
export function collectionSubject(type: ObjectType, showHidden: boolean): FilterSubject {
  return { ...subjectOf(type, 'live'), edges: { relations: relationsOf(type), showHidden } }
}

/** Objects of one type. Only those in the recycle bin have a `deletedDateTime`. */
export function subjectOf(type: ObjectType, state: 'live' | 'deleted'): FilterSubject {
  const rules = filterRulesOf(type)
  return {
    type,
    resource: resourceName(type),
    rules: state === 'deleted' ? rules : new Map([...rules].filter(([name]) => name !== 'deletedDateTime')),
    names: selectableNames(type),
    kindOf: property => propertiesOf(type).get(property)?.kind ?? 'string',
    edges: null,
  }
}

const SHARED = ['id', 'displayName', 'mail', 'mailNickname']

/** Objects of several types: what they have in common can be asked of them. */
export const DIRECTORY_OBJECTS: FilterSubject = {
  type: 'directoryObject',
  resource: 'DirectoryObject',
  rules: new Map([...filterRulesOf('user')].filter(([name]) => SHARED.includes(name))),
  names: new Map(SHARED.map(name => [name.toLowerCase(), name])),
  kindOf: () => 'string',
  edges: null,
}
