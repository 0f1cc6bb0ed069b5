import { randomUUID } from 'node:crypto'
import { hashSecret, newClientSecret } from '../auth/secret.ts'
import type { TenantId } from '../core/id.ts'
import type { Store, Tenant } from '../store/store.ts'

/** The app with which the one who starts the server asks for tokens. */
export interface FirstApp {
  readonly tenantId: TenantId
  readonly clientId: string
  /** Null for one that was made before: it is kept as a hash alone. */
  readonly clientSecret: string | null
}

/** What the first app may do: all that can be done so far. */
export const FIRST_ROLES = [
  'Group.ReadWrite.All',
  'User.ReadWrite.All',
  'User.DeleteRestore.All',
  'Device.ReadWrite.All',
  'Application.ReadWrite.All',
  'OrgContact.Read.All',
] as const

/** The first app of the first tenant; a new database gets both. */
export async function firstApp(store: Store): Promise<FirstApp> {
  const tenant = (await store.tenants())[0] ?? (await newTenant(store))
  const [known] = await store.apps(tenant.id)
  if (known !== undefined) return { tenantId: tenant.id, clientId: known.clientId, clientSecret: null }
  const clientId = randomUUID()
  const clientSecret = newClientSecret()
  await store.putApp({
    clientId,
    tenant: tenant.id,
    displayName: 'Tidemark administration',
    roles: FIRST_ROLES,
    secretHashes: [hashSecret(clientSecret)],
    demo: false,
  })
  return { tenantId: tenant.id, clientId, clientSecret }
}

async function newTenant(store: Store): Promise<Tenant> {
  const id = randomUUID() as TenantId
  const domain = `${id.slice(0, 8)}.tidemark.example`
  const tenant: Tenant = { id, displayName: 'Tidemark', defaultDomain: domain, domains: [domain] }
  await store.putTenant(tenant)
  return tenant
}
