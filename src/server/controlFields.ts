import type { JsonValue } from '../core/fact.ts'
import { parseTenantId, type TenantId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import { readJson } from '../odata/json.ts'
import type { Store } from '../store/store.ts'

/** What a request to the control API carries, by name. */
export type Fields = Map<string, JsonValue | undefined>

/** Throws `BadRequest` for a body that is no JSON object; none at all carries nothing. */
export function readFields(body: unknown): Fields {
  if (!(body instanceof Uint8Array) || body.length === 0) return new Map()
  const value = readJson(body)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value))
  throw new Problem('BadRequest', 'The body must be a JSON object.')
}

export function take(fields: Fields, name: string): JsonValue | undefined {
  const value = fields.get(name)
  fields.delete(name)
  return value
}

/** Throws `BadRequest` when a field is left that nobody has read. */
export function refuseOthers(fields: Fields): void {
  const [name] = fields.keys()
  if (name !== undefined) throw new Problem('BadRequest', `The body has a field '${name}' that is not known here.`)
}

/** The tenant that is named, or all of them. Throws `ResourceNotFound` for a name of none. */
export async function takeTenants(fields: Fields, store: Store): Promise<TenantId[]> {
  const wanted = take(fields, 'tenant')
  const known = (await store.tenants()).map(({ id }) => id)
  if (wanted === undefined) return known
  if (typeof wanted !== 'string') throw new Problem('BadRequest', "'tenant' must be a tenant id.")
  const tenant = parseTenantId(wanted)
  if (!known.includes(tenant)) throw new Problem('ResourceNotFound', `There is no tenant '${wanted}'.`)
  return [tenant]
}
