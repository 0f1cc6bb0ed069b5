import type { ObjectType } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import { propertiesOf, standardProperties } from '../core/resource.ts'
import type { Link, Query } from '../core/round.ts'
import { readIdFilter } from './idFilter.ts'
import { type QueryOptions, readSelect } from './options.ts'
import { readCollectionSelect, relationsOf, trackableNames } from './resourceNames.ts'

/** What a delta request asks: the first page of a round, only a link to the present, or what a token names. */
export type DeltaRequest =
  | {
      readonly kind: 'first' | 'latest'
      readonly query: Query
      /** The scalar properties that `$select` names, for the context; null without `$select`. */
      readonly selected: readonly string[] | null
    }
  | { readonly kind: 'token'; readonly link: Link['kind']; readonly token: string }

/** Reads the options of a delta request on one resource (DELTA-12 to DELTA-24, DELTA-37, DELTA-38). */
export function readDeltaRequest(type: ObjectType, options: QueryOptions, seesHiddenMembers: boolean): DeltaRequest {
  const { skiptoken, deltatoken } = options
  if (skiptoken) return readToken('next', skiptoken, options)
  if (deltatoken && deltatoken.toLowerCase() !== 'latest') return readToken('delta', deltatoken, options)
  if (skiptoken !== undefined) throw new Problem('Request_BadRequest', "The query option '$skiptoken' is empty.")
  const names = selectedNames(type, options)
  const query: Query = {
    type,
    properties: names === null ? standardProperties(type) : [...propertiesOf(type).keys()].filter(has(names)),
    relations: names === null ? relationsOf(type).slice(0, 1) : relationsOf(type).filter(has(names)),
    ids: options.filter === undefined ? null : readIdFilter(options.filter),
    seesHiddenMembers,
  }
  const expanded = expandedNames(type, options)
  return {
    kind: deltatoken ? 'latest' : 'first',
    query: {
      ...query,
      relations: relationsOf(type).filter(name => query.relations.includes(name) || expanded.includes(name)),
    },
    selected: names === null ? null : names.filter(name => !relationsOf(type).some(relation => relation === name)),
  }
}

function has(names: readonly string[]): (name: string) => boolean {
  return name => names.includes(name)
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

function selectedNames(type: ObjectType, { select }: QueryOptions): string[] | null {
  if (select === undefined) return null
  return readCollectionSelect(type, select, trackableNames(type))
}

/** `$expand=members`, the form of 2018 (learn.microsoft.com, graph/migrate-azure-ad-graph-feature-differences). */
function expandedNames(type: ObjectType, { expand }: QueryOptions): string[] {
  if (expand === undefined) return []
  const relations = relationsOf(type)
  return readSelect(expand, new Map(relations.map(relation => [relation.toLowerCase(), relation])), type)
}
