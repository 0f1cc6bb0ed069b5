import { OBJECT_TYPES, type ObjectType, type Version } from '../../core/fact.ts'
import type { Compaction } from '../store.ts'
import type { Connection, TenantKey } from './connection.ts'
import { stateCode, typeCode } from './row.ts'
import type { Writer } from './writer.ts'

/** How many rows one transaction takes away or looks at: commits and answers have their turn in between. */
const SLICE = 1_000

interface Sweep {
  readonly tenant: TenantKey
  readonly horizon: Version
}

/**
 * Moves a tenant's horizon, then drops what lies below it, in many transactions. In between, and where the process ends
 * on the way, some of it is still there: nobody asks for it any more, and the next compaction takes the rest.
 */
export async function compactTenant(
  writer: Pick<Writer, 'alone'>,
  tenant: TenantKey,
  wanted: Version,
): Promise<Compaction> {
  const sweep = { tenant, horizon: await writer.alone(connection => moveHorizon(connection, tenant, wanted)) }
  let tombstones = 0
  for (const type of OBJECT_TYPES) {
    let next: string | null = ''
    while (next !== null) {
      const after: string = next
      const slice: ObjectSlice = await writer.alone(connection => sweepObjects(connection, sweep, type, after))
      tombstones += slice.removed
      next = slice.next
    }
  }
  tombstones += await repeat(() => writer.alone(connection => sweepEdges(connection, sweep)))
  const records = await repeat(() => writer.alone(connection => sweepRecords(connection, sweep)))
  return { tombstones, records }
}

/** Until a slice is not full; gives how many rows all of them have taken away. */
async function repeat(sweep: () => Promise<number>): Promise<number> {
  for (let removed = 0; ; ) {
    const slice = await sweep()
    removed += slice
    if (slice < SLICE) return removed
  }
}

function moveHorizon(connection: Connection, tenant: TenantKey, wanted: Version): Version {
  connection.run('UPDATE tenants SET horizon = max(horizon, min(?, head)) WHERE tenant = ?', wanted, tenant)
  return Number(connection.get('SELECT horizon FROM tenants WHERE tenant = ?', tenant)?.horizon)
}

interface ObjectSlice {
  readonly removed: number
  /** The id to go on behind; null at the end. */
  readonly next: string | null
}

/** Purged objects behind the id `after`, each with the edges that it has. */
function sweepObjects(
  connection: Connection,
  { tenant, horizon }: Sweep,
  type: ObjectType,
  after: string,
): ObjectSlice {
  const purged = connection.all(
    `SELECT id, version FROM objects INDEXED BY objects_listed
     WHERE tenant = ? AND type = ? AND state = ${stateCode('purged')} AND id > ? ORDER BY id LIMIT ${SLICE}`,
    tenant,
    typeCode(type),
    after,
  )
  let removed = 0
  let last = after
  for (const { id, version } of purged) {
    if (Number(version) <= horizon) {
      removed += dropEdges(connection, 'WHERE tenant = ? AND source = ?', SLICE - removed, tenant, String(id))
      // It may have more of them: it is looked at again.
      if (removed >= SLICE) return { removed, next: last }
      removed += connection.run(
        'DELETE FROM objects WHERE tenant = ? AND type = ? AND id = ?',
        tenant,
        typeCode(type),
        String(id),
      )
    }
    last = String(id)
  }
  return { removed, next: purged.length < SLICE ? null : last }
}

function sweepEdges(connection: Connection, { tenant, horizon }: Sweep): number {
  const removed = 'INDEXED BY edges_removed WHERE tenant = ? AND live = 0 AND version <= ?'
  return dropEdges(connection, removed, SLICE, tenant, horizon)
}

/** SQLite's own DELETE with a limit is an option that Node.js does not build. */
function dropEdges(connection: Connection, where: string, limit: number, ...cells: (number | string)[]): number {
  return connection.run(
    `DELETE FROM edges WHERE (tenant, source, relation, target) IN
       (SELECT tenant, source, relation, target FROM edges ${where} LIMIT ?)`,
    ...cells,
    limit,
  )
}

function sweepRecords(connection: Connection, { tenant, horizon }: Sweep): number {
  return connection.run(
    `DELETE FROM commits WHERE tenant = ?1 AND version < ?2
       AND version < (SELECT min(version) FROM commits WHERE tenant = ?1) + ${SLICE}`,
    tenant,
    horizon,
  )
}
