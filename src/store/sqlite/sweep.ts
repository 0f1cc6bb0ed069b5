import type { TenantKey } from './connection.ts'
import type { Writer } from './writer.ts'

/** How many rows one transaction takes away: commits and answers have their turn in between. */
const SLICE = 1_000

/** What a tenant has beside its own row, and by what its rows are told from each other. */
const HOLDINGS = [
  { table: 'edges', key: 'tenant, source, relation, target' },
  { table: 'object_keys', key: 'tenant, type, state, key, value, id' },
  { table: 'alternate_keys', key: 'tenant, name, value' },
  { table: 'directory_roles', key: 'tenant, user, role' },
  { table: 'objects', key: 'tenant, type, id' },
  { table: 'commits', key: 'tenant, version' },
] as const

/** Takes away what deleted tenants held. Where it is cut short, the next one takes the rest. */
export async function sweepTenants(
  writer: Pick<Writer, 'alone'>,
  told: (rows: number) => Promise<void> = async () => {},
): Promise<number> {
  let rows = 0
  for (;;) {
    const tenant = await writer.alone(connection =>
      connection.get('SELECT tenant FROM deleted_tenants WHERE swept = 0 LIMIT 1'),
    )
    if (tenant === undefined) return rows
    const key: TenantKey = Number(tenant.tenant)
    for (const holding of HOLDINGS) {
      for (let slice = SLICE; slice === SLICE; ) {
        slice = await writer.alone(connection => connection.run(sliceOf(holding), key))
        rows += slice
        if (slice > 0) await told(rows)
      }
    }
    await writer.alone(connection => connection.run('UPDATE deleted_tenants SET swept = 1 WHERE tenant = ?', key))
  }
}

/** SQLite's own DELETE with a limit is an option that Node.js does not build. */
function sliceOf({ table, key }: (typeof HOLDINGS)[number]): string {
  return `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE tenant = ? LIMIT ${SLICE})`
}
