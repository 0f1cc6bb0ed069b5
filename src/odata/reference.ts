import type { JsonValue, ObjectType } from '../core/fact.ts'
import { isGuid, type ObjectId, parseObjectId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import { versionOf } from './address.ts'
import { quoted } from './quote.ts'
import { parseSegment, type Segment } from './segment.ts'

/**
 * The collections that a reference can name an object in, with the type of their objects; null for objects of any type.
 * Users are named in `groups` too (learn.microsoft.com, graph/api/group-post-members).
 */
const REFERENCE_COLLECTIONS = {
  directoryObjects: null,
  users: 'user',
  groups: null,
  devices: 'device',
  servicePrincipals: 'servicePrincipal',
  contacts: 'orgContact',
} as const satisfies Record<string, ObjectType | null>

export type ReferenceCollection = keyof typeof REFERENCE_COLLECTIONS

/** Another object, as `@odata.id` and `@odata.bind` name it. */
export interface Reference {
  readonly collection: ReferenceCollection
  readonly id: ObjectId
  /** Of which it must be; null for any. */
  readonly type: ObjectType | null
}

/** Every spelling, in lower case. Two collections are written as their type in Microsoft's page on adding members. */
const SPELLINGS: ReadonlyMap<string, ReferenceCollection> = new Map<string, ReferenceCollection>([
  ['directoryobjects', 'directoryObjects'],
  ['users', 'users'],
  ['groups', 'groups'],
  ['devices', 'devices'],
  ['serviceprincipals', 'servicePrincipals'],
  ['serviceprincipal', 'servicePrincipals'],
  ['contacts', 'contacts'],
  ['orgcontact', 'contacts'],
])

/**
 * Reads the URL of an object in one of the `allowed` collections: absolute, or relative to the service or its version.
 * The host is not looked at, for clients write Microsoft's whatever server they talk to; nor is what precedes the version.
 *
 * Throws `Request_BadRequest`, naming the value, for anything else.
 */
export function readReference(value: JsonValue, allowed: readonly ReferenceCollection[]): Reference {
  const reference = typeof value === 'string' ? parseReference(value) : null
  if (reference === null || !allowed.includes(reference.collection)) {
    const shown = quoted(typeof value === 'string' ? value : JSON.stringify(value))
    const forms = allowed.map(collection => `${collection}/{id}`).join(', ')
    throw new Problem('Request_BadRequest', `Invalid reference ${shown}: give a URL that ends in one of ${forms}.`)
  }
  return reference
}

function parseReference(url: string): Reference | null {
  const path = pathOf(url)
  if (path === null) return null
  const segments: Segment[] = []
  for (const part of path.split('/')) {
    const parsed = parseSegment(part)
    if (parsed === null) return null
    segments.push(...parsed)
  }
  const [collection, id] = segments.slice(-2)
  if (segments.length > 2 && versionOf(segments.at(-3)) === null) return null
  if (collection?.kind !== 'name' || id === undefined || !isGuid(id.text)) return null
  if (id.kind === 'key' && id.property !== null) return null
  const known = SPELLINGS.get(collection.name)
  if (known === undefined) return null
  return { collection: known, id: parseObjectId(id.text), type: REFERENCE_COLLECTIONS[known] }
}

/** What follows the host of an absolute URL, or all of a relative one, without the first slash. Null for other schemes. */
function pathOf(url: string): string | null {
  if (url.includes('?') || url.includes('#')) return null
  const scheme = url.indexOf('://')
  if (scheme === -1) return url.startsWith('/') ? url.slice(1) : url
  const name = url.slice(0, scheme).toLowerCase()
  const slash = url.indexOf('/', scheme + 3)
  if ((name !== 'https' && name !== 'http') || slash <= scheme + 3) return null
  return url.slice(slash + 1)
}
