import { OBJECT_TYPES, type ObjectType } from '../core/fact.ts'
import type { Writability } from '../core/property.ts'
import type { Relationship } from '../core/relationship.ts'
import { propertiesOf } from '../core/resource.ts'
import { BOOLEAN, COMPLEX_TYPES, collectionOf, complex, type EdmType, MOMENT, STRING, STRINGS } from './complexTypes.ts'
import { edmTypeOf, SETS } from './declaredTypes.ts'
import { ALTERNATE_KEYS } from './objectKey.ts'
import { ORGANIZATION_PROPERTIES } from './organization.ts'
import { ENTITY_SETS } from './resourceNames.ts'

export interface EdmProperty {
  readonly name: string
  readonly type: EdmType
  readonly write: Writability
}

/** Leads from one entity to others. */
export interface EdmNavigation {
  readonly name: string
  /** The type, without its namespace, of each of them. */
  readonly target: string
  /** Whether they are found below this entity alone. */
  readonly contained: boolean
}

export interface EdmEntityType {
  readonly name: string
  readonly base: string | null
  readonly abstract: boolean
  /** Without those of its base. */
  readonly properties: readonly EdmProperty[]
  readonly navigations: readonly EdmNavigation[]
  readonly alternateKey: string | null
}

export interface EdmOperation {
  readonly name: string
  readonly kind: 'Function' | 'Action'
  /** What it is asked of. */
  readonly binding: EdmType
  readonly parameters: Readonly<Record<string, EdmType>>
  readonly returns: EdmType | null
}

/** A collection or a single resource at the root of the service. */
export interface EdmRoot {
  readonly name: string
  readonly type: string
  readonly kind: 'EntitySet' | 'Singleton'
  /** As it stands and by id, by id alone, or not at all: then only contexts name it. */
  readonly read: 'whole' | 'by id' | 'never'
  readonly tracked: boolean
}

/** What a service serves, as its `$metadata` declares it. Names of types have no namespace. */
export interface EdmModel {
  readonly entityTypes: readonly EdmEntityType[]
  readonly complexTypes: Readonly<Record<string, Readonly<Record<string, EdmType>>>>
  readonly operations: readonly EdmOperation[]
  readonly roots: readonly EdmRoot[]
}

/** The relationships of directory objects, by the type that they lead to: the paths below an object that answer tell which it has. */
const NAVIGATIONS: readonly Relationship[] = [
  'members',
  'owners',
  'transitiveMembers',
  'memberOf',
  'transitiveMemberOf',
  'ownedObjects',
]

const OBJECT = 'directoryObject'
const OBJECTS: EdmType = collectionOf(complex(OBJECT))

/** Operations, with a path at which each is served. Deltas apart, which every collection can have. */
const OPERATIONS: readonly (EdmOperation & { readonly path: string })[] = [
  ...['Groups', 'Objects'].flatMap(told => [
    {
      name: `checkMember${told}`,
      kind: 'Action' as const,
      binding: complex(OBJECT),
      parameters: { [told === 'Groups' ? 'groupIds' : 'ids']: STRINGS },
      returns: STRINGS,
      path: `directoryobjects/{id}/checkmember${told.toLowerCase()}`,
    },
    {
      name: `getMember${told}`,
      kind: 'Action' as const,
      binding: complex(OBJECT),
      parameters: { securityEnabledOnly: BOOLEAN },
      returns: STRINGS,
      path: `directoryobjects/{id}/getmember${told.toLowerCase()}`,
    },
  ]),
  {
    name: 'getByIds',
    kind: 'Action',
    binding: OBJECTS,
    parameters: { ids: STRINGS, types: STRINGS },
    returns: OBJECTS,
    path: 'directoryobjects/getbyids',
  },
  {
    name: 'validateProperties',
    kind: 'Action',
    binding: OBJECTS,
    parameters: { entityType: STRING, displayName: STRING, mailNickname: STRING, onBehalfOfUserId: STRING },
    returns: null,
    path: 'directoryobjects/validateproperties',
  },
  {
    name: 'validateProperties',
    kind: 'Action',
    binding: complex('group'),
    parameters: { displayName: STRING, mailNickname: STRING, onBehalfOfUserId: STRING },
    returns: null,
    path: 'groups/{id}/validateproperties',
  },
  {
    name: 'restore',
    kind: 'Action',
    binding: complex(OBJECT),
    parameters: { newUserPrincipalName: STRING },
    returns: complex(OBJECT),
    path: 'directory/deleteditems/{id}/restore',
  },
]

/** The model of a service that answers GET, and operations, at these paths: steps in lower case, parameters in braces. */
export function edmModel(paths: ReadonlySet<string>): EdmModel {
  const serves = (path: string): boolean => paths.has(path.toLowerCase())
  const deltas = SETS.filter(([name]) => serves(`${name}/delta`))
  const ofDirectory = serves('directory')
  return {
    entityTypes: [...objectTypes(serves), ...(ofDirectory ? [DIRECTORY] : [])],
    complexTypes: COMPLEX_TYPES,
    operations: [
      ...deltas.map(([, type]): EdmOperation => {
        const collection = collectionOf(complex(type))
        return { name: 'delta', kind: 'Function', binding: collection, parameters: {}, returns: collection }
      }),
      ...OPERATIONS.filter(({ path }) => serves(path)).map(({ path, ...operation }) => operation),
    ],
    roots: [
      ...SETS.map(
        ([name, type]): EdmRoot => ({
          name,
          type,
          kind: 'EntitySet',
          read: serves(name) ? 'whole' : serves(`${name}/{id}`) ? 'by id' : 'never',
          tracked: serves(`${name}/delta`),
        }),
      ),
      ...(ofDirectory
        ? [{ name: 'directory', type: 'directory', kind: 'Singleton', read: 'whole', tracked: false } as const]
        : []),
    ],
  }
}

const DIRECTORY: EdmEntityType = {
  name: 'directory',
  base: 'entity',
  abstract: false,
  properties: [],
  navigations: [{ name: 'deletedItems', target: OBJECT, contained: true }],
  alternateKey: null,
}

function objectTypes(serves: (path: string) => boolean): EdmEntityType[] {
  const entity = { base: null, abstract: true, navigations: [], alternateKey: null }
  const deleted: EdmProperty = { name: 'deletedDateTime', type: MOMENT, write: 'never' }
  return [
    { ...entity, name: 'entity', properties: [{ name: 'id', type: STRING, write: 'never' }] },
    { ...entity, name: OBJECT, base: 'entity', abstract: false, properties: [deleted] },
    ...OBJECT_TYPES.map(type => objectType(type, serves)),
    {
      ...entity,
      name: 'organization',
      base: OBJECT,
      abstract: false,
      properties: ownProperties(
        Object.entries(ORGANIZATION_PROPERTIES).map(([name, type]) => ({ name, type, write: 'never' })),
      ),
    },
  ]
}

function objectType(type: ObjectType, serves: (path: string) => boolean): EdmEntityType {
  return {
    name: type,
    base: OBJECT,
    abstract: false,
    properties: ownProperties(
      [...propertiesOf(type)].map(([name, rule]) => ({ name, type: edmTypeOf(rule), write: rule.write })),
    ),
    navigations: NAVIGATIONS.filter(name => serves(`${ENTITY_SETS[type]}/{id}/${name}`)).map(name => ({
      name,
      target: OBJECT,
      contained: false,
    })),
    alternateKey: ALTERNATE_KEYS[type] ?? null,
  }
}

/** Those that the base of every directory object does not have. */
function ownProperties(properties: readonly EdmProperty[]): EdmProperty[] {
  return properties.filter(({ name }) => name !== 'deletedDateTime')
}
