import { authorizeOn } from '../auth/permission/permissions.ts'
import { namedId } from '../core/alternateKey.ts'
import type { ObjectType } from '../core/fact.ts'
import { createObject, updateObject } from '../core/plainObject.ts'
import type { PlainType } from '../core/plainType.ts'
import { deleteObject } from '../core/recycleBin.ts'
import { resourceBody } from '../odata/resourceBody.ts'
import { ENTITY_SETS } from '../odata/resourceNames.ts'
import { readObjectBody } from '../odata/writeBody.ts'
import { json, NO_CONTENT } from './answer.ts'
import { readExpansion } from './expansion.ts'
import { authorship, objectKey } from './graphRequest.ts'
import { authorizeDeletion, DELETING, namedObject, READING } from './objectPermissions.ts'
import { contextOf, expandedNames, listObjects, readSelected } from './resources.ts'
import type { Handler } from './route.ts'
import { commandContext } from './services.ts'

/** GET /users and its like: a collection. */
export function getObjects(type: ObjectType): Handler {
  return (request, services) => listObjects(request, type, 'live', ENTITY_SETS[type], services)
}

/** GET /users/{id} */
export function getObject(type: ObjectType): Handler {
  return async (request, { store }) => {
    const { caller } = request
    const key = objectKey(request, type)
    const selected = readSelected(type, request.options)
    const expanded = readExpansion(request, type)
    const body = await store.read(caller.tenant, async snapshot => {
      const object = await namedObject(caller, READING[type], { type, key }, snapshot)
      await authorizeOn(caller, READING[type], object, snapshot)
      return { ...resourceBody(object, selected), ...(await expanded?.read(snapshot, object)) }
    })
    const context = contextOf(request, type, expandedNames(selected, expanded), 'entity')
    return json(200, { '@odata.context': context, ...body })
  }
}

/** POST /users */
export function postObject(type: PlainType): Handler {
  return async (request, services) => {
    const { store, clock } = services
    const { tenant } = request.caller
    const values = readObjectBody(type, request.body)
    const context = await commandContext(services, tenant)
    const object = await store.write(tenant, authorship(request, clock), transaction =>
      createObject(transaction, type, values, context),
    )
    const body = { '@odata.context': contextOf(request, type, null, 'entity'), ...resourceBody(object, null) }
    return json(201, body, { location: `${request.root}/${ENTITY_SETS[type]}/${object.id}` })
  }
}

/** PATCH /users/{id} */
export function patchObject(type: PlainType): Handler {
  return async (request, services) => {
    const { store, clock } = services
    const { tenant } = request.caller
    const key = objectKey(request, type)
    const values = readObjectBody(type, request.body)
    const context = await commandContext(services, tenant)
    await store.write(tenant, authorship(request, clock), async transaction =>
      updateObject(transaction, type, await namedId(transaction, key), values, context),
    )
    return NO_CONTENT
  }
}

/** DELETE /users/{id} */
export function removeObject(type: ObjectType): Handler {
  return async (request, services) => {
    const { store, clock } = services
    const { caller } = request
    const key = objectKey(request, type)
    const context = await commandContext(services, caller.tenant)
    await store.write(caller.tenant, authorship(request, clock), async transaction => {
      const object = await namedObject(caller, DELETING[type] ?? READING[type], { type, key }, transaction)
      await authorizeDeletion(caller, object, transaction)
      await deleteObject(transaction, object, context)
    })
    return NO_CONTENT
  }
}
