import type { Version } from '../../core/fact.ts'
import type { Compaction } from '../store.ts'
import type { Connection, TenantKey } from './connection.ts'
import { ANY_TYPE, stateCode } from './row.ts'

const TOMBSTONES = `objects INDEXED BY objects_listed
  WHERE tenant = ?1 AND ${ANY_TYPE} AND state = ${stateCode('purged')} AND version <= ?2`

/** Moves a tenant's horizon and drops what lies below it; to be run inside one transaction. */
export function compactTenant(connection: Connection, tenant: TenantKey, wanted: Version): Compaction {
  connection.run('UPDATE tenants SET horizon = max(horizon, min(?, head)) WHERE tenant = ?', wanted, tenant)
  const row = connection.get('SELECT horizon FROM tenants WHERE tenant = ?', tenant)
  const horizon = Number(row?.horizon)
  const orphans = connection.run(
    `DELETE FROM edges WHERE tenant = ?1 AND source IN (SELECT id FROM ${TOMBSTONES})`,
    tenant,
    horizon,
  )
  const objects = connection.run(`DELETE FROM ${TOMBSTONES}`, tenant, horizon)
  const edges = connection.run(
    'DELETE FROM edges INDEXED BY edges_removed WHERE tenant = ? AND live = 0 AND version <= ?',
    tenant,
    horizon,
  )
  const records = connection.run('DELETE FROM commits WHERE tenant = ? AND version < ?', tenant, horizon)
  return { tombstones: objects + edges + orphans, records }
}
