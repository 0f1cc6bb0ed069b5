import type { DirectoryObject } from '../../core/fact.ts'
import { type HasEdges, matches } from '../../core/filter.ts'
import type { ObjectId } from '../../core/id.ts'
import {
  isOn,
  type ListCursor,
  type ListedPage,
  type ListLimit,
  type ListQuery,
  listKeysOf,
  mayMeet,
  type Walk,
} from '../../core/list.ts'
import type { Cell, Connection, Row, TenantKey } from './connection.ts'
import { listKeyCode } from './listKeys.ts'
import { OBJECT_COLUMNS, readFilterable, readObject, relationCode, sizeOfRow, stateCode, typeCode } from './row.ts'

const COLUMNS = OBJECT_COLUMNS.split(', ')
  .map(column => `o.${column}`)
  .join(', ')

/**
 * Reads a page of a list: an index gives what is on a walk, the core's own rules say which of it the filter lets pass,
 * so that no rule stands in SQL a second time.
 */
export function listPage(
  connection: Connection,
  tenant: TenantKey,
  query: ListQuery,
  after: ListCursor | null,
  limit: ListLimit,
): ListedPage {
  const found: DirectoryObject[] = []
  const hasEdges = edgesOf(connection, tenant)
  let examined = 0
  let bytes = 0
  let reached = after
  const page = (next: ListCursor | null): ListedPage => ({ objects: found, examined, bytes, after: next })
  for (const [index, walk] of query.walks.entries()) {
    if (index < (after?.walk ?? 0)) continue
    const earlier = query.walks.slice(0, index).filter(other => mayMeet(other, walk))
    const start = after?.walk === index ? after : null
    for (const row of rowsOn(connection, tenant, query, walk, start, limit.examined - examined + 1)) {
      if (examined >= limit.examined || bytes >= limit.bytes) return page(reached)
      if (query.filter === null || matches(readFilterable(row), query.filter, hasEdges)) {
        const object = readObject(row)
        if (!isOnAny(earlier, object)) {
          if (found.length >= limit.objects) return page(reached)
          found.push(object)
        }
      }
      examined += 1
      bytes += sizeOfRow(row)
      reached = { walk: index, key: String(row['walked']), id: row['id'] as ObjectId }
    }
  }
  return page(null)
}

function edgesOf(connection: Connection, tenant: TenantKey): HasEdges {
  return (source, relation, atLeast) => {
    const rows = connection.all(
      'SELECT 1 FROM edges WHERE tenant = ? AND source = ? AND relation = ? AND live = 1 LIMIT ?',
      tenant,
      source,
      relationCode(relation),
      atLeast,
    )
    return rows.length === atLeast
  }
}

function isOnAny(walks: readonly Walk[], object: DirectoryObject): boolean {
  if (walks.length === 0) return false
  const keys = listKeysOf(object)
  return walks.some(walk => isOn(walk, object.id, keys))
}

/** At most `limit` rows of a walk behind a cursor, one by one, each with its key as `walked`. */
function rowsOn(
  connection: Connection,
  tenant: TenantKey,
  { type, state }: ListQuery,
  walk: Walk,
  after: ListCursor | null,
  limit: number,
): Iterable<Row> {
  const cells: Cell[] = [tenant, typeCode(type), stateCode(state)]
  const cell = (value: Cell): string => `?${cells.push(value)}`
  const byId = walk.key === 'id'
  const key = byId ? 'o.id' : 'k.value'
  const [sign, direction] = walk.descending ? ['<', 'DESC'] : ['>', 'ASC']
  const conditions: string[] = []
  if (walk.key !== 'id') conditions.push(`AND k.key = ${cell(listKeyCode(walk.key))}`)
  if (walk.values !== null) {
    conditions.push(`AND ${key} IN (SELECT value FROM json_each(${cell(JSON.stringify(walk.values))}))`)
  } else {
    if (walk.least !== '') conditions.push(`AND ${key} >= ${cell(walk.least)}`)
    if (walk.beyond !== null) conditions.push(`AND ${key} < ${cell(walk.beyond)}`)
  }
  if (after !== null) {
    conditions.push(
      byId
        ? `AND o.id ${sign} ${cell(after.id)}`
        : `AND (k.value, k.id) ${sign} (${cell(after.key)}, ${cell(after.id)})`,
    )
  }
  const source = byId
    ? 'objects o INDEXED BY objects_listed WHERE o.tenant = ?1 AND o.type = ?2 AND o.state = ?3'
    : `object_keys k CROSS JOIN objects o ON o.tenant = k.tenant AND o.type = k.type AND o.id = k.id
       WHERE k.tenant = ?1 AND k.type = ?2 AND k.state = ?3`
  return connection.iterate(
    `SELECT ${COLUMNS}, ${byId ? "''" : key} AS walked FROM ${source} ${conditions.join(' ')}
     ORDER BY ${key} ${direction} ${byId ? '' : `, k.id ${direction}`} LIMIT ${cell(limit)}`,
    ...cells,
  )
}
