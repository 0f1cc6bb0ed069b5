import type { DirectoryObject } from '../core/fact.ts'
import { type ObjectId, parseObjectId, type TenantId } from '../core/id.ts'
import { liveObject } from '../core/membership.ts'
import { createObject, updateObject } from '../core/plainObject.ts'
import { Problem } from '../core/problem.ts'
import { deleteObject } from '../core/recycleBin.ts'
import type { Values } from '../core/value.ts'
import { resourceBody } from '../odata/resourceBody.ts'
import { readObjectBody } from '../odata/writeBody.ts'
import type { Authorship } from '../store/store.ts'
import { type Fields, refuseOthers, take, takeTenants } from './controlFields.ts'
import { commandContext, type Services } from './services.ts'

/** Contacts come from Exchange, and Graph only reads them: the control API stands in its place (docs/control.md). */
export async function createContact(fields: Fields, services: Services): Promise<object> {
  const tenant = await takeTenant(fields, services)
  const values = takeContact(fields)
  refuseOthers(fields)
  const context = await commandContext(services, tenant)
  const contact = await services.store.write(tenant, by(services), transaction =>
    createObject(transaction, 'orgContact', values, context),
  )
  return told(tenant, contact)
}

export async function updateContact(fields: Fields, services: Services): Promise<object> {
  const tenant = await takeTenant(fields, services)
  const id = takeId(fields)
  const values = takeContact(fields)
  refuseOthers(fields)
  const context = await commandContext(services, tenant)
  const contact = await services.store.write(tenant, by(services), async transaction => {
    await updateObject(transaction, 'orgContact', id, values, context)
    return liveObject(transaction, 'orgContact', id)
  })
  return told(tenant, contact)
}

export async function deleteContact(fields: Fields, services: Services): Promise<object> {
  const tenant = await takeTenant(fields, services)
  const id = takeId(fields)
  refuseOthers(fields)
  const context = await commandContext(services, tenant)
  await services.store.write(tenant, by(services), async transaction =>
    deleteObject(transaction, await liveObject(transaction, 'orgContact', id), context),
  )
  return { tenant, id }
}

/** The tenant that is named; it need not be where there is only one. */
async function takeTenant(fields: Fields, { store }: Services): Promise<TenantId> {
  const [tenant, ...more] = await takeTenants(fields, store)
  if (tenant !== undefined && more.length === 0) return tenant
  throw new Problem('BadRequest', "There are several tenants: name one as 'tenant'.")
}

function takeId(fields: Fields): ObjectId {
  const id = take(fields, 'id')
  if (typeof id !== 'string') throw new Problem('BadRequest', "'id' must be the id of a contact.")
  return parseObjectId(id)
}

/** Throws `BadRequest` for what is no object, `Request_BadRequest` for a property that contacts do not have. */
function takeContact(fields: Fields): Values {
  const contact = take(fields, 'contact')
  if (typeof contact !== 'object' || contact === null || Array.isArray(contact))
    throw new Problem('BadRequest', "'contact' must hold the contact's properties.")
  return readObjectBody('orgContact', contact)
}

function by({ clock }: Services): Authorship {
  return { at: clock.now(), app: null, user: null, requestId: null }
}

function told(tenant: TenantId, contact: DirectoryObject): object {
  return { tenant, contact: resourceBody(contact, null) }
}
