import { randomUUID } from 'node:crypto'
import { hashSecret, newClientSecret } from '../auth/issuer/secret.ts'
import type { TenantId } from '../core/id.ts'
import type { Store, Tenant } from '../store/store.ts'

/** The app with which the one who starts the server asks for tokens. */
export interface FirstApp {
  readonly tenantId: TenantId
  /** Null where the tenant has none any more. */
  readonly clientId: string | null
  /** Null for an app that was made before: it is kept as a hash alone. */
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
  'RoleManagement.ReadWrite.Directory',
] as const

/** By it the first app is told from those that came later. */
const FIRST_NAME = 'Tidemark administration'

/** The first app of the first tenant. A new database gets both; an app that was deleted does not come back. */
export async function firstApp(store: Store): Promise<FirstApp> {
  const [known] = await store.tenants()
  if (known !== undefined) {
    const apps = await store.apps(known.id)
    const first = apps.find(({ displayName }) => displayName === FIRST_NAME) ?? apps[0]
    return { tenantId: known.id, clientId: first?.clientId ?? null, clientSecret: null }
  }
  const tenant = await newTenant(store)
  const clientId = randomUUID()
  const clientSecret = newClientSecret()
  await store.putApp({
    clientId,
    tenant: tenant.id,
    displayName: FIRST_NAME,
    roles: FIRST_ROLES,
    secretHashes: [hashSecret(clientSecret)],
    scopes: [],
    certificates: [],
    redirectUris: [],
    publicClient: false,
    demo: false,
  })
  return { tenantId: tenant.id, clientId, clientSecret }
}

async function newTenant(store: Store): Promise<Tenant> {
  const id = randomUUID() as TenantId
  const domain = `${id.slice(0, 8)}.tidemark.example`
  const tenant: Tenant = { id, kind: 'workforce', displayName: 'Tidemark', defaultDomain: domain, domains: [domain] }
  await store.putTenant(tenant)
  return tenant
}
