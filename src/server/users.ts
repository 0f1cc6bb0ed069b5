import { isGuid, type ObjectId } from '../core/id.ts'
import { liveObject } from '../core/membership.ts'
import { notFound } from '../core/problem.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { createUser, deleteUser, updateUser, userKey } from '../core/user.ts'
import { resourceBody } from '../odata/resourceBody.ts'
import { readUserBody } from '../odata/writeBody.ts'
import { type Answer, json, NO_CONTENT } from './answer.ts'
import { readExpansion } from './expansion.ts'
import { authorship, type GraphRequest, parameter } from './graphRequest.ts'
import { contextOf, expandedNames, listObjects, readSelected } from './resources.ts'
import { commandContext, type Services } from './services.ts'

/** GET /users */
export function getUsers(request: GraphRequest, services: Services): Promise<Answer> {
  return listObjects(request, 'user', 'live', 'users', services)
}

/** POST /users */
export async function postUser(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock } = services
  const { tenant } = request.caller
  const values = readUserBody(request.body)
  const context = await commandContext(services, tenant)
  const user = await store.write(tenant, authorship(request, clock), transaction =>
    createUser(transaction, values, context),
  )
  const body = { '@odata.context': contextOf(request, 'user', null, 'entity'), ...resourceBody(user, null) }
  return json(201, body, { location: `${request.root}/users/${user.id}` })
}

/** GET /users/{id or userPrincipalName} */
export async function getUser(request: GraphRequest, { store }: Services): Promise<Answer> {
  const selected = readSelected('user', request.options)
  const expanded = readExpansion(request, 'user')
  const body = await store.read(request.caller.tenant, async snapshot => {
    const user = await liveObject(snapshot, 'user', await userId(snapshot, parameter(request, 'id')))
    return { ...resourceBody(user, selected), ...(await expanded?.read(snapshot, user)) }
  })
  const context = contextOf(request, 'user', expandedNames(selected, expanded), 'entity')
  return json(200, { '@odata.context': context, ...body })
}

/** PATCH /users/{id or userPrincipalName} */
export async function patchUser(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock } = services
  const { tenant } = request.caller
  const values = readUserBody(request.body)
  const context = await commandContext(services, tenant)
  await store.write(tenant, authorship(request, clock), async transaction =>
    updateUser(transaction, await userId(transaction, parameter(request, 'id')), values, context),
  )
  return NO_CONTENT
}

/** DELETE /users/{id or userPrincipalName} */
export async function removeUser(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock } = services
  const { tenant } = request.caller
  const context = await commandContext(services, tenant)
  await store.write(tenant, authorship(request, clock), async transaction =>
    deleteUser(transaction, await userId(transaction, parameter(request, 'id')), context),
  )
  return NO_CONTENT
}

/** Text that is no GUID is a userPrincipalName. Throws `Request_ResourceNotFound` when nobody bears it. */
export async function userId(snapshot: Snapshot, text: string): Promise<ObjectId> {
  if (isGuid(text)) return text.toLowerCase() as ObjectId
  const id = await snapshot.idByKey('userPrincipalName', userKey(text))
  if (id === null) throw notFound(text)
  return id
}
