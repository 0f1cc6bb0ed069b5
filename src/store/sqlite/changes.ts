import { type ChangeCursor, compareChanges, cursorAt, relationRank } from '../../core/cursor.ts'
import type { Fact, Version } from '../../core/fact.ts'
import type { ObjectId } from '../../core/id.ts'
import type { Scope } from '../../core/snapshot.ts'
import type { Connection, Row, TenantKey } from './connection.ts'
import { EDGE_COLUMNS, OBJECT_COLUMNS, readEdge, readObject, STANDARD_COLUMNS, typeCode } from './row.ts'

type Feed = Iterator<Fact, undefined>

const COLUMNS: Readonly<Record<Scope['properties'], string>> = { standard: STANDARD_COLUMNS, all: OBJECT_COLUMNS }

/** How many edges of one object are asked for at first, and at the most: of what is read, most is told. */
const FIRST_CHUNK = 8
const LAST_CHUNK = 256

/** The facts beyond the cursor: the objects of each type, the edges, and with ids each object's edges, are a feed in their own index. */
export function changesAfter(
  connection: Connection,
  tenant: TenantKey,
  scopes: readonly Scope[],
  after: ChangeCursor,
): Iterable<Fact> {
  return merged(scopes.flatMap(scope => feedsOf(connection, tenant, scope, after)))
}

function feedsOf(connection: Connection, tenant: TenantKey, scope: Scope, after: ChangeCursor): Feed[] {
  const { ids, relations } = scope
  if (ids === null) {
    const objects = objectsAfter(connection, tenant, scope, after)
    return relations.length === 0 ? [objects] : [objects, edgesAfter(connection, tenant, after)]
  }
  const objects = chosenObjectsAfter(connection, tenant, scope, after)
  const sources = relations.length === 0 ? [] : ids
  return [objects, ...sources.map(id => edgesOfAfter(connection, tenant, id, after))]
}

/** What several feeds hold, in the one order. Of each feed one fact is read ahead. */
function* merged(feeds: readonly Feed[]): Generator<Fact, undefined> {
  const heads: Head[] = []
  try {
    for (const feed of feeds) insertNext(heads, feed)
    for (let head = heads.shift(); head !== undefined; head = heads.shift()) {
      yield head.fact
      insertNext(heads, head.feed)
    }
  } finally {
    for (const feed of feeds) feed.return?.()
  }
}

interface Head {
  readonly fact: Fact
  readonly at: ChangeCursor
  readonly feed: Feed
}

function insertNext(heads: Head[], feed: Feed): void {
  const { value: fact } = feed.next()
  if (fact === undefined) return
  const at = cursorAt(fact)
  const place = heads.findIndex(head => compareChanges(at, head.at) < 0)
  heads.splice(place < 0 ? heads.length : place, 0, { fact, at, feed })
}

/** A statement has one place: the feed of each type has its own. */
function* objectsAfter(
  connection: Connection,
  tenant: TenantKey,
  { type, properties }: Scope,
  after: ChangeCursor,
): Generator<Fact, undefined> {
  const rows = connection.iterate(
    `SELECT ${COLUMNS[properties]} FROM objects INDEXED BY objects_feed
     WHERE tenant = ? AND type = ${typeCode(type)} AND (version, id) > (?, ?) ORDER BY version, id`,
    tenant,
    after.version,
    after.id,
  )
  for (const row of rows) yield asObject(row)
}

function* edgesAfter(connection: Connection, tenant: TenantKey, after: ChangeCursor): Generator<Fact, undefined> {
  const rows = connection.iterate(
    `SELECT ${EDGE_COLUMNS} FROM edges INDEXED BY edges_feed
     WHERE tenant = ? AND (version, source, relation, target) > (?, ?, ?, ?)
     ORDER BY version, source, relation, target`,
    tenant,
    after.version,
    after.id,
    relationRank(after.relation),
    after.target,
  )
  for (const row of rows) yield asEdge(row)
}

/**
 * Those that have changed are put in order by their versions alone; each is read when its turn comes. The plus keeps
 * SQLite from looking for the ids in all that has changed.
 */
function* chosenObjectsAfter(
  connection: Connection,
  tenant: TenantKey,
  { type, properties, ids }: Scope,
  after: ChangeCursor,
): Generator<Fact, undefined> {
  const changed = connection
    .all(
      `SELECT version, id FROM objects
       WHERE tenant = ? AND type = ? AND id IN (SELECT value FROM json_each(?)) AND (+version, id) > (?, ?)`,
      tenant,
      typeCode(type),
      JSON.stringify(ids),
      after.version,
      after.id,
    )
    .map(row => ({ version: Number(row.version), id: String(row.id), relation: null, target: '' }))
    .sort(compareChanges)
  for (const { id } of changed) {
    const row = connection.get(
      `SELECT ${COLUMNS[properties]} FROM objects WHERE tenant = ? AND type = ? AND id = ?`,
      tenant,
      typeCode(type),
      id,
    )
    if (row !== undefined) yield asObject(row)
  }
}

/** The feeds of many objects share a statement by reading in chunks, small ones while few are told. */
function* edgesOfAfter(
  connection: Connection,
  tenant: TenantKey,
  id: ObjectId,
  after: ChangeCursor,
): Generator<Fact, undefined> {
  let place = startWithin(id, after)
  for (let chunk = FIRST_CHUNK; ; chunk = Math.min(2 * chunk, LAST_CHUNK)) {
    const rows = connection.all(
      `SELECT ${EDGE_COLUMNS} FROM edges INDEXED BY edges_feed_of
       WHERE tenant = ? AND source = ? AND (version, relation, target) > (?, ?, ?)
       ORDER BY version, relation, target LIMIT ?`,
      tenant,
      id,
      ...place,
      chunk,
    )
    for (const row of rows) yield asEdge(row)
    const last = rows.at(-1)
    if (last === undefined || rows.length < chunk) return
    place = [Number(last.version), Number(last.relation), String(last.target)]
  }
}

/** Where the edges of one object go on: its place in the version of the cursor is before, at or behind the cursor's. */
function startWithin(id: string, after: ChangeCursor): [version: Version, relation: number, target: string] {
  if (id > after.id) return [after.version, 0, '']
  if (id === after.id) return [after.version, relationRank(after.relation), after.target]
  return [after.version + 1, 0, '']
}

function asObject(row: Row): Fact {
  return { kind: 'object', object: readObject(row) }
}

function asEdge(row: Row): Fact {
  return { kind: 'edge', edge: readEdge(row) }
}
