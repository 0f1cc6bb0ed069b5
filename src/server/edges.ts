import type { Relation } from '../core/fact.ts'
import { parseObjectId } from '../core/id.ts'
import { addEdges, removeEdge } from '../core/membership.ts'
import { Problem } from '../core/problem.ts'
import { namedTypes, readReferenceBody } from '../odata/writeBody.ts'
import { type Answer, NO_CONTENT } from './answer.ts'
import { authorship, objectKey, parameter } from './graphRequest.ts'
import { authorizeMembers } from './linkPermissions.ts'
import { authorizeWrite, namedObject } from './objectPermissions.ts'
import type { Handler } from './route.ts'

/** POST /groups/{id}/members/$ref and /owners/$ref */
export function postEdge(relation: Relation): Handler {
  return async (request, { store, clock }) => {
    const { caller } = request
    const key = objectKey(request, 'group')
    const reference = readReferenceBody(request.body, relation)
    await store.write(caller.tenant, authorship(request, clock), async transaction => {
      const permission = `groups.${relation}.add` as const
      const group = await namedObject(caller, permission, { type: 'group', key }, transaction)
      await authorizeWrite(caller, permission, group, transaction)
      if (relation === 'members') await authorizeMembers(caller, transaction, [reference.id])
      await addEdges(transaction, group, relation, [reference.id], namedTypes([reference]))
    })
    return NO_CONTENT
  }
}

/** DELETE /groups/{id}/members/{member}/$ref and /owners/{member}/$ref */
export function deleteEdge(relation: Relation): Handler {
  return async (request, { store, clock }) => {
    const { caller } = request
    const key = objectKey(request, 'group')
    const target = parseObjectId(parameter(request, 'target'))
    await store.write(caller.tenant, authorship(request, clock), async transaction => {
      const permission = `groups.${relation}.remove` as const
      const group = await namedObject(caller, permission, { type: 'group', key }, transaction)
      await authorizeWrite(caller, permission, group, transaction)
      await removeEdge(transaction, group.id, relation, target)
    })
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
