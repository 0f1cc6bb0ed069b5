import { authorizeOn } from '../auth/permission/permissions.ts'
import type { Permission } from '../auth/permission/permissionTable.ts'
import type { DirectoryObject } from '../core/fact.ts'
import { parseObjectId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import { deletedObject, purgeObject, RECYCLED_TYPES, type RecycledType, restoreObject } from '../core/recycleBin.ts'
import { typedResourceBody } from '../odata/resourceBody.ts'
import { readRestoreBody } from '../odata/writeBody.ts'
import { type Answer, json, NO_CONTENT } from './answer.ts'
import { authorship, type GraphRequest, parameter } from './graphRequest.ts'
import { authorizeWrite } from './objectPermissions.ts'
import { listObjects, readSelected } from './resources.ts'
import { commandContext, type Services } from './services.ts'

/** GET /directory/deletedItems/microsoft.graph.group and its like */
export function getDeletedItems(type: RecycledType) {
  return (request: GraphRequest, services: Services): Promise<Answer> =>
    listObjects(request, type, 'deleted', `directory/deletedItems/microsoft.graph.${type}`, services)
}

/** GET /directory: the one resource that holds the recycle bin. Its id is its tenant's. */
export async function getDirectory({ caller, root }: GraphRequest): Promise<Answer> {
  return json(200, { '@odata.context': `${root}/$metadata#directory/$entity`, id: caller.tenant })
}

/** GET /directory/deletedItems: the type is mandatory (learn.microsoft.com, graph/api/directory-deleteditems-list). */
export async function refuseUntypedList(): Promise<Answer> {
  throw new Problem(
    'Request_BadRequest',
    `Name the type of the deleted items: ${RECYCLED_TYPES.map(type => `/directory/deletedItems/microsoft.graph.${type}`).join(', ')}.`,
  )
}

/** GET /directory/deletedItems/{id} */
export async function getDeletedItem(request: GraphRequest, { store }: Services): Promise<Answer> {
  const id = parseObjectId(parameter(request, 'id'))
  const { caller } = request
  const object = await store.read(caller.tenant, async snapshot => {
    const deleted = await deletedObject(snapshot, id)
    await authorizeOn(caller, permissionFor(deleted, 'get'), deleted, snapshot)
    return deleted
  })
  const selected = readSelected(object.type, request.options)
  const context = `${request.root}/$metadata#directoryObjects/$entity`
  return json(200, { '@odata.context': context, ...typedResourceBody(object, selected) })
}

/** POST /directory/deletedItems/{id}/restore */
export async function postRestore(request: GraphRequest, services: Services): Promise<Answer> {
  const { caller } = request
  const id = parseObjectId(parameter(request, 'id'))
  const newName = readRestoreBody(request.body)
  const context = await commandContext(services, caller.tenant)
  const object = await services.store.write(caller.tenant, authorship(request, services.clock), async transaction => {
    const deleted = await deletedObject(transaction, id)
    await authorizeWrite(caller, permissionFor(deleted, 'restore'), deleted, transaction)
    return restoreObject(transaction, id, newName, context)
  })
  const root = `${request.root}/$metadata#directoryObjects/$entity`
  return json(200, { '@odata.context': root, ...typedResourceBody(object, null) })
}

/** DELETE /directory/deletedItems/{id} */
export async function deleteDeletedItem(request: GraphRequest, { store, clock }: Services): Promise<Answer> {
  const { caller } = request
  const id = parseObjectId(parameter(request, 'id'))
  await store.write(caller.tenant, authorship(request, clock), async transaction => {
    const deleted = await deletedObject(transaction, id)
    await authorizeWrite(caller, permissionFor(deleted, 'purge'), deleted, transaction)
    await purgeObject(transaction, id)
  })
  return NO_CONTENT
}

const ROWS = {
  group: 'deletedGroups',
  user: 'deletedUsers',
  servicePrincipal: 'deletedServicePrincipals',
} as const satisfies Record<RecycledType, string>

/** What the bin's objects ask depends on their type, which only the object tells. */
function permissionFor({ id, type }: DirectoryObject, operation: 'get' | 'restore' | 'purge'): Permission {
  const recycled = RECYCLED_TYPES.find(known => known === type)
  if (recycled === undefined) throw new Error(`The object '${id}' of type '${type}' is in the recycle bin.`)
  return `${ROWS[recycled]}.${operation}`
}
