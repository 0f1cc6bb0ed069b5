import { authorizeOn, denied, seesHiddenMembers, seesHiddenMembersOf } from '../auth/permission/permissions.ts'
import type { Permission } from '../auth/permission/permissionTable.ts'
import type { ObjectType } from '../core/fact.ts'
import type { ObjectId } from '../core/id.ts'
import type { ListCursor } from '../core/list.ts'
import { Problem } from '../core/problem.ts'
import { type RelatedQuery, type Relationship, relatedTypes, tellsMembers } from '../core/relationship.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { listBody, nextLink, readPageSize } from '../odata/listPage.ts'
import { unsupportedQuery } from '../odata/listProblem.ts'
import { asksCount, listIdentity, readRelatedFilter } from '../odata/listRequest.ts'
import { openListToken, sealListToken } from '../odata/listToken.ts'
import type { QueryOptions } from '../odata/options.ts'
import { ENTITY_SETS, readCollectionSelect, selectableNames, typeNamed } from '../odata/resourceNames.ts'
import { json, number } from './answer.ts'
import { directoryObjectBody, readMixedSelect, typedDirectoryObjectBody } from './directoryObjectBody.ts'
import { type GraphRequest, objectKey, refuseOptions } from './graphRequest.ts'
import { namedObject } from './objectPermissions.ts'
import { countListedRelated, type RelatedList, readRelated } from './relatedList.ts'
import { contextOf, countObjects } from './resources.ts'
import type { Handler } from './route.ts'

const UNOFFERED: readonly (keyof QueryOptions)[] = ['orderby', 'expand', 'skip', 'apply', 'compute']

/** GET /groups/{id}/members, /users/{id}/memberOf and their like, whole or cast to one type: a page. */
export function getRelated(type: ObjectType, relationship: Relationship, permission: Permission): Handler {
  return async (request, services) => {
    refuseOptions(request, UNOFFERED)
    const { caller, options, root, work } = request
    const keys = services.controls.ring.state
    const limit = readPageSize(options)
    const cast = readCast(request)
    const selected = readSelect(cast, options)
    const filter = readRelatedFilter(cast, options, request.eventual)
    const { skiptoken } = options
    const counted = skiptoken === undefined && request.eventual && asksCount(options)
    const pathTo = (of: ObjectId): string => pathOf(type, of, relationship, cast)
    const identityOf = (of: ObjectId): string[] => listIdentity(caller.tenant, pathTo(of), options)
    const start = (of: ObjectId): ObjectId | null =>
      skiptoken === undefined ? null : openListToken(skiptoken, identityOf(of), keys).id
    const related: RelatedList = {
      relationship,
      read: snapshot => readQuery(snapshot, { type, relationship, permission, cast }, request),
      filter,
      caller,
    }
    const page = await readRelated(caller.tenant, related, { start, limit, counted }, work, services)
    const token = page.after === null ? null : sealListToken(cursorAt(page.after), identityOf(page.of), keys)
    const bodyOf = cast === null ? typedDirectoryObjectBody : directoryObjectBody
    const { '@odata.context': context = '', ...rest } = listBody(
      cast === null ? mixedContextOf(request, selected) : contextOf(request, cast, selected, 'collection'),
      page.objects.map(object => bodyOf(object, selected)),
      token === null ? null : nextLink(`${root}/${pathTo(page.of)}`, options, token),
    )
    return json(200, {
      '@odata.context': context,
      ...(page.count !== null && { '@odata.count': page.count }),
      ...rest,
    })
  }
}

/** GET /groups/{id}/members/$count and its like, whole or cast to one type. */
export function countRelatedObjects(type: ObjectType, relationship: Relationship, permission: Permission): Handler {
  return async (request, services) => {
    refuseCountUnlessEventual(request)
    refuseOptions(request, UNOFFERED)
    const { caller, options } = request
    const cast = readCast(request)
    const filter = readRelatedFilter(cast, { ...options, count: 'true' }, request.eventual)
    const related: RelatedList = {
      relationship,
      read: snapshot => readQuery(snapshot, { type, relationship, permission, cast }, request),
      filter,
      caller,
    }
    const count = await countListedRelated(caller.tenant, related, request.work, services)
    if (count === null) throw unsupportedQuery('Too many objects would have to be looked at to count these.')
    return number(count)
  }
}

/** GET /groups/$count and its like */
export function countCollection(type: ObjectType): Handler {
  return (request, services) => countObjects(request, type, services)
}

/** Throws `Request_BadRequest` in Graph's words (learn.microsoft.com, graph/aad-advanced-queries). */
function refuseCountUnlessEventual({ eventual }: GraphRequest): void {
  if (!eventual) throw new Problem('Request_BadRequest', '$count is not currently supported.')
}

/** The type that the path ends with; null for a list that is not cast. */
function readCast({ parameters }: GraphRequest): ObjectType | null {
  const name = parameters['type']?.text
  if (name === undefined) return null
  return typeNamed(name) ?? refuseCast(name)
}

function refuseCast(name: string): never {
  throw new Problem('Request_UnsupportedQuery', `Unsupported Query: no object of the type '${name}' can be here.`)
}

function readSelect(cast: ObjectType | null, options: QueryOptions): string[] | null {
  if (cast === null || options.select === undefined) return readMixedSelect(options)
  return readCollectionSelect(cast, options.select, selectableNames(cast))
}

interface RelatedRoute {
  readonly type: ObjectType
  readonly relationship: Relationship
  readonly permission: Permission
  readonly cast: ObjectType | null
}

/**
 * Whom the path names, and what is asked of it. Throws for a cast that cannot hold, for an object that is not open to the
 * caller, and for members that are hidden.
 */
async function readQuery(
  snapshot: Snapshot,
  { type, relationship, permission, cast }: RelatedRoute,
  request: GraphRequest,
): Promise<RelatedQuery> {
  const { caller } = request
  const owner = await namedObject(caller, permission, { type, key: objectKey(request, type) }, snapshot)
  await authorizeOn(caller, permission, owner, snapshot)
  if (cast !== null && !relatedTypes(owner, relationship).includes(cast)) refuseCast(`microsoft.graph.${cast}`)
  const hides = tellsMembers(relationship) && owner.membersHidden
  if (hides && !(await seesHiddenMembersOf(caller, owner, snapshot))) throw denied()
  return { relationship, id: owner.id, type: cast, showHiddenMembers: hides || seesHiddenMembers(caller) }
}

function mixedContextOf({ root }: GraphRequest, selected: readonly string[] | null): string {
  return `${root}/$metadata#directoryObjects${selected === null ? '' : `(${selected.join(',')})`}`
}

/** These lists are in order of id alone. */
function cursorAt(id: ObjectId): ListCursor {
  return { walk: 0, id, key: '' }
}

function pathOf(type: ObjectType, id: ObjectId, relationship: Relationship, cast: ObjectType | null): string {
  return `${ENTITY_SETS[type]}/${id}/${relationship}${cast === null ? '' : `/microsoft.graph.${cast}`}`
}
