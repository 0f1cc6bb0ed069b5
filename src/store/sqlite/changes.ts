import { type ChangeCursor, compareChanges, cursorAt, relationRank } from '../../core/cursor.ts'
import type { Fact } from '../../core/fact.ts'
import type { Scope } from '../../core/snapshot.ts'
import type { Connection, TenantKey } from './connection.ts'
import { EDGE_COLUMNS, OBJECT_COLUMNS, readEdge, readObject, relationCode, typeCode } from './row.ts'

/**
 * The first `limit` facts beyond the cursor, each kind read in its own index and merged. The plus before `relation`
 * keeps SQLite from taking one relation for a constant, for which it would sort all edges of a version anew.
 */
export function changesAfter(
  connection: Connection,
  tenant: TenantKey,
  scope: Scope,
  after: ChangeCursor,
  limit: number,
): Fact[] {
  const read = scope.ids === null ? allAfter : chosenAfter
  return read(connection, tenant, scope, after, limit).sort(byCursor).slice(0, limit)
}

function byCursor(a: Fact, b: Fact): number {
  return compareChanges(cursorAt(a), cursorAt(b))
}

function allAfter(connection: Connection, tenant: TenantKey, scope: Scope, after: ChangeCursor, limit: number): Fact[] {
  const facts = connection
    .all(
      `SELECT ${OBJECT_COLUMNS} FROM objects INDEXED BY objects_feed
       WHERE tenant = ? AND type = ? AND (version, id) > (?, ?) ORDER BY version, id LIMIT ?`,
      tenant,
      typeCode(scope.type),
      after.version,
      after.id,
      limit,
    )
    .map(asObject)
  if (scope.relations.length === 0) return facts
  const edges = connection.all(
    `SELECT ${EDGE_COLUMNS} FROM edges INDEXED BY edges_feed
     WHERE tenant = ? AND (version, source, relation, target) > (?, ?, ?, ?) AND +relation IN (${codes(scope)})
     ORDER BY version, source, relation, target LIMIT ?`,
    tenant,
    after.version,
    after.id,
    relationRank(after.relation),
    after.target,
    limit,
  )
  return [...facts, ...edges.map(asEdge)]
}

/** Reads object by object: as many facts of each as the page could take. */
function chosenAfter(
  connection: Connection,
  tenant: TenantKey,
  scope: Scope,
  after: ChangeCursor,
  limit: number,
): Fact[] {
  const facts: Fact[] = []
  for (const id of scope.ids ?? []) {
    const row = connection.get(
      `SELECT ${OBJECT_COLUMNS} FROM objects WHERE tenant = ? AND id = ? AND type = ? AND (version, id) > (?, ?)`,
      tenant,
      id,
      typeCode(scope.type),
      after.version,
      after.id,
    )
    if (row !== undefined) facts.push(asObject(row))
    if (scope.relations.length === 0) continue
    const [version, relation, target] = startWithin(id, after)
    const edges = connection.all(
      `SELECT ${EDGE_COLUMNS} FROM edges INDEXED BY edges_feed_of
       WHERE tenant = ? AND source = ? AND (version, relation, target) > (?, ?, ?) AND +relation IN (${codes(scope)})
       ORDER BY version, relation, target LIMIT ?`,
      tenant,
      id,
      version,
      relation,
      target,
      limit,
    )
    facts.push(...edges.map(asEdge))
  }
  return facts
}

/** Where the edges of one object go on: its place in the version of the cursor is before, at or behind the cursor's. */
function startWithin(id: string, after: ChangeCursor): [version: number, relation: number, target: string] {
  if (id > after.id) return [after.version, 0, '']
  if (id === after.id) return [after.version, relationRank(after.relation), after.target]
  return [after.version + 1, 0, '']
}

const asObject = (row: Parameters<typeof readObject>[0]): Fact => ({ kind: 'object', object: readObject(row) })
const asEdge = (row: Parameters<typeof readEdge>[0]): Fact => ({ kind: 'edge', edge: readEdge(row) })

function codes(scope: Scope): string {
  return scope.relations.map(relationCode).join(', ')
}
