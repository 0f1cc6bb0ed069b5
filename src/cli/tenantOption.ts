import type { Command, Option } from 'commander'
import { isGuid, type TenantId } from '../core/id.ts'
import type { Store } from '../store/store.ts'
import { givenFor, option } from './option.ts'
import { Refusal } from './refusal.ts'

export function tenantOption(): Option {
  return option('--tenant <id>', 'the tenant; need not be given where there is one alone')
}

/** The tenant that a command is about. Throws a `Refusal` for one that is not there, and where it could be any of several. */
export async function readTenant(command: Command, store: Store): Promise<TenantId> {
  const given = givenFor(command, 'tenant')
  const tenants = await store.tenants()
  if (given !== null) {
    const found = tenants.find(({ id }) => isGuid(given.text) && id === given.text.toLowerCase())
    if (found === undefined) throw new Refusal(`There is no tenant '${given.text}': 'tidemark tenant list' lists them.`)
    return found.id
  }
  const [only, ...others] = tenants
  if (only === undefined) throw new Refusal("There is no tenant yet: 'tidemark tenant create' makes one.")
  if (others.length > 0) throw new Refusal(`There are ${tenants.length} tenants: say which with --tenant.`)
  return only.id
}
