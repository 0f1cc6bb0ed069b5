import { LruMap } from 'toad-cache'
import type { TenantId } from '../../core/id.ts'
import type { Store } from '../../store/store.ts'
import type { Clock } from '../clock.ts'

/** How large a tenant is, by its users: under 50, from 50 to 500, above 500 (learn.microsoft.com, graph/throttling-limits). */
export type TenantSize = 'small' | 'medium' | 'large'

const MEDIUM_FROM = 50
const LARGE_FROM = 501

/** A tenant may have grown for so long before it counts as larger. */
const KNOWN_MS = 60_000
const TENANTS_MAX = 10_000

interface Known {
  readonly size: TenantSize
  readonly at: number
}

/** Tells how large tenants are, from no more users than it takes to tell, looked at no oftener than once a minute. */
export function tenantSizes(store: Pick<Store, 'read'>, clock: Pick<Clock, 'elapsed'>) {
  const known = new LruMap<Known>(TENANTS_MAX)
  return async (tenant: TenantId): Promise<TenantSize> => {
    const last = known.get(tenant)
    if (last !== undefined && clock.elapsed() - last.at < KNOWN_MS) return last.size
    const users = await store.read(tenant, snapshot => snapshot.objects('user', 'live', null, LARGE_FROM))
    const size = users.length >= LARGE_FROM ? 'large' : users.length >= MEDIUM_FROM ? 'medium' : 'small'
    known.set(tenant, { size, at: clock.elapsed() })
    return size
  }
}
