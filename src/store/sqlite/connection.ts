import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** A value that SQLite keeps. */
export type Cell = null | number | string | Uint8Array
export type Row = Record<string, Cell>

/** A tenant's key within the database file. */
export type TenantKey = number

/**
 * How long a statement waits for a lock, while nothing else of the process runs. Beside a write-ahead log only another
 * writer is waited for, at the beginning of a transaction: backups and checkpoints of other programs hold up nobody, and
 * readers wait for nothing but the repair of a log whose writer was killed. So this is long for the start of a program;
 * a store then takes its turn by a timer (`Writer`).
 */
const BUSY_MS = 5_000
/** Statements kept ready. The oldest falls out, also one that is used all the time: it comes in again as the newest. */
const STATEMENTS_MAX = 200
/** After so many pages, of 8 KiB each, the log is written back into the database (docs/performance.md says why so many). */
const LOG_PAGES = 2_000
/** To so much the log is cut down again, once all of it is in the database, when it has grown beyond. */
const LOG_BYTES_KEPT = 32 * 1024 * 1024
/** Of pages, in KiB: an upper bound, a connection of a small database uses what it needs. */
const CACHE_KIB = 24 * 1024

/** One connection to the database file, with its prepared statements. */
export class Connection {
  readonly database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(path: string, access: 'write' | 'read') {
    this.database = new DatabaseSync(path, { readOnly: access === 'read', timeout: BUSY_MS })
    // Savepoints keep their journals in memory: a server needs no temporary folder to write.
    this.database.exec(
      `PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = MEMORY;
       PRAGMA wal_autocheckpoint = ${LOG_PAGES}; PRAGMA journal_size_limit = ${LOG_BYTES_KEPT}`,
    )
  }

  run(sql: string, ...cells: Cell[]): number {
    return Number(this.#prepare(sql).run(...cells).changes)
  }

  get(sql: string, ...cells: Cell[]): Row | undefined {
    return this.#prepare(sql).get(...cells) as Row | undefined
  }

  all(sql: string, ...cells: Cell[]): Row[] {
    return this.#prepare(sql).all(...cells) as Row[]
  }

  /** Rows one by one, as they are asked for. */
  iterate(sql: string, ...cells: Cell[]): Iterable<Row> {
    return this.#prepare(sql).iterate(...cells) as Iterable<Row>
  }

  exec(sql: string): void {
    this.database.exec(sql)
  }

  /** The value of a pragma that is asked for. */
  pragma(name: string): Cell {
    const row = this.get(`PRAGMA ${name}`)
    return (row && Object.values(row)[0]) ?? null
  }

  /** From now on a lock that another program has is an error at once. */
  waitForNoLock(): void {
    this.exec('PRAGMA busy_timeout = 0')
  }

  close(): void {
    this.#statements.clear()
    this.database.close()
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.database.prepare(sql)
    this.#statements.set(sql, statement)
    if (this.#statements.size > STATEMENTS_MAX) {
      const [oldest] = this.#statements.keys()
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    return statement
  }
}

/** The primary result code of an error that SQLite raised; null for any other. */
export function sqliteCode(error: unknown): number | null {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : null
  return typeof code === 'number' ? code & 0xff : null
}

/** https://sqlite.org/rescode.html */
export const SQLITE_BUSY = 5
export const SQLITE_READONLY = 8
export const SQLITE_FULL = 13
export const SQLITE_NOTADB = 26
