import { namedId } from '../core/alternateKey.ts'
import { liveObject } from '../core/membership.ts'
import { createUser, deleteUser, updateUser } from '../core/user.ts'
import { resourceBody } from '../odata/resourceBody.ts'
import { readUserBody } from '../odata/writeBody.ts'
import { type Answer, json, NO_CONTENT } from './answer.ts'
import { readExpansion } from './expansion.ts'
import { authorship, type GraphRequest, objectKey } from './graphRequest.ts'
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
  const key = objectKey(request, 'user')
  const selected = readSelected('user', request.options)
  const expanded = readExpansion(request, 'user')
  const body = await store.read(request.caller.tenant, async snapshot => {
    const user = await liveObject(snapshot, 'user', await namedId(snapshot, key))
    return { ...resourceBody(user, selected), ...(await expanded?.read(snapshot, user)) }
  })
  const context = contextOf(request, 'user', expandedNames(selected, expanded), 'entity')
  return json(200, { '@odata.context': context, ...body })
}

/** PATCH /users/{id or userPrincipalName} */
export async function patchUser(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock } = services
  const { tenant } = request.caller
  const key = objectKey(request, 'user')
  const values = readUserBody(request.body)
  const context = await commandContext(services, tenant)
  await store.write(tenant, authorship(request, clock), async transaction =>
    updateUser(transaction, await namedId(transaction, key), values, context),
  )
  return NO_CONTENT
}

/** DELETE /users/{id or userPrincipalName} */
export async function removeUser(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock } = services
  const { tenant } = request.caller
  const key = objectKey(request, 'user')
  const context = await commandContext(services, tenant)
  await store.write(tenant, authorship(request, clock), async transaction =>
    deleteUser(transaction, await namedId(transaction, key), context),
  )
  return NO_CONTENT
}
