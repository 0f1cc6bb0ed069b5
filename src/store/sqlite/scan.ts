import { type KeyCursor, relationRank } from '../../core/cursor.ts'
import type { Edge } from '../../core/fact.ts'
import type { PageLimit, Projection, ScannedPage, Scope } from '../../core/snapshot.ts'
import type { Cell, Connection, TenantKey } from './connection.ts'
import { headSql, relationsSql } from './itemSql.ts'
import { EDGE_COLUMNS, readEdge, relationCode, typeCode } from './row.ts'

export interface Scan {
  readonly scope: Scope
  readonly projection: Projection
  readonly after: KeyCursor | null
  readonly limit: PageLimit
}

/**
 * Writes the next part of a scan. An ORDER BY inside a sub-select of group_concat is kept by SQLite and costs nothing
 * where the primary key gives that order; inside the function it would sort (1.7 times slower). What fits the page whole is written by one statement and crosses into JavaScript
 * once, as bytes; only the object that a page's edge cuts is written edge by edge.
 */
export function scanPage(connection: Connection, tenant: TenantKey, scan: Scan): ScannedPage {
  return new PageWriter(connection, tenant, scan).write()
}

/** A row of the counting statement holds two counts: live rows above this factor, all rows below it. */
const LIVE = 2 ** 24

class PageWriter {
  readonly #connection: Connection
  readonly #tenant: TenantKey
  readonly #scan: Scan
  readonly #parts: Uint8Array[] = []
  #objects = 0
  #edges = 0
  #examined = 0

  constructor(connection: Connection, tenant: TenantKey, scan: Scan) {
    this.#connection = connection
    this.#tenant = tenant
    this.#scan = scan
  }

  write(): ScannedPage {
    const { after } = this.#scan
    if (after !== null && !after.whole) {
      const cut = this.#resume(after)
      if (cut !== null) return this.#page(cut)
    } else {
      const page = this.#writeAtOnce(after?.id ?? '')
      if (page !== null) return page
    }
    let first: string | null = null
    let last = after?.id ?? ''
    for (const { id, rows, live, hidden } of this.#upcoming(last)) {
      if (this.#isFull()) {
        this.#writeWhole(first, last)
        return this.#page({ id: last, relation: null, target: '', whole: true })
      }
      const { edges, examined } = this.#scan.limit
      if (this.#edges + live < edges && this.#examined + 1 + rows <= examined) {
        this.#objects += 1
        this.#edges += live
        this.#examined += 1 + rows
        first ??= id
        last = id
        continue
      }
      this.#writeWhole(first, last)
      first = null
      last = id
      const cut = this.#writeSlice(id, hidden, null)
      if (cut !== null) return this.#page(cut)
    }
    this.#writeWhole(first, last)
    return this.#page(null)
  }

  #isFull(): boolean {
    const { objects, edges, examined } = this.#scan.limit
    return this.#objects >= objects || this.#edges >= edges || this.#examined >= examined
  }

  #page(after: KeyCursor | null): ScannedPage {
    const [only, ...more] = this.#parts
    return {
      json: only !== undefined && more.length === 0 ? only : Buffer.concat(this.#parts),
      objects: this.#objects,
      edges: this.#edges,
      examined: this.#examined,
      after,
    }
  }

  /** Goes on inside the object that the last page cut; one that is no longer live is passed over. */
  #resume(after: KeyCursor): KeyCursor | null {
    const row = this.#connection.get(
      'SELECT members_hidden AS hidden FROM objects WHERE tenant = ? AND id = ? AND type = ? AND state = 0',
      this.#tenant,
      after.id,
      typeCode(this.#scan.scope.type),
    )
    return row === undefined ? null : this.#writeSlice(after.id, row.hidden === 1, after)
  }

  /**
   * The usual page: all of its objects whole, their edges counted by one walk. Null where a limit cuts an object, and
   * where the walk would meet rows that the page passes over (of objects that are not live, of hidden members).
   */
  #writeAtOnce(after: string): ScannedPage | null {
    const { scope, limit, projection } = this.#scan
    if (scope.ids !== null) return null
    // The walk meets the rows of every relation, and only those of members can be many.
    if (scope.relations.length > 0 && !scope.relations.includes('members')) return null
    const type = typeCode(scope.type)
    const found = this.#connection.get(
      `SELECT count(*) AS objects, min(id) AS first, max(id) AS last, max(members_hidden) AS hidden FROM (
         SELECT id, members_hidden FROM objects INDEXED BY objects_listed
         WHERE tenant = ? AND type = ? AND state = 0 AND id > ? ORDER BY id LIMIT ?)`,
      this.#tenant,
      type,
      after,
      limit.objects,
    )
    const objects = Number(found?.objects)
    if (objects === 0) return this.#page(null)
    const [first, last] = [String(found?.first), String(found?.last)]
    const beside = this.#connection.get(
      `SELECT EXISTS (SELECT 1 FROM objects INDEXED BY objects_listed
           WHERE tenant = ?1 AND type = ?2 AND state IN (1, 2) AND id BETWEEN ?3 AND ?4) AS passed,
         EXISTS (SELECT 1 FROM objects INDEXED BY objects_listed
           WHERE tenant = ?1 AND type = ?2 AND state = 0 AND id > ?4) AS more`,
      this.#tenant,
      type,
      first,
      last,
    )
    if (beside?.passed === 1 || (found?.hidden === 1 && !projection.showHiddenMembers)) return null
    const counts =
      scope.relations.length === 0
        ? undefined
        : this.#connection.get(
            `SELECT count(*) AS rows, coalesce(sum(live), 0) AS live FROM (
         SELECT live FROM edges WHERE tenant = ? AND source BETWEEN ? AND ?
           AND relation IN (${scope.relations.map(relationCode).join(', ')}) LIMIT ${limit.examined + 1})`,
            this.#tenant,
            first,
            last,
          )
    const [rows, live] = [Number(counts?.rows ?? 0), Number(counts?.live ?? 0)]
    if (live >= limit.edges || objects + rows > limit.examined) return null
    this.#objects = objects
    this.#edges = live
    this.#examined = objects + rows
    this.#writeWhole(first, last, 'NOT INDEXED')
    return this.#page(beside?.more === 1 ? { id: last, relation: null, target: '', whole: true } : null)
  }

  /** The next live objects with the number of their edge rows, as far as those can matter to this page. */
  *#upcoming(after: string): Iterable<{ id: string; rows: number; live: number; hidden: boolean }> {
    const { scope, limit } = this.#scan
    const counts =
      scope.relations.length === 0
        ? '0'
        : `(SELECT count(*) + coalesce(sum(live), 0) * ${LIVE} FROM (
             SELECT live FROM edges e WHERE e.tenant = o.tenant AND e.source = o.id AND ${this.#lookedAt('e', 'o')}
             LIMIT ${limit.examined + 1}))`
    const chosen = scope.ids === null ? '' : 'AND o.id IN (SELECT value FROM json_each(?4))'
    const cells: Cell[] = [this.#tenant, typeCode(scope.type), after]
    if (scope.ids !== null) cells.push(JSON.stringify(scope.ids))
    const rows = this.#connection.iterate(
      `SELECT o.id AS id, o.members_hidden AS hidden, ${counts} AS counts FROM objects o INDEXED BY objects_listed
       WHERE o.tenant = ?1 AND o.type = ?2 AND o.state = 0 AND o.id > ?3 ${chosen}
       ORDER BY o.id LIMIT ${limit.objects + 1}`,
      ...cells,
    )
    for (const row of rows) {
      const count = Number(row.counts)
      yield { id: String(row.id), rows: count % LIVE, live: Math.floor(count / LIVE), hidden: row.hidden === 1 }
    }
  }

  /** Which edge rows a scan looks at: of its relations, without the members that are hidden from this reader. */
  #lookedAt(edge: string, object: string): string {
    const relations = this.#scan.scope.relations.map(relationCode)
    const ofScope = `${edge}.relation IN (${relations.join(', ')})`
    if (this.#scan.projection.showHiddenMembers) return ofScope
    return `${ofScope} AND NOT (${object}.members_hidden AND ${edge}.relation = ${relationCode('members')})`
  }

  /** Without an index it walks the table itself, which is faster where all of its rows are live ones. */
  #writeWhole(
    first: string | null,
    last: string,
    how: 'INDEXED BY objects_listed' | 'NOT INDEXED' = 'INDEXED BY objects_listed',
  ): void {
    if (first === null) return
    const { scope } = this.#scan
    const chosen = scope.ids === null ? '' : 'AND o.id IN (SELECT value FROM json_each(?5))'
    const cells: Cell[] = [this.#tenant, typeCode(scope.type), first, last]
    if (scope.ids !== null) cells.push(JSON.stringify(scope.ids))
    const row = this.#connection.get(
      `SELECT CAST(group_concat(item, ',') AS BLOB) AS json FROM (
         SELECT ${headSql(this.#scan)} || ${relationsSql(this.#scan.projection)} || '}' AS item FROM objects o ${how}
         WHERE o.tenant = ?1 AND o.type = ?2 AND o.state = 0 AND o.id BETWEEN ?3 AND ?4 ${chosen}
         ORDER BY o.id)`,
      ...cells,
    )
    this.#add(row?.json as Uint8Array)
  }

  /** Writes an object with as many of its edges as fit; gives the place of the cut, null when all of it is told. */
  #writeSlice(id: string, hidden: boolean, after: KeyCursor | null): KeyCursor | null {
    const { scope, projection, limit } = this.#scan
    this.#examined += 1
    const room = Math.max(0, limit.examined - this.#examined)
    const relations = scope.relations.filter(
      relation => !(relation === 'members' && hidden && !projection.showHiddenMembers),
    )
    const rows =
      relations.length === 0
        ? []
        : this.#connection
            .all(
              `SELECT ${EDGE_COLUMNS} FROM edges
               WHERE tenant = ? AND source = ? AND (relation, target) > (?, ?)
                 AND relation IN (${relations.map(relationCode).join(', ')})
               ORDER BY relation, target LIMIT ${room + 1}`,
              this.#tenant,
              id,
              relationRank(after?.relation ?? null),
              after?.target ?? '',
            )
            .map(readEdge)
    const slice: Edge[] = []
    let taken = 0
    for (const edge of rows) {
      if (this.#edges >= limit.edges || taken >= room) break
      taken += 1
      if (!edge.live) continue
      slice.push(edge)
      this.#edges += 1
    }
    this.#examined += taken
    if (after === null || slice.length > 0) {
      this.#objects += 1
      this.#add(Buffer.concat([this.#headOf(id), Buffer.from(`${this.#sliceText(slice)}}`)]))
    }
    if (taken === rows.length) return null
    const last = rows[taken - 1]
    if (last !== undefined) return { id, relation: last.relation, target: last.target, whole: false }
    return after ?? { id, relation: null, target: '', whole: false }
  }

  #headOf(id: string): Uint8Array {
    const row = this.#connection.get(
      `SELECT CAST(${headSql(this.#scan)} AS BLOB) AS json FROM objects o WHERE o.tenant = ? AND o.type = ? AND o.id = ?`,
      this.#tenant,
      typeCode(this.#scan.scope.type),
      id,
    )
    return row?.json as Uint8Array
  }

  #sliceText(slice: readonly Edge[]): string {
    const { relations, entry } = this.#scan.projection
    return relations
      .map(({ relation, open }) => {
        const entries = slice.filter(edge => edge.relation === relation)
        return entries.length === 0
          ? ''
          : `${open}${entries.map(e => `${entry[e.targetType]}${e.target}"}`).join(',')}]`
      })
      .join('')
  }

  #add(json: Uint8Array): void {
    if (this.#parts.length > 0) this.#parts.push(Buffer.from(','))
    this.#parts.push(json)
  }
}
