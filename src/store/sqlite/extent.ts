import type { KeyCursor } from '../../core/cursor.ts'
import type { PageLimit, Projection, Scope } from '../../core/snapshot.ts'
import type { Cell, Connection, TenantKey } from './connection.ts'
import { sizeSql } from './itemSql.ts'
import { relationCode, typeCode } from './row.ts'

/** The next page of a scan, to be read from one state of a tenant. */
export interface Scan {
  readonly connection: Connection
  readonly tenant: TenantKey
  readonly scope: Scope
  readonly projection: Projection
  readonly after: KeyCursor | null
  readonly limit: PageLimit
}

/** What a page holds that ends with the object `last`; `more` says whether live objects lie beyond it. */
export interface Extent {
  readonly last: string
  readonly objects: number
  readonly edges: number
  readonly examined: number
  readonly bytes: number
  readonly more: boolean
}

/** Sorts after every id. */
const BEYOND = '~'

/**
 * The usual page after an id: all of its objects whole, counted by one walk over them and one over their edges. Null
 * where a limit ends it earlier, and where the walks would meet rows that the page passes over (of objects that are not
 * live, of hidden members).
 */
export function usualExtent({ connection, tenant, scope, projection, limit }: Scan, after: string): Extent | null {
  if (scope.ids !== null) return null
  // The walk meets the rows of every relation, and only those of members can be many.
  if (scope.relations.length > 0 && !scope.relations.includes('members')) return null
  const type = typeCode(scope.type)
  const filling = connection.get(
    `SELECT id FROM objects INDEXED BY objects_listed
     WHERE tenant = ? AND type = ? AND state = 0 AND id > ? ORDER BY id LIMIT 1 OFFSET ?`,
    tenant,
    type,
    after,
    limit.objects - 1,
  )
  const last = filling === undefined ? BEYOND : String(filling.id)
  const beside = connection.get(
    `SELECT EXISTS (SELECT 1 FROM objects INDEXED BY objects_listed
         WHERE tenant = ?1 AND type = ?2 AND state IN (1, 2) AND id > ?3 AND id <= ?4) AS passed,
       EXISTS (SELECT 1 FROM objects INDEXED BY objects_listed
         WHERE tenant = ?1 AND type = ?2 AND state = 0 AND id > ?4) AS more`,
    tenant,
    type,
    after,
    last,
  )
  if (beside?.passed === 1) return null
  const found = connection.get(
    `SELECT count(*) AS objects, max(o.members_hidden) AS hidden, coalesce(sum(${sizeSql(scope)}), 0) AS bytes
     FROM objects o NOT INDEXED WHERE o.tenant = ? AND o.type = ? AND o.id > ? AND o.id <= ?`,
    tenant,
    type,
    after,
    last,
  )
  const [objects, bytes] = [Number(found?.objects), Number(found?.bytes)]
  if (bytes >= limit.bytes || (found?.hidden === 1 && !projection.showHiddenMembers)) return null
  const counts =
    scope.relations.length === 0
      ? undefined
      : connection.get(
          `SELECT count(*) AS rows, coalesce(sum(live), 0) AS live FROM (
             SELECT live FROM edges WHERE tenant = ? AND source > ? AND source <= ? AND ${isOfScope(scope)} LIMIT ?)`,
          tenant,
          after,
          last,
          limit.examined + 1,
        )
  const [rows, edges] = [Number(counts?.rows ?? 0), Number(counts?.live ?? 0)]
  const examined = objects + rows
  if (edges >= limit.edges || examined > limit.examined) return null
  return { last, objects, edges, examined, bytes, more: beside?.more === 1 }
}

/** A live object that a scan comes to: with how many edge rows, and how many bytes of properties. */
export interface Upcoming {
  readonly id: string
  readonly hidden: boolean
  readonly bytes: number
  readonly rows: number
  readonly live: number
}

/** A row of the counting statement holds two counts: live rows above this factor, all rows below it. */
const LIVE = 2 ** 24

/** The next live objects after an id, each counted as far as it can matter to the page. */
export function* upcoming({ connection, tenant, scope, projection, limit }: Scan, after: string): Iterable<Upcoming> {
  const cells: Cell[] = [tenant, typeCode(scope.type), after]
  const cell = (value: Cell): string => `?${cells.push(value)}`
  const shown = projection.showHiddenMembers
    ? ''
    : `AND NOT (o.members_hidden AND e.relation = ${relationCode('members')})`
  const counts =
    scope.relations.length === 0
      ? '0'
      : `(SELECT count(*) + coalesce(sum(live), 0) * ${LIVE} FROM (
           SELECT live FROM edges e WHERE e.tenant = o.tenant AND e.source = o.id AND ${isOfScope(scope)} ${shown}
           LIMIT ${cell(limit.examined + 1)}))`
  const chosen =
    scope.ids === null ? '' : `AND o.id IN (SELECT value FROM json_each(${cell(JSON.stringify(scope.ids))}))`
  const found = connection.iterate(
    `SELECT o.id AS id, o.members_hidden AS hidden, ${sizeSql(scope)} AS bytes, ${counts} AS counts
     FROM objects o INDEXED BY objects_listed
     WHERE o.tenant = ?1 AND o.type = ?2 AND o.state = 0 AND o.id > ?3 ${chosen}
     ORDER BY o.id LIMIT ${cell(limit.objects + 1)}`,
    ...cells,
  )
  for (const row of found) {
    const count = Number(row.counts)
    const [live, rows] = [Math.floor(count / LIVE), count % LIVE]
    yield { id: String(row.id), hidden: row.hidden === 1, bytes: Number(row.bytes), rows, live }
  }
}

function isOfScope({ relations }: Scope): string {
  return `relation IN (${relations.map(relationCode).join(', ')})`
}
