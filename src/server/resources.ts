import { seesHiddenMembers } from '../auth/permission/permissions.ts'
import type { ObjectType } from '../core/fact.ts'
import { type ListQuery, planList } from '../core/list.ts'
import { listInSlices } from '../core/listSlices.ts'
import { Problem } from '../core/problem.ts'
import { nextLink, readPageSize } from '../odata/listPage.ts'
import { unsupportedQuery } from '../odata/listProblem.ts'
import { asksCount, listIdentity, readListQuery } from '../odata/listRequest.ts'
import { openListToken, sealListToken } from '../odata/listToken.ts'
import { type QueryOptions, readSelect } from '../odata/options.ts'
import { type JsonObject, resourceBody } from '../odata/resourceBody.ts'
import { ENTITY_SETS, readCollectionSelect, selectableNames } from '../odata/resourceNames.ts'
import { type Answer, json, number } from './answer.ts'
import { type ExpandedRelationship, readExpansion, SHOWN_MAX } from './expansion.ts'
import { type GraphRequest, refuseOptions } from './graphRequest.ts'
import { countListed } from './listCount.ts'
import type { Services } from './services.ts'

/** Options that change what a list holds, and are not offered on it. */
const UNOFFERED: readonly (keyof QueryOptions)[] = ['skip', 'apply', 'compute']

/** The largest page of objects that are shown with others. */
const EXPANDED_MAX = 100

/** The names that `$select` asks for on one object; null without it. */
export function readSelected(type: ObjectType, { select }: QueryOptions): string[] | null {
  return select === undefined ? null : readSelect(select, selectableNames(type), type)
}

/** The context of answers that hold objects of one type, or one of them. */
export function contextOf(
  { root }: GraphRequest,
  type: ObjectType,
  selected: readonly string[] | null,
  form: 'collection' | 'entity',
): string {
  const names = selected === null ? '' : `(${selected.join(',')})`
  return `${root}/$metadata#${ENTITY_SETS[type]}${names}${form === 'entity' ? '/$entity' : ''}`
}

/** Lists the objects of a type that are live, or in the recycle bin, in pages. */
export async function listObjects(
  request: GraphRequest,
  type: ObjectType,
  state: 'live' | 'deleted',
  path: string,
  services: Services,
): Promise<Answer> {
  refuseOptions(request, state === 'live' ? UNOFFERED : [...UNOFFERED, 'expand'])
  const { caller, options, eventual, work } = request
  const { store, settings, controls } = services
  const selected =
    options.select === undefined ? null : readCollectionSelect(type, options.select, selectableNames(type))
  const query = readListQuery(type, state, options, { eventual, showHiddenMembers: seesHiddenMembers(caller) })
  const expanded = readExpansion(request, type)
  const size = readPageSize(options)
  const limit = {
    objects: expanded === null ? size : Math.min(size, EXPANDED_MAX),
    examined: Math.max(settings.pageLimit.examined, size + 1),
    bytes: settings.pageLimit.bytes,
  }
  const identity = listIdentity(caller.tenant, path, options)
  const keys = controls.ring.state
  const start = options.skiptoken === undefined ? null : openListToken(options.skiptoken, identity, keys)
  const isLong = query.filter !== null || expanded !== null
  const read = isLong ? store.survey : store.read
  const page = await read(caller.tenant, async snapshot => {
    const { objects, after } = isLong
      ? await listInSlices(snapshot, query, start, limit, work)
      : await snapshot.list(query, start, limit)
    if (expanded === null) return { bodies: objects.map(object => resourceBody(object, selected)), after }
    const bodies: JsonObject[] = []
    let bytes = 0
    for (const object of objects) {
      const body = { ...resourceBody(object, selected), ...(await expanded.read(snapshot, object)) }
      bytes += Buffer.byteLength(JSON.stringify(body))
      if (bodies.push(body) < objects.length && bytes >= limit.bytes) {
        // What is shown with objects has filled the page: it ends here, at the place that a shorter one comes to.
        const shorter = await listInSlices(snapshot, query, start, { ...limit, objects: bodies.length }, work)
        return { bodies, after: shorter.after }
      }
      await work.spend(SHOWN_MAX)
    }
    return { bodies, after }
  })
  const isCounted = start === null && eventual && asksCount(options)
  const count = isCounted ? await countListed(caller.tenant, countable(query), work, services) : null
  const token = page.after === null ? null : sealListToken(page.after, identity, keys)
  return json(200, {
    '@odata.context': contextOf(request, type, expandedNames(selected, expanded), 'collection'),
    ...(count !== null && { '@odata.count': count }),
    ...(token !== null && { '@odata.nextLink': nextLink(`${request.root}/${path}`, options, token) }),
    value: page.bodies,
  })
}

/** The number of the objects that are live, of those that `$filter` and `$search` let pass: GET /groups/$count. */
export async function countObjects(request: GraphRequest, type: ObjectType, services: Services): Promise<Answer> {
  refuseOptions(request, [...UNOFFERED, 'expand'])
  const { caller, options, eventual } = request
  if (!eventual) throw new Problem('Request_BadRequest', '$count is not currently supported.')
  const query = readListQuery(
    type,
    'live',
    { ...options, count: 'true' },
    {
      eventual,
      showHiddenMembers: seesHiddenMembers(caller),
    },
  )
  const count = await countListed(caller.tenant, countable(query), request.work, services)
  if (count === null) throw unsupportedQuery('Too many objects would have to be looked at to count these.')
  return number(count)
}

/** The same objects along the shortest way to them. */
function countable({ type, state, filter }: ListQuery): ListQuery {
  return planList(type, state, filter, null)
}

/** What a context names besides the type: selected properties, and `members()` for what is shown with an object. */
export function expandedNames(
  selected: readonly string[] | null,
  expanded: ExpandedRelationship | null,
): readonly string[] | null {
  return expanded === null ? selected : [...(selected ?? []), `${expanded.name}()`]
}
