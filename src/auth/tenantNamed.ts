import { foldDomain } from '../core/domain.ts'
import { isGuid, parseTenantId } from '../core/id.ts'
import type { Store, Tenant } from '../store/store.ts'

/** The tenant that a path of the issuer names, by its id or by one of its domains; null where there is none. */
export async function tenantNamed(
  name: string,
  store: Pick<Store, 'tenant' | 'tenantOfDomain'>,
): Promise<Tenant | null> {
  return isGuid(name) ? store.tenant(parseTenantId(name)) : store.tenantOfDomain(foldDomain(name))
}
