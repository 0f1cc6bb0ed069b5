import { Problem } from './problem.ts'

/** Names a directory object within its tenant: a GUID, in lower case. */
export type ObjectId = string & { readonly brand: 'ObjectId' }

/** Names a tenant: a GUID, in lower case. */
export type TenantId = string & { readonly brand: 'TenantId' }

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function isGuid(text: string): boolean {
  return GUID.test(text.toLowerCase())
}

/** Throws `Request_BadRequest` for text that is no GUID (DELTA-104). */
export function parseObjectId(text: string): ObjectId {
  const id = text.toLowerCase()
  if (!GUID.test(id)) throw new Problem('Request_BadRequest', `Invalid object identifier '${text}'.`)
  return id as ObjectId
}

/** Throws `Request_BadRequest` for text that is no GUID. */
export function parseTenantId(text: string): TenantId {
  const id = text.toLowerCase()
  if (!GUID.test(id)) throw new Problem('Request_BadRequest', `'${text}' is not a tenant id.`)
  return id as TenantId
}
