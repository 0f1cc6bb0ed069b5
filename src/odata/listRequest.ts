import type { ObjectType } from '../core/fact.ts'
import type { Filter } from '../core/filter.ts'
import { type ListQuery, planList } from '../core/list.ts'
import { Problem } from '../core/problem.ts'
import { readFilter } from './filter.ts'
import { collectionSubject, DIRECTORY_OBJECTS, type FilterSubject, subjectOf } from './filterSubject.ts'
import { unsupportedQuery } from './listProblem.ts'
import type { QueryOptions } from './options.ts'
import { readOrderBy } from './orderBy.ts'
import { readSearch } from './search.ts'

/**
 * Reads which objects of a collection are asked for, and in which order. An advanced query is one with the header
 * `ConsistencyLevel: eventual` and `$count=true` (learn.microsoft.com, graph/aad-advanced-queries).
 *
 * Throws `Request_UnsupportedQuery` for what only advanced queries may ask, in a query that is none.
 */
export function readListQuery(
  type: ObjectType,
  state: 'live' | 'deleted',
  options: QueryOptions,
  { eventual, showHiddenMembers }: { readonly eventual: boolean; readonly showHiddenMembers: boolean },
): ListQuery {
  const subject = state === 'live' ? collectionSubject(type, showHiddenMembers) : subjectOf(type, state)
  const filter = options.filter === undefined ? null : readFilter(options.filter, subject)
  const order = options.orderby === undefined ? null : readOrderBy(options.orderby, type, state)
  const search = readListSearch(subject, options, eventual)
  const isAdvanced = eventual && asksCount(options)
  const needsAdvanced = filter?.advanced || order?.advanced || (filter !== null && order !== null)
  if (needsAdvanced && !isAdvanced) throw unsupportedQuery()
  if (options.expand !== undefined && (needsAdvanced || search !== null)) {
    throw unsupportedQuery("'$expand' is not offered in advanced queries.")
  }
  return planList(type, state, both(filter?.filter ?? null, search), order?.order ?? null)
}

/**
 * Reads which of an object's related objects are asked for; null for all. Every `$filter` on them is an advanced query
 * (learn.microsoft.com, graph/api/group-list-members). `cast` is the type that the list is cast to.
 */
export function readRelatedFilter(cast: ObjectType | null, options: QueryOptions, eventual: boolean): Filter | null {
  const subject = cast === null ? DIRECTORY_OBJECTS : subjectOf(cast, 'live')
  const filter = options.filter === undefined ? null : readFilter(options.filter, subject).filter
  const search = readListSearch(subject, options, eventual)
  if (filter !== null && !(eventual && asksCount(options))) throw unsupportedQuery()
  return both(filter, search)
}

/** Throws `Request_UnsupportedQuery` in Graph's words for a `$search` without `ConsistencyLevel: eventual`. */
function readListSearch(subject: FilterSubject, { search }: QueryOptions, eventual: boolean): Filter | null {
  if (search === undefined) return null
  const filter = readSearch(search, subject)
  if (eventual) return filter
  throw new Problem(
    'Request_UnsupportedQuery',
    "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
  )
}

export function asksCount({ count }: QueryOptions): boolean {
  return count?.toLowerCase() === 'true'
}

function both(filter: Filter | null, search: Filter | null): Filter | null {
  if (filter === null || search === null) return filter ?? search
  return { kind: 'and', terms: [filter, search] }
}

/** What decides which objects a list holds and in which order: its nextLinks are good for exactly that. */
export function listIdentity(tenant: string, path: string, { filter, search, orderby }: QueryOptions): string[] {
  return [tenant, path, filter ?? '', search ?? '', orderby ?? '']
}
