import type { Command, Option } from 'commander'
import { isGuid, parseTenantId, type TenantId } from '../core/id.ts'
import type { Store, Tenant } from '../store/store.ts'
import { givenFor, option } from './option.ts'
import { Refusal } from './refusal.ts'

export function tenantOption(): Option {
  return option('--tenant <id>', 'the tenant; need not be given where there is one alone')
}

/** The tenant that a command is about. Throws a `Refusal` for one that is not there, and where it could be any of several. */
export async function readTenant(command: Command, store: Store): Promise<TenantId> {
  const given = givenFor(command, 'tenant')
  if (given !== null) return (await readTenantId(given.text, store)).id
  const tenants = await store.tenants()
  const [only, ...others] = tenants
  if (only === undefined) throw new Refusal("There is no tenant yet: 'tidemark tenant create' makes one.")
  if (others.length > 0) throw new Refusal(`There are ${tenants.length} tenants: say which with --tenant.`)
  return only.id
}

/** The tenant of an id. Throws a `Refusal` for one that is not there. */
export async function readTenantId(text: string, store: Store): Promise<Tenant> {
  const found = isGuid(text) ? await store.tenant(parseTenantId(text)) : null
  if (found === null) throw new Refusal(`There is no tenant '${text}': 'tidemark tenant list' lists them.`)
  return found
}
