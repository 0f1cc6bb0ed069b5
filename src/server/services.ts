import type { Trust } from '../auth/bearer/trust.ts'
import type { UsedAssertions } from '../auth/issuer/clientAssertion.ts'
import type { KeyRing } from '../auth/keys/keyRing.ts'
import type { SignIns } from '../auth/signIn/signIns.ts'
import type { CommandContext } from '../core/change.ts'
import type { ObjectId, TenantId } from '../core/id.ts'
import type { PageLimit } from '../core/snapshot.ts'
import { type Store, type Tenant, UnknownTenant } from '../store/store.ts'
import type { Clock } from './clock.ts'
import type { Observer } from './monitor/observer.ts'
import type { PublicBase } from './publicBase.ts'
import type { Throttle } from './throttle/throttle.ts'

/** The forms in which real Graph is seen to answer a state token that cannot be followed; the first is ours. */
export const RESYNC_FORMS = ['gone', 'syncStateNotFound', 'unsupportedQuery'] as const
export type ResyncForm = (typeof RESYNC_FORMS)[number]

export interface Settings {
  readonly pageLimit: PageLimit
  readonly tokenLifeMs: number
  readonly recycleBinMs: number
  /** False: the older rule, by which security groups are purged at once (learn.microsoft.com, graph/delta-query-groups). */
  readonly recycleSecurityGroups: boolean
}

/** What the control listener can change while the server runs. */
export interface Controls {
  /** State tokens issued at or before this moment (milliseconds since 1970 UTC) are past their life. */
  expiredAt: number
  resyncForm: ResyncForm
  ring: KeyRing
  throttle: Throttle
}

/** All that handlers work with. */
export interface Services {
  readonly store: Store
  readonly clock: Clock
  readonly newId: () => ObjectId
  readonly settings: Settings
  readonly controls: Controls
  readonly trust: Trust
  readonly publicBase: PublicBase
  readonly observer: Observer
  /** Null where nobody can sign in: on all but a demonstration. */
  readonly signIns: SignIns | null
  /** Null where apps may send one assertion again for as long as it lives. */
  readonly usedAssertions: UsedAssertions | null
}

/** A tenant that a verified token names. Throws `UnknownTenant` for one that was deleted since. */
export async function existingTenant(store: Store, id: TenantId): Promise<Tenant> {
  const tenant = await store.tenant(id)
  if (tenant === null) throw new UnknownTenant(`The tenant '${id}' of a verified token is gone.`)
  return tenant
}

/** What a command of this tenant is handed. */
export async function commandContext(
  { store, clock, newId, settings }: Services,
  tenant: TenantId,
): Promise<CommandContext> {
  const { domains, defaultDomain } = await existingTenant(store, tenant)
  const others = domains.filter(domain => domain !== defaultDomain)
  const { recycleSecurityGroups } = settings
  return { now: clock.now(), newId, domains: [defaultDomain, ...others], recycleSecurityGroups }
}
