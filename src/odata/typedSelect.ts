import type { ObjectType } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import { readSelect } from './options.ts'
import { quoted } from './quote.ts'
import { readCollectionSelect, trackableNames, typeNamed } from './resourceNames.ts'

/** What directory objects of every type have: the one is always told, the other never set on an object that is there. */
const OWN_NAMES: ReadonlyMap<string, string> = new Map([
  ['id', 'id'],
  ['deleteddatetime', 'deletedDateTime'],
])

/** The names that are selected of each type; a type that is not there has none. */
export type TypedSelect = ReadonlyMap<ObjectType, readonly string[]>

/**
 * Reads the `$select` of a round of directory objects: `microsoft.graph.user/surname,microsoft.graph.group/displayName`
 * (learn.microsoft.com, graph/api/directoryobject-delta). Throws `BadRequest` for a name that its type does not have, and
 * for a type that the round does not follow.
 */
export function readTypedSelect(text: string, followed: readonly ObjectType[]): TypedSelect {
  const paths = new Map<ObjectType, string[]>()
  for (const item of text.split(',')) {
    const [typeText = '', ...names] = item.trim().split('/')
    if (names.length === 0) {
      readSelect(typeText, OWN_NAMES, 'directoryObject')
      continue
    }
    const type = typeNamed(typeText)
    if (type === null || !followed.includes(type)) throw notFollowed(typeText, followed)
    paths.set(type, [...(paths.get(type) ?? []), names.join('/')])
  }
  return new Map(
    [...paths].map(([type, names]) => [type, readCollectionSelect(type, names.join(','), trackableNames(type))]),
  )
}

function notFollowed(typeText: string, followed: readonly ObjectType[]): Problem {
  const types = followed.map(type => `microsoft.graph.${type}`).join(', ')
  return new Problem(
    'BadRequest',
    `Parsing OData Select and Expand failed: ${quoted(typeText)} is not one of the types that are followed: ${types}.`,
  )
}

/** A selection as `$select` writes it. */
export function typedSelectText(selected: TypedSelect): string {
  const paths = [...selected].flatMap(([type, names]) => names.map(name => `microsoft.graph.${type}/${name}`))
  return paths.length === 0 ? 'id' : paths.join(',')
}
