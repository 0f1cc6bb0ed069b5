import type { Relation } from '../core/fact.ts'
import { parseObjectId } from '../core/id.ts'
import { addEdges, liveObject, removeEdge } from '../core/membership.ts'
import { Problem } from '../core/problem.ts'
import { readReferenceBody } from '../odata/writeBody.ts'
import { type Answer, NO_CONTENT } from './answer.ts'
import { authorship, parameter } from './graphRequest.ts'
import type { Handler } from './route.ts'

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
