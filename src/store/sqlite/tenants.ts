import type { TenantId } from '../../core/id.ts'
import { type Store, type Tenant, type TenantKind, UnknownTenant } from '../store.ts'
import type { Connection, Row, TenantKey } from './connection.ts'
import { FILE_DOMAINS } from './schema.ts'
import { sweepTenants } from './sweep.ts'
import type { Writer } from './writer.ts'

const TENANT = 'SELECT * FROM tenants WHERE id = ?'
const TENANT_OF_DOMAIN =
  'SELECT t.* FROM tenant_domains d JOIN tenants t USING (tenant) WHERE d.domain = ? ORDER BY d.tenant LIMIT 1'
/** Greater than all that there are and have been: who still has the key of a deleted tenant meets no other by it. */
const NEXT_KEY =
  '(SELECT coalesce(max(tenant), 0) + 1 FROM (SELECT tenant FROM tenants UNION ALL SELECT tenant FROM deleted_tenants))'

type TenantRegistry = Pick<
  Store,
  'tenant' | 'tenantOfDomain' | 'tenants' | 'putTenant' | 'addTenant' | 'deleteTenant' | 'sweep'
>

export function tenantRegistry(connection: Connection, writer: Pick<Writer, 'alone'>): TenantRegistry {
  return {
    tenant: async id => readTenant(connection.get(TENANT, id)),
    tenantOfDomain: async domain => readTenant(connection.get(TENANT_OF_DOMAIN, domain)),
    tenants: async () => connection.all('SELECT * FROM tenants ORDER BY tenant').flatMap(row => readTenant(row) ?? []),
    putTenant: tenant => writer.alone(alone => putTenant(alone, tenant)),
    addTenant: tenant =>
      writer.alone(alone => {
        const holders = tenant.domains.flatMap(domain => readTenant(alone.get(TENANT_OF_DOMAIN, domain)) ?? [])
        if (holders.length === 0) putTenant(alone, tenant)
        return holders[0] ?? null
      }),
    deleteTenant: id => writer.alone(alone => deleteTenant(alone, id)),
    sweep: told => sweepTenants(writer, told),
  }
}

/** The key of a tenant, as the connection sees it. Throws `UnknownTenant`. */
export function keyOf(connection: Connection, tenant: TenantId): TenantKey {
  const row = connection.get('SELECT tenant FROM tenants WHERE id = ?', tenant)
  if (row === undefined) throw new UnknownTenant(`There is no tenant '${tenant}'.`)
  return Number(row.tenant)
}

function readTenant(row: Row | undefined): Tenant | null {
  if (row === undefined) return null
  const domains = JSON.parse(String(row.domains)) as string[]
  return {
    id: row.id as TenantId,
    kind: row.kind as TenantKind,
    displayName: String(row.display_name),
    defaultDomain: domains[0] ?? '',
    domains,
  }
}

function putTenant(connection: Connection, { id, kind, displayName, domains }: Tenant): void {
  connection.run(
    `INSERT INTO tenants (tenant, id, kind, display_name, domains) VALUES (${NEXT_KEY}, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, display_name = excluded.display_name, domains = excluded.domains`,
    id,
    kind,
    displayName,
    JSON.stringify(domains),
  )
  connection.run('DELETE FROM tenant_domains WHERE tenant = (SELECT tenant FROM tenants WHERE id = ?)', id)
  connection.run(`${FILE_DOMAINS} WHERE t.id = ?`, id)
}

function deleteTenant(connection: Connection, id: TenantId): boolean {
  const row = connection.get('SELECT tenant FROM tenants WHERE id = ?', id)
  if (row === undefined) return false
  const key = Number(row.tenant)
  for (const table of ['apps', 'tenant_domains', 'tenants']) {
    connection.run(`DELETE FROM ${table} WHERE tenant = ?`, key)
  }
  connection.run('INSERT INTO deleted_tenants (tenant, id) VALUES (?, ?)', key, id)
  return true
}
