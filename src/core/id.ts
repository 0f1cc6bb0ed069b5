import { Problem } from './problem.ts'

/** Names a directory object within its tenant: a GUID, in lower case. */
export type ObjectId = string & { readonly brand: 'ObjectId' }

/** Names a tenant: a GUID, in lower case. */
export type TenantId = string & { readonly brand: 'TenantId' }

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function isGuid(text: string): boolean {
  return GUID.test(text.toLowerCase())
}

/** The GUID of 32 hexadecimal digits in lower case. */
export function guidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
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
