import { allows, seesHiddenMembers } from '../auth/permissions.ts'
import type { DirectoryObject, Relation } from '../core/fact.ts'
import { parseObjectId } from '../core/id.ts'
import { addEdges, liveObject, removeEdge } from '../core/membership.ts'
import { Problem } from '../core/problem.ts'
import { listBody, readListRequest } from '../odata/listPage.ts'
import { readSelect } from '../odata/options.ts'
import { type JsonObject, typedResourceBody } from '../odata/resourceBody.ts'
import { odataType, selectableNames } from '../odata/resourceNames.ts'
import { readReferenceBody } from '../odata/writeBody.ts'
import { type Answer, json, NO_CONTENT } from './answer.ts'
import { authorship, type GraphRequest, parameter, refuseOptions } from './graphRequest.ts'
import type { Services } from './services.ts'

type Handler = (request: GraphRequest, services: Services) => Promise<Answer>

/** GET /groups/{id}/members and /owners: exactly the edges that a round tells, those to soft-deleted objects too. */
export function getEdges(relation: Relation): Handler {
  return async (request, { store }) => {
    refuseOptions(request, ['filter', 'search', 'orderby', 'expand', 'skip', 'apply', 'compute'])
    const id = parseObjectId(parameter(request, 'id'))
    const { after, limit } = readListRequest(request.options)
    const selected = readMemberSelect(request)
    const { found, objects } = await store.read(request.caller.tenant, async snapshot => {
      const group = await liveObject(snapshot, 'group', id)
      if (relation === 'members' && group.membersHidden && !seesHiddenMembers(request.caller)) {
        throw new Problem('Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
      }
      const edges = await snapshot.edges(id, relation, after, limit + 1)
      const targets = await Promise.all(edges.slice(0, limit).map(edge => snapshot.object(edge.target)))
      return { found: edges, objects: targets.filter(target => target !== null) }
    })
    const next = found.length > limit ? (found[limit - 1]?.target ?? null) : null
    const body = listBody(
      `${request.root}/$metadata#directoryObjects${selected === null ? '' : `(${selected.join(',')})`}`,
      objects.map(object => memberBody(object, selected, request)),
      next,
      { path: `${request.root}/groups/${id}/${relation}`, options: request.options },
    )
    return json(200, body)
  }
}

/** POST /groups/{id}/members/$ref and /owners/$ref */
export function postEdge(relation: Relation): Handler {
  return async (request, { store, clock }) => {
    const id = parseObjectId(parameter(request, 'id'))
    const target = readReferenceBody(request.body, relation)
    await store.write(request.caller.tenant, authorship(request, clock), async transaction =>
      addEdges(transaction, await liveObject(transaction, 'group', id), relation, [target]),
    )
    return NO_CONTENT
  }
}

/** DELETE /groups/{id}/members/{member}/$ref and /owners/{member}/$ref */
export function deleteEdge(relation: Relation): Handler {
  return async (request, { store, clock }) => {
    const id = parseObjectId(parameter(request, 'id'))
    const target = parseObjectId(parameter(request, 'target'))
    await store.write(request.caller.tenant, authorship(request, clock), transaction =>
      removeEdge(transaction, id, relation, target),
    )
    return NO_CONTENT
  }
}

/** DELETE /groups/{id}/members/{member}: without `/$ref` it would name the object itself, which this never deletes. */
export async function refuseTargetDelete(): Promise<Answer> {
  throw new Problem(
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation. To remove the link, and not its object, end the path with /$ref.',
  )
}

/** What `$select` asks for among objects of several types: a name need be known to one of them. */
function readMemberSelect({ options }: GraphRequest): string[] | null {
  if (options.select === undefined) return null
  const known = new Map([...selectableNames('user'), ...selectableNames('group')])
  return readSelect(options.select, known, 'directoryObject')
}

/** Of an object that the caller may not read only its type and id are shown, what else it asks for is null. */
function memberBody(object: DirectoryObject, selected: string[] | null, { caller }: GraphRequest): JsonObject {
  const readable = object.type === 'user' ? allows(caller, 'users.get') : allows(caller, 'groups.get')
  if (readable) return typedResourceBody(object, selected)
  const nulls = Object.fromEntries((selected ?? []).map(name => [name, null]))
  return { '@odata.type': odataType(object.type), ...nulls, id: object.id }
}
