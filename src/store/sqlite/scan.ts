import { type KeyCursor, relationRank } from '../../core/cursor.ts'
import { type Edge, OBJECT_TYPES } from '../../core/fact.ts'
import { isStandard } from '../../core/resource.ts'
import type { PageLimit, Projection, ScannedPage, Scope } from '../../core/snapshot.ts'
import type { Cell, Connection, TenantKey } from './connection.ts'
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
    return {
      json: Buffer.concat(this.#parts),
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

  #writeWhole(first: string | null, last: string): void {
    if (first === null) return
    const { scope } = this.#scan
    const chosen = scope.ids === null ? '' : 'AND o.id IN (SELECT value FROM json_each(?5))'
    const cells: Cell[] = [this.#tenant, typeCode(scope.type), first, last]
    if (scope.ids !== null) cells.push(JSON.stringify(scope.ids))
    const row = this.#connection.get(
      `SELECT CAST(group_concat(item, ',') AS BLOB) AS json FROM (
         SELECT ${this.#head()} || ${this.#relations()} || '}' AS item FROM objects o INDEXED BY objects_listed
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
      `SELECT CAST(${this.#head()} AS BLOB) AS json FROM objects o WHERE o.tenant = ? AND o.type = ? AND o.id = ?`,
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

  /** SQL for the text of an object up to its relations. */
  #head(): string {
    const { open, properties } = this.#scan.projection
    const { type } = this.#scan.scope
    const start = `${quoted(open)} || o.id || '"'`
    if (properties === 'standard') {
      return `${start} || CASE o.standard WHEN '{}' THEN '' ELSE ',' || substr(o.standard, 2, length(o.standard) - 2) END`
    }
    const texts = properties.map(name => {
      const column = isStandard(type, name) ? 'o.standard' : 'o.additional'
      return ` || coalesce(${quoted(`,"${name}":`)} || (${column} -> ${quoted(name)}), '')`
    })
    return start + texts.join('')
  }

  /** SQL for the text of an object's relations; one that has no live edge is not written. */
  #relations(): string {
    const { relations, entry, showHiddenMembers } = this.#scan.projection
    if (relations.length === 0) return "''"
    const openings = OBJECT_TYPES.map((type, code) => `WHEN ${code} THEN ${quoted(entry[type])}`).join(' ')
    return relations
      .map(({ relation, open }) => {
        const edges = `(SELECT group_concat(item, ',') FROM (
          SELECT CASE e.target_type ${openings} END || e.target || '"}' AS item FROM edges e
          WHERE e.tenant = o.tenant AND e.source = o.id AND e.relation = ${relationCode(relation)} AND e.live = 1
          ORDER BY e.target))`
        const seen =
          relation === 'members' && !showHiddenMembers ? `CASE o.members_hidden WHEN 0 THEN ${edges} END` : edges
        return `coalesce(${quoted(open)} || ${seen} || ']', '')`
      })
      .join(' || ')
  }

  #add(json: Uint8Array): void {
    if (this.#parts.length > 0) this.#parts.push(Buffer.from(','))
    this.#parts.push(json)
  }
}

/** A SQL literal of text that the projection hands in (no caller's text reaches it, and quotes are doubled all the same). */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
