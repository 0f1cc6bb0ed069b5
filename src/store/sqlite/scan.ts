import type { KeyCursor } from '../../core/cursor.ts'
import type { ScannedPage } from '../../core/snapshot.ts'
import type { Cell } from './connection.ts'
import { type Extent, type Scan, type Upcoming, upcoming, usualExtent } from './extent.ts'
import { headSql, relationsSql, sizeSql } from './itemSql.ts'
import { typeCode } from './row.ts'
import { readSlice } from './slice.ts'

/**
 * Writes the next part of a scan. An ORDER BY inside a sub-select of group_concat is kept by SQLite and costs nothing
 * where the primary key gives that order; inside the function it would sort (1.7 times slower). What fits the page
 * whole is written by one statement and crosses into JavaScript once, as bytes; so do the edges of an object that a page's
 * end cuts, but for those that follow removed ones (`slice.ts`).
 */
export function scanPage(scan: Scan): ScannedPage {
  return new PageWriter(scan).write()
}

class PageWriter {
  readonly #scan: Scan
  readonly #parts: Uint8Array[] = []
  #objects = 0
  #edges = 0
  #examined = 0
  #bytes = 0

  constructor(scan: Scan) {
    this.#scan = scan
  }

  write(): ScannedPage {
    const { after } = this.#scan
    if (after !== null && !after.whole) {
      const cut = this.#resume(after)
      if (cut !== null) return this.#page(cut)
    } else {
      const extent = usualExtent(this.#scan, after?.id ?? '')
      if (extent !== null) return this.#writeAtOnce(after?.id ?? '', extent)
    }
    let start = after?.id ?? ''
    let last = start
    for (const object of upcoming(this.#scan, start)) {
      if (this.#isFull()) {
        this.#writeWhole(start, last)
        return this.#page({ id: last, relation: null, target: '', whole: true })
      }
      const { edges, examined } = this.#scan.limit
      if (this.#edges + object.live < edges && this.#examined + 1 + object.rows <= examined) {
        this.#objects += 1
        this.#edges += object.live
        this.#examined += 1 + object.rows
        this.#bytes += object.bytes
        last = object.id
        continue
      }
      this.#writeWhole(start, last)
      start = object.id
      last = object.id
      const cut = this.#writeSlice(object, null)
      if (cut !== null) return this.#page(cut)
    }
    this.#writeWhole(start, last)
    return this.#page(null)
  }

  #isFull(): boolean {
    const { objects, edges, examined, bytes } = this.#scan.limit
    return this.#objects >= objects || this.#edges >= edges || this.#examined >= examined || this.#bytes >= bytes
  }

  #page(after: KeyCursor | null): ScannedPage {
    const [only, ...more] = this.#parts
    return {
      json: only !== undefined && more.length === 0 ? only : Buffer.concat(this.#parts),
      objects: this.#objects,
      edges: this.#edges,
      examined: this.#examined,
      bytes: this.#bytes,
      after,
    }
  }

  /** Goes on inside the object that the last page cut; one that is no longer live is passed over. */
  #resume(after: KeyCursor): KeyCursor | null {
    const { connection, tenant, scope } = this.#scan
    const row = connection.get(
      `SELECT o.members_hidden AS hidden, ${sizeSql(scope)} AS bytes FROM objects o
       WHERE o.tenant = ? AND o.type = ? AND o.id = ? AND o.state = 0`,
      tenant,
      typeCode(scope.type),
      after.id,
    )
    if (row === undefined) return null
    return this.#writeSlice({ id: after.id, hidden: row.hidden === 1, bytes: Number(row.bytes) }, after)
  }

  #writeAtOnce(after: string, { last, objects, edges, examined, bytes, more }: Extent): ScannedPage {
    this.#objects = objects
    this.#edges = edges
    this.#examined = examined
    this.#bytes = bytes
    if (objects > 0) this.#writeWhole(after, last, 'NOT INDEXED')
    return this.#page(more ? { id: last, relation: null, target: '', whole: true } : null)
  }

  /**
   * Writes the live objects after `start`, up to `last`. Without an index it walks the table itself, which is faster
   * where all of its rows are live ones.
   */
  #writeWhole(
    start: string,
    last: string,
    how: 'INDEXED BY objects_listed' | 'NOT INDEXED' = 'INDEXED BY objects_listed',
  ): void {
    if (start === last) return
    const { connection, tenant, scope } = this.#scan
    const chosen = scope.ids === null ? '' : 'AND o.id IN (SELECT value FROM json_each(?5))'
    const cells: Cell[] = [tenant, typeCode(scope.type), start, last]
    if (scope.ids !== null) cells.push(JSON.stringify(scope.ids))
    const row = connection.get(
      `SELECT CAST(group_concat(item, ',') AS BLOB) AS json FROM (
         SELECT ${headSql(this.#scan)} || ${relationsSql(this.#scan.projection)} || '}' AS item FROM objects o ${how}
         WHERE o.tenant = ?1 AND o.type = ?2 AND o.state = 0 AND o.id > ?3 AND o.id <= ?4 ${chosen}
         ORDER BY o.id)`,
      ...cells,
    )
    this.#add(row?.json as Uint8Array)
  }

  /** Writes an object with as many of its edges as fit; gives the place of the cut, null when all of it is told. */
  #writeSlice(object: Pick<Upcoming, 'id' | 'hidden' | 'bytes'>, after: KeyCursor | null): KeyCursor | null {
    const { limit } = this.#scan
    this.#examined += 1
    this.#bytes += object.bytes
    const room = { edges: limit.edges - this.#edges, examined: limit.examined - this.#examined }
    const { text, edges, examined, cut } = readSlice(this.#scan, object, after, room)
    this.#edges += edges
    this.#examined += examined
    if (after === null || edges > 0) {
      this.#objects += 1
      this.#add(Buffer.concat([this.#headOf(object.id), Buffer.from(`${text}}`)]))
    }
    return cut
  }

  #headOf(id: string): Uint8Array {
    const { connection, tenant, scope } = this.#scan
    const row = connection.get(
      `SELECT CAST(${headSql(this.#scan)} AS BLOB) AS json FROM objects o WHERE o.tenant = ? AND o.type = ? AND o.id = ?`,
      tenant,
      typeCode(scope.type),
      id,
    )
    return row?.json as Uint8Array
  }

  #add(json: Uint8Array): void {
    if (this.#parts.length > 0) this.#parts.push(Buffer.from(','))
    this.#parts.push(json)
  }
}
