import { OBJECT_TYPES, type ObjectType } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import { propertiesOf, standardProperties } from '../core/resource.ts'
import type { Link, Query, TrackedType } from '../core/round.ts'
import { readIdFilter, readObjectFilter } from './deltaFilter.ts'
import { type QueryOptions, readSelect } from './options.ts'
import { type DeltaResource, readCollectionSelect, relationsOf, trackableNames } from './resourceNames.ts'
import { readTypedSelect } from './typedSelect.ts'

/** What a delta request asks: the first page of a round, only a link to the present, or what a token names. */
export type DeltaRequest =
  | {
      readonly kind: 'first' | 'latest'
      readonly query: Query
      /** The scalar properties that `$select` names, for the context; null without it, and where it names types too. */
      readonly selected: readonly string[] | null
    }
  | { readonly kind: 'token'; readonly link: Link['kind']; readonly token: string }

/** What of its query a caller's permissions decide. */
export interface Sight {
  readonly hiddenMembers: boolean
  /** The types that a round of directory objects follows where its filter names none. */
  readonly types: readonly ObjectType[]
}

/** Reads the options of a delta request (DELTA-12 to DELTA-24, DELTA-37, DELTA-38, DELTA-192 to DELTA-194). */
export function readDeltaRequest(resource: DeltaResource, options: QueryOptions, sight: Sight): DeltaRequest {
  const { skiptoken, deltatoken } = options
  if (skiptoken) return readToken('next', skiptoken, options)
  if (deltatoken && deltatoken.toLowerCase() !== 'latest') return readToken('delta', deltatoken, options)
  if (skiptoken !== undefined) throw new Problem('Request_BadRequest', "The query option '$skiptoken' is empty.")
  const kind = deltatoken ? 'latest' : 'first'
  if (resource === 'directoryObject') return { kind, query: objectsQuery(options, sight), selected: null }
  const names =
    options.select === undefined ? null : readCollectionSelect(resource, options.select, trackableNames(resource))
  const query: Query = {
    types: [trackedType(resource, names, expandedNames(resource, options))],
    ids: options.filter === undefined ? null : readIdFilter(options.filter),
    seesHiddenMembers: sight.hiddenMembers,
  }
  const relations = new Set<string>(relationsOf(resource))
  return { kind, query, selected: names?.filter(name => !relations.has(name)) ?? null }
}

function readToken(link: Link['kind'], token: string, options: QueryOptions): DeltaRequest {
  const own = link === 'next' ? 'skiptoken' : 'deltatoken'
  const [other] = Object.keys(options).filter(name => name !== own)
  if (other === undefined) return { kind: 'token', link, token }
  throw new Problem(
    'Request_BadRequest',
    `The query option '$${other}' cannot stand beside '$${own}': the token holds the options of its first request.`,
  )
}

/** What is tracked of a type: what is selected and expanded; without a selection its standard representation, of groups with their members. */
function trackedType(type: ObjectType, names: readonly string[] | null, expanded: readonly string[]): TrackedType {
  const relations = relationsOf(type)
  return {
    type,
    properties: names === null ? standardProperties(type) : [...propertiesOf(type).keys()].filter(has(names)),
    relations: relations.filter(has([...(names ?? relations.slice(0, 1)), ...expanded])),
  }
}

function has(names: readonly string[]): (name: string) => boolean {
  return name => names.includes(name)
}

/** `$expand=members`, the form of 2018 (learn.microsoft.com, graph/migrate-azure-ad-graph-feature-differences). */
function expandedNames(resource: ObjectType, { expand }: QueryOptions): string[] {
  if (expand === undefined) return []
  const relations = relationsOf(resource)
  return readSelect(expand, new Map(relations.map(relation => [relation.toLowerCase(), relation])), resource)
}

function objectsQuery(options: QueryOptions, sight: Sight): Query {
  if (options.filter === undefined) {
    throw new Problem(
      'Request_UnsupportedQuery',
      "Unsupported Query. Changes of directory objects need '$filter', such as isof('microsoft.graph.group').",
    )
  }
  if (options.expand !== undefined) {
    throw new Problem('Request_UnsupportedQuery', "Unsupported Query: '$expand' is not offered on this resource.")
  }
  const { types, ids } = readObjectFilter(options.filter)
  const followed = OBJECT_TYPES.filter(has(types ?? sight.types))
  const selected = options.select === undefined ? null : readTypedSelect(options.select, followed)
  const [first, ...others] = followed.map(type =>
    trackedType(type, selected === null ? null : (selected.get(type) ?? []), []),
  )
  if (first === undefined) throw new Error('A round of directory objects follows no type.')
  return { types: [first, ...others], ids, seesHiddenMembers: sight.hiddenMembers }
}
