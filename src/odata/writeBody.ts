import type { JsonValue, ObjectType } from '../core/fact.ts'
import type { GroupInput } from '../core/group.ts'
import type { ObjectId } from '../core/id.ts'
import { checkLinkCount, type NamedTypes } from '../core/membership.ts'
import type { PlainType } from '../core/plainType.ts'
import { invalidValue, Problem } from '../core/problem.ts'
import { resourceName } from '../core/resource.ts'
import type { Values } from '../core/value.ts'
import { quoted } from './quote.ts'
import { type Reference, type ReferenceCollection, readReference } from './reference.ts'
import { writableNames } from './resourceNames.ts'

const MEMBER_COLLECTIONS: readonly ReferenceCollection[] = [
  'directoryObjects',
  'users',
  'groups',
  'devices',
  'servicePrincipals',
  'contacts',
]
const OWNER_COLLECTIONS: readonly ReferenceCollection[] = ['directoryObjects', 'users', 'servicePrincipals']

/**
 * Reads a body that creates or changes a group. Names match in any case; annotations other than references are
 * passed over. Throws `Request_BadRequest` naming a property that the resource does not have.
 */
export function readGroupBody(body: JsonValue | undefined): GroupInput {
  let members: Reference[] = []
  let owners: Reference[] = []
  const values = readNamed('group', body, ['members@odata.bind', 'owners@odata.bind'], (name, value) => {
    if (name === 'members@odata.bind') members = readReferences(name, value, MEMBER_COLLECTIONS)
    if (name === 'owners@odata.bind') owners = readReferences(name, value, OWNER_COLLECTIONS)
  })
  return { values, members: idsOf(members), owners: idsOf(owners), named: namedTypes([...members, ...owners]) }
}

function idsOf(references: readonly Reference[]): ObjectId[] {
  return references.map(({ id }) => id)
}

/** The types of the objects that are named in a collection of one type. */
export function namedTypes(references: readonly Reference[]): NamedTypes {
  return new Map(references.flatMap(({ id, type }) => (type === null ? [] : [[id, type] as const])))
}

/** Reads a body that creates or changes an object of a type without relations. Throws as `readGroupBody` does. */
export function readObjectBody(type: PlainType, body: JsonValue | undefined): Values {
  return readNamed(type, body, [], () => {})
}

/** Reads the body that adds one member or owner: `{ "@odata.id": "…" }`. */
export function readReferenceBody(body: JsonValue | undefined, relation: 'members' | 'owners'): Reference {
  const fields = asObject(body)
  const reference = Object.entries(fields).find(([name]) => name.toLowerCase() === '@odata.id')
  if (reference === undefined) {
    throw new Problem('Request_BadRequest', "The body must name what to add: a property '@odata.id' with its URL.")
  }
  return readReference(reference[1] ?? null, relation === 'members' ? MEMBER_COLLECTIONS : OWNER_COLLECTIONS)
}

/** Reads the optional body of a restore; the new name that it gives a user, if any. */
export function readRestoreBody(body: JsonValue | undefined): JsonValue | undefined {
  if (body === undefined) return undefined
  for (const [name, value] of Object.entries(asObject(body))) {
    if (name.toLowerCase() === 'newuserprincipalname') return value
  }
  return undefined
}

/** The body as an object; none and any other JSON are refused. */
export function asObject(body: JsonValue | undefined): { readonly [name: string]: JsonValue | undefined } {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as { [name: string]: JsonValue }
  throw new Problem('BadRequest', 'The request needs a body that is a JSON object.')
}

function readNamed(
  type: ObjectType,
  body: JsonValue | undefined,
  relations: readonly string[],
  bind: (name: string, value: JsonValue) => void,
): Values {
  const known = writableNames(type)
  const values = new Map<string, JsonValue>()
  for (const [name, value] of Object.entries(asObject(body))) {
    if (value === undefined) continue
    const folded = name.toLowerCase()
    if (folded.endsWith('@odata.bind')) {
      if (!relations.includes(folded)) throw unknownProperty(type, name)
      bind(folded, value)
      continue
    }
    if (folded.includes('@odata.')) continue
    const canonical = known.get(folded)
    if (canonical === undefined) throw unknownProperty(type, name)
    values.set(canonical, value)
  }
  return values
}

function unknownProperty(type: ObjectType, name: string): Problem {
  const cause = name.toLowerCase() === 'id' ? 'is given by the directory' : 'does not exist'
  return new Problem(
    'Request_BadRequest',
    `Invalid property ${quoted(name)}: it ${cause} on resource '${resourceName(type)}'.`,
  )
}

function readReferences(name: string, value: JsonValue, allowed: readonly ReferenceCollection[]): Reference[] {
  if (!Array.isArray(value)) throw invalidValue(name, 'Group')
  checkLinkCount(value.length)
  return value.map(url => readReference(url, allowed))
}
