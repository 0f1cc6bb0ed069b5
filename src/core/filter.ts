import type { DirectoryObject, JsonValue, Relation } from './fact.ts'
import { compareCodePoints, foldText } from './foldedText.ts'
import type { ObjectId } from './id.ts'
import { hasWords } from './searchWords.ts'

/** What a value is compared with: folded text, or a moment in milliseconds since 1970 UTC. */
export type Operand = null | boolean | string | number

/** A question to one value. Texts in it are folded already: `foldText`. */
export type Test =
  | { readonly kind: 'eq' | 'ne' | 'ge' | 'le'; readonly value: Operand }
  | { readonly kind: 'in'; readonly values: readonly Operand[] }
  | { readonly kind: 'startsWith' | 'endsWith'; readonly text: string }
  | { readonly kind: 'search'; readonly words: readonly string[] }

/** Which objects a list holds. Every filter is true or false of an object: what was never set is null, as for a GET. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | { readonly kind: 'property'; readonly property: string; readonly test: Test }
  /** Some element of a collection of texts, of which `element` parts of `term` ask; null asks for any at all. */
  | { readonly kind: 'any'; readonly property: string; readonly term: Filter | null }
  | { readonly kind: 'element'; readonly test: Test }
  /** At least so many live edges of a relation. Members that are hidden count where they are shown. */
  | { readonly kind: 'edges'; readonly relation: Relation; readonly atLeast: number; readonly showHidden: boolean }

/** What a filter looks at: an object, or as much of one as is at hand. */
export type Filterable = Pick<DirectoryObject, 'id' | 'deletedAt' | 'membersHidden' | 'properties'>

/** Whether at least so many live edges of a relation lead from an object. */
export type HasEdges = (source: ObjectId, relation: Relation, atLeast: number) => boolean

/** `hasEdges` is needed where the filter may ask for edges: it is asked of the state that the object is of. */
export function matches(object: Filterable, filter: Filter, hasEdges: HasEdges = refuseEdges): boolean {
  return holds(filter, object, null, hasEdges)
}

function refuseEdges(): never {
  throw new Error('A filter asks for edges where none are at hand.')
}

function holds(filter: Filter, object: Filterable, element: JsonValue, hasEdges: HasEdges): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every(term => holds(term, object, element, hasEdges))
    case 'or':
      return filter.terms.some(term => holds(term, object, element, hasEdges))
    case 'not':
      return !holds(filter.term, object, element, hasEdges)
    case 'property':
      return passes(propertyOf(object, filter.property), filter.test)
    case 'element':
      return passes(element, filter.test)
    case 'edges': {
      const { relation, atLeast, showHidden } = filter
      if (relation === 'members' && object.membersHidden && !showHidden) return atLeast === 0
      return hasEdges(object.id, relation, atLeast)
    }
    case 'any': {
      const values = propertyOf(object, filter.property)
      const { term } = filter
      return Array.isArray(values) && values.some(value => term === null || holds(term, object, value, hasEdges))
    }
  }
}

/** A property's value, null where it was never set. */
export function propertyOf(object: Filterable, property: string): JsonValue {
  if (property === 'id') return object.id
  if (property === 'deletedDateTime') return object.deletedAt
  return object.properties[property] ?? null
}

function passes(value: JsonValue, test: Test): boolean {
  switch (test.kind) {
    case 'eq':
      return compare(value, test.value) === 0
    case 'ne':
      return compare(value, test.value) !== 0
    case 'ge':
      return (compare(value, test.value) ?? -1) >= 0
    case 'le':
      return (compare(value, test.value) ?? 1) <= 0
    case 'in': {
      const folded = typeof value === 'string' ? foldText(value) : value
      return test.values.some(operand => operand === folded || compareMoments(value, operand) === 0)
    }
    case 'startsWith':
      return typeof value === 'string' && foldText(value).startsWith(test.text)
    case 'endsWith':
      return typeof value === 'string' && foldText(value).endsWith(test.text)
    case 'search':
      return typeof value === 'string' && hasWords(value, test.words)
  }
}

/** Negative, 0 or positive; null where the two have no order, as null has none but to itself. */
function compare(value: JsonValue, operand: Operand): number | null {
  if (typeof operand === 'string') return typeof value === 'string' ? compareCodePoints(foldText(value), operand) : null
  if (typeof operand === 'number') return compareMoments(value, operand)
  return value === operand ? 0 : null
}

function compareMoments(value: JsonValue, operand: Operand): number | null {
  return typeof operand === 'number' && typeof value === 'string' ? Date.parse(value) - operand : null
}
