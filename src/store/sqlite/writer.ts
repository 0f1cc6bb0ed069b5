import type { Nonce } from '../../core/fact.ts'
import { Problem } from '../../core/problem.ts'
import type { Transaction } from '../../core/snapshot.ts'
import type { Authorship, CommitGroup } from '../store.ts'
import { type Connection, SQLITE_BUSY, SQLITE_FULL, SQLITE_READONLY, sqliteCode, type TenantKey } from './connection.ts'
import { Lanes } from './lanes.ts'
import { SCHEMA_VERSION } from './schema.ts'
import { type Reach, reachOf } from './snapshot.ts'
import { SqliteTransaction } from './transaction.ts'

/** One commit that waits for its turn. */
interface Job {
  readonly tenant: TenantKey
  readonly by: Authorship
  readonly work: (transaction: Transaction) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** What came of a job, to be answered once its group is durable. */
interface Ran {
  readonly answer: () => void
  readonly changed: boolean
}

/** What a writer is handed, and whom it tells. */
export interface WriterParts {
  readonly nonce: () => Nonce
  readonly onFailure: (error: Error) => void
  /** Told of each group once it is durable. */
  readonly onGroup?: (group: CommitGroup) => void
}

/** How many commits share one transaction at the most. */
const GROUP_MAX = 256
/** After how much work a group takes in no further commit, in milliseconds: nobody is answered meanwhile. */
const GROUP_MS = 50

/**
 * How often, and after what time each, in milliseconds, the write lock is asked for again while another program has it:
 * for 5 s in all. By a timer, since SQLite's own waiting would let nobody be answered.
 */
const LOCK_TRIES = 500
const LOCK_RETRY_MS = 10

/**
 * Commits in groups: what has come in by the time the writer is free shares one transaction and so one fsync, each
 * with its own version and its own savepoint. Tenants take turns, so that one with many commits keeps no other waiting.
 */
export class Writer {
  readonly #connection: Connection
  readonly #nonce: () => Nonce
  readonly #onFailure: (error: Error) => void
  readonly #onGroup: (group: CommitGroup) => void
  readonly #jobs = new Lanes<TenantKey, Job>()
  /** What belongs to no commit and has a transaction of its own. */
  readonly #alone: (() => Promise<void>)[] = []
  #draining: Promise<void> | null = null
  #failed = false
  #closed = false

  constructor(connection: Connection, { nonce, onFailure, onGroup = () => {} }: WriterParts) {
    this.#connection = connection
    this.#nonce = nonce
    this.#onFailure = onFailure
    this.#onGroup = onGroup
  }

  get waiting(): number {
    return this.#jobs.size + this.#alone.length
  }

  write<T>(tenant: TenantKey, by: Authorship, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#refuseWhenClosed()
      this.#jobs.push(tenant, { tenant, by, work, resolve: value => resolve(value as T), reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Runs what belongs to no commit (tenants, apps, compaction) as one transaction, when its turn has come. */
  alone<T>(work: (connection: Connection) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#refuseWhenClosed()
      this.#alone.push(() => this.#runAlone(work).then(resolve, reject))
      this.#draining ??= this.#drain()
    })
  }

  /** Takes nothing more, and resolves when nothing waits any more. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#draining !== null) await this.#draining
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new Error('The store is closed.')
  }

  async #drain(): Promise<void> {
    while (this.#alone.length > 0 || !this.#jobs.isEmpty) {
      // Requests of the same turn of the event loop come together into one group, and others have their turn.
      await new Promise(resolve => setImmediate(resolve))
      await this.#commitGroup()
      const lone = this.#alone.shift()
      if (lone === undefined) continue
      await new Promise(resolve => setImmediate(resolve))
      await lone()
    }
    this.#draining = null
  }

  async #runAlone<T>(work: (connection: Connection) => T): Promise<T> {
    await this.#begin()
    let value: T
    try {
      value = work(this.#connection)
    } catch (error) {
      this.#undo()
      throw error
    }
    try {
      this.#connection.run('COMMIT')
    } catch (error) {
      throw this.#failure(error)
    }
    return value
  }

  async #commitGroup(): Promise<void> {
    if (this.#jobs.isEmpty) return
    try {
      await this.#begin()
    } catch (error) {
      for (const { reject } of this.#jobs.takeAll()) reject(error)
      return
    }
    const jobs: Job[] = []
    const group = new Map<TenantKey, Reach>()
    const answers: (() => void)[] = []
    const began = performance.now()
    let commits = 0
    try {
      const end = began + GROUP_MS
      do {
        const job = this.#jobs.take()
        if (job === undefined) break
        jobs.push(job)
        const { answer, changed } = await this.#runJob(job, group)
        answers.push(answer)
        if (changed) commits += 1
      } while (jobs.length < GROUP_MAX && performance.now() < end)
      for (const [tenant, { head }] of group) {
        this.#connection.run('UPDATE tenants SET head = ? WHERE tenant = ?', head, tenant)
      }
      this.#connection.run('COMMIT')
    } catch (error) {
      const reason = this.#failure(error)
      for (const { reject } of jobs) reject(reason)
      return
    }
    this.#onGroup({ writes: jobs.length, commits, ms: performance.now() - began })
    for (const answer of answers) answer()
  }

  /** `group` holds where the tenants stand that the group's commits so far have brought on. */
  async #runJob({ tenant, by, work, resolve, reject }: Job, group: Map<TenantKey, Reach>): Promise<Ran> {
    this.#connection.run('SAVEPOINT job')
    try {
      const reach = group.get(tenant) ?? reachOf(this.#connection, tenant)
      const transaction = new SqliteTransaction(this.#connection, tenant, reach)
      const value = await work(transaction)
      if (transaction.changed) this.#record(transaction, tenant, by)
      this.#connection.run('RELEASE job')
      if (transaction.changed) group.set(tenant, { ...reach, head: transaction.version })
      return { answer: () => resolve(value), changed: transaction.changed }
    } catch (error) {
      // A full disk ends the whole transaction, and with it the savepoint: then every job of the group has failed.
      if (!this.#connection.database.isTransaction) throw error
      this.#connection.run('ROLLBACK TO job')
      this.#connection.run('RELEASE job')
      const reason = nothingDone(error) ?? error
      return { answer: () => reject(reason), changed: false }
    }
  }

  #record({ version }: SqliteTransaction, tenant: TenantKey, { at, app, user, requestId }: Authorship): void {
    this.#connection.run(
      'INSERT INTO commits (tenant, version, at, nonce, app, user, request_id) VALUES (?, ?, ?, ?, ?, ?, ?)',
      tenant,
      version,
      at,
      this.#nonce(),
      app,
      user,
      requestId,
    )
  }

  async #begin(): Promise<void> {
    if (this.#failed) throw new Problem('serviceNotAvailable', 'The store takes no more writes: an earlier one failed.')
    for (let tries = 1; !this.#takeLock(tries === LOCK_TRIES); tries += 1) {
      await new Promise(resolve => setTimeout(resolve, LOCK_RETRY_MS))
    }
    if (this.#connection.pragma('user_version') === SCHEMA_VERSION) return
    this.#undo()
    throw new Problem('serviceNotAvailable', 'The database was updated by a newer Tidemark, which has to write to it.')
  }

  /** Begins a transaction; false where another program has the write lock. `isLast` throws that as well. */
  #takeLock(isLast: boolean): boolean {
    try {
      this.#connection.run('BEGIN IMMEDIATE')
      return true
    } catch (error) {
      if (sqliteCode(error) === SQLITE_BUSY && !isLast) return false
      throw nothingDone(error) ?? error
    }
  }

  /**
   * After a failed COMMIT nobody knows what is on the disk: the outcome of the group is unknown (it is answered 500),
   * and no further write is taken. Some failures are known: SQLite has undone all of it.
   */
  #failure(error: unknown): unknown {
    const refusal = this.#undo() ? nothingDone(error) : null
    if (refusal !== null) return refusal
    if (sqliteCode(error) !== null) this.#end(error)
    return error
  }

  /** Undoes what is open; false where that fails, and with it all that would come. */
  #undo(): boolean {
    try {
      if (this.#connection.database.isTransaction) this.#connection.run('ROLLBACK')
      return true
    } catch (error) {
      this.#end(error)
      return false
    }
  }

  #end(cause: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#onFailure(new Error('The store failed to commit and takes no more writes.', { cause }))
  }
}

/** The refusal for an error after which SQLite has undone all; null where that is not sure, or for any other error. */
function nothingDone(cause: unknown): Problem | null {
  switch (sqliteCode(cause)) {
    case SQLITE_BUSY:
      return new Problem('serviceNotAvailable', 'Another command is writing to the database. Try again.', { cause })
    case SQLITE_FULL:
      return new Problem('serviceNotAvailable', 'The disk is full: nothing was written.', { cause })
    case SQLITE_READONLY:
      return new Problem('serviceNotAvailable', 'The database cannot be written to.', { cause })
    default:
      return null
  }
}
