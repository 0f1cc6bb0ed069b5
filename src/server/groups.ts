import { authorize } from '../auth/permissions.ts'
import type { DirectoryObject } from '../core/fact.ts'
import { createGroup, deleteGroup, isOutside, updateGroup } from '../core/group.ts'
import { parseObjectId } from '../core/id.ts'
import { isUnified, liveObject } from '../core/membership.ts'
import { resourceBody } from '../odata/resourceBody.ts'
import { readGroupBody } from '../odata/writeBody.ts'
import { type Answer, json, NO_CONTENT } from './answer.ts'
import { readExpansion } from './expansion.ts'
import { authorship, type GraphRequest, parameter } from './graphRequest.ts'
import { contextOf, expandedNames, listObjects, readSelected } from './resources.ts'
import { commandContext, type Services, type Settings } from './services.ts'

/** GET /groups */
export function getGroups(request: GraphRequest, services: Services): Promise<Answer> {
  return listObjects(request, 'group', 'live', 'groups', services)
}

/** POST /groups */
export async function postGroup(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock } = services
  const { caller } = request
  const input = readGroupBody(request.body)
  if (input.members.length + input.owners.length > 0) authorize(caller, 'groups.create.bind')
  const context = await commandContext(services, caller.tenant)
  const group = await store.write(caller.tenant, authorship(request, clock), transaction =>
    createGroup(transaction, input, context),
  )
  const body = { '@odata.context': contextOf(request, 'group', null, 'entity'), ...resourceBody(group, null) }
  const location = `${request.root}/directoryObjects/${group.id}/Microsoft.DirectoryServices.Group`
  return json(201, body, { location })
}

/** GET /groups/{id} */
export async function getGroup(request: GraphRequest, { store }: Services): Promise<Answer> {
  const id = parseObjectId(parameter(request, 'id'))
  const selected = readSelected('group', request.options)
  const expanded = readExpansion(request, 'group')
  const body = await store.read(request.caller.tenant, async snapshot => {
    const group = await liveObject(snapshot, 'group', id)
    return { ...resourceBody(group, selected), ...(await expanded?.read(snapshot, group)) }
  })
  const context = contextOf(request, 'group', expandedNames(selected, expanded), 'entity')
  return json(200, { '@odata.context': context, ...body })
}

/** PATCH /groups/{id} */
export async function patchGroup(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock } = services
  const { caller } = request
  const id = parseObjectId(parameter(request, 'id'))
  const input = readGroupBody(request.body)
  const outside = isOutside(input.values)
  if (input.values.size > 0) authorize(caller, outside ? 'groups.update.exchange' : 'groups.update')
  if (input.members.length > 0) authorize(caller, 'groups.members.add')
  if (input.owners.length > 0) authorize(caller, 'groups.owners.add')
  const context = await commandContext(services, caller.tenant)
  const group = await store.write(caller.tenant, authorship(request, clock), transaction =>
    updateGroup(transaction, id, input, context),
  )
  if (!outside) return NO_CONTENT
  const body = { '@odata.context': contextOf(request, 'group', null, 'entity'), ...resourceBody(group, null) }
  return json(200, body)
}

/** DELETE /groups/{id} */
export async function removeGroup(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock, settings } = services
  const { caller } = request
  const id = parseObjectId(parameter(request, 'id'))
  const context = await commandContext(services, caller.tenant)
  await store.write(caller.tenant, authorship(request, clock), transaction =>
    deleteGroup(transaction, id, context, keepsInBin(settings)),
  )
  return NO_CONTENT
}

/** Whether a group that is deleted goes to the recycle bin. */
export function keepsInBin({ recycleSecurityGroups }: Settings): (group: DirectoryObject) => boolean {
  return group => isUnified(group) || recycleSecurityGroups
}
