import type { ObjectType } from '../core/fact.ts'
import type { ListOrder } from '../core/list.ts'
import { Problem } from '../core/problem.ts'
import { resourceName } from '../core/resource.ts'
import { unsupportedQuery } from './listProblem.ts'
import { quoted } from './quote.ts'
import { selectableNames } from './resourceNames.ts'

/** An `$orderby` as it was read. */
export interface ReadOrder {
  readonly order: ListOrder
  /** Whether only advanced queries may ask for it. */
  readonly advanced: boolean
}

/**
 * Reads the `$orderby` of a list: one property, and `asc` or `desc`. Which properties order which lists is
 * learn.microsoft.com, graph/aad-advanced-queries.
 *
 * Throws `BadRequest` for text that is none or names no property, `Request_UnsupportedQuery` for another property.
 */
export function readOrderBy(text: string, type: ObjectType, state: 'live' | 'deleted'): ReadOrder {
  const [name = '', direction = 'asc', ...more] = text.trim().split(/[ \t]+/)
  if (text.includes(',')) throw unsupportedQuery('A list is ordered by one property.')
  const property = selectableNames(type).get(name.toLowerCase())
  if (property === undefined) {
    throw syntaxError(`Could not find a property named ${quoted(name)} on type 'microsoft.graph.${type}'`)
  }
  const sense = direction.toLowerCase()
  if (more.length > 0 || (sense !== 'asc' && sense !== 'desc')) throw syntaxError(`${quoted(text)} is no order`)
  const descending = sense === 'desc'
  if (property === 'displayName') {
    return { order: { key: property, descending }, advanced: type !== 'group' && type !== 'user' }
  }
  if (property === 'userPrincipalName' && type === 'user')
    return { order: { key: property, descending }, advanced: false }
  if (property === 'deletedDateTime' && state === 'deleted')
    return { order: { key: property, descending }, advanced: true }
  throw new Problem('Request_UnsupportedQuery', `Unsupported sort property '${property}' for '${resourceName(type)}'.`)
}

function syntaxError(cause: string): Problem {
  return new Problem('BadRequest', `Invalid orderby clause: ${cause}.`)
}
