import { randomBytes } from 'node:crypto'
import type { Nonce, Version } from '../../core/fact.ts'
import type { ObjectId, TenantId } from '../../core/id.ts'
import type { Snapshot, Transaction } from '../../core/snapshot.ts'
import type { Authorship, CommitGroup, CommitRecord, Store } from '../store.ts'
import { appRegistry } from './apps.ts'
import { compactTenant } from './compaction.ts'
import type { Connection, TenantKey } from './connection.ts'
import { openDatabase, openPresentDatabase } from './database.ts'
import { Readers } from './readers.ts'
import { roleRegistry } from './roles.ts'
import { SCHEMA_VERSION } from './schema.ts'
import { SqliteSnapshot } from './snapshot.ts'
import { keyOf, tenantRegistry } from './tenants.ts'
import { Writer } from './writer.ts'

export interface SqliteOptions {
  readonly path: string
  /** Where commit nonces come from; 64 random bits unless given. */
  readonly nonce?: () => Nonce
  /** Told once when a commit has failed in a way that leaves its outcome unknown: no more writes are taken. */
  readonly onFailure?: (error: Error) => void
  /** Told of each group of commits once it is durable. */
  readonly onGroup?: (group: CommitGroup) => void
}

/**
 * Opens the store of a database file, and makes the file (mode 0600) where it is missing, or brings its schema up to the
 * present one. Throws `DatabaseRefused` for a file that is not Tidemark's, is newer, or cannot be used safely.
 *
 * Whoever shares the file with other programs holds its lock (`lockDatabase`).
 */
export function openSqliteStore(options: SqliteOptions): Store {
  return storeOn(openDatabase(options.path), options)
}

/** Opens the store of a database that is there, beside its server too. Throws `DatabaseRefused` for an older schema as well. */
export function openPresentStore(options: SqliteOptions): Store {
  return storeOn(openPresentDatabase(options.path), options)
}

function storeOn(connection: Connection, options: SqliteOptions): Store {
  const { path, nonce = randomNonce, onFailure = () => {} } = options
  connection.waitForNoLock()
  const writer = new Writer(connection, { ...options, nonce, onFailure })
  const readers = new Readers(path)
  return {
    // A tenant that another program deletes meanwhile is told from one that is there inside the transaction.
    write: async <T>(tenant: TenantId, by: Authorship, work: (transaction: Transaction) => Promise<T>) =>
      writer.write(keyOf(connection, tenant), by, work),
    read: async <T>(tenant: TenantId, work: (snapshot: Snapshot) => Promise<T>) =>
      readers.read(reader => work(new SqliteSnapshot(reader, keyOf(reader, tenant)))),
    survey: async <T>(tenant: TenantId, work: (snapshot: Snapshot) => Promise<T>) =>
      readers.survey(reader => work(new SqliteSnapshot(reader, keyOf(reader, tenant)))),
    ...tenantRegistry(connection, writer),
    ...appRegistry(connection, writer),
    ...roleRegistry(connection, writer),
    commits: (tenant, limit) => readers.read(async reader => readCommits(reader, keyOf(reader, tenant), limit)),
    versionAt: (tenant, at) => readers.read(async reader => versionAt(reader, keyOf(reader, tenant), at)),
    compact: async (tenant, horizon) => compactTenant(writer, keyOf(connection, tenant), horizon),
    housekeepingTime: async () => {
      const row = connection.get('SELECT at FROM housekeeping')
      return row === undefined ? null : Number(row.at)
    },
    putHousekeepingTime: at =>
      writer.alone(alone => {
        alone.run('INSERT OR REPLACE INTO housekeeping (one, at) VALUES (1, ?)', at)
      }),
    probe: async () => {
      await readers.read(async reader => reader.get('SELECT head FROM tenants LIMIT 1'))
      // The writer has seen that this is the version; to set it again writes a page of the log all the same.
      await writer.alone(alone => alone.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`))
    },
    waiting: () => ({ writes: writer.waiting, reads: readers.waiting }),
    close: async () => {
      await Promise.all([writer.close(), readers.close()])
      connection.close()
    },
  }
}

const NONCE_BYTES = 8
/** Random bytes that no nonce has had yet: to ask for eight at a time costs more than to write a commit's record. */
let random = Buffer.alloc(0)

function randomNonce(): Nonce {
  if (random.length === 0) random = randomBytes(512 * NONCE_BYTES)
  const nonce = random.toString('hex', 0, NONCE_BYTES) as Nonce
  random = random.subarray(NONCE_BYTES)
  return nonce
}

function readCommits(connection: Connection, tenant: TenantKey, limit: number): CommitRecord[] {
  const rows = connection.all(
    'SELECT version, at, app, user, request_id FROM commits WHERE tenant = ? ORDER BY version DESC LIMIT ?',
    tenant,
    limit,
  )
  return rows.map(row => ({
    version: Number(row.version),
    at: Number(row.at),
    app: row.app as string | null,
    user: row.user as ObjectId | null,
    requestId: row.request_id as string | null,
  }))
}

function versionAt(connection: Connection, tenant: TenantKey, at: number): Version {
  const later = connection.get(
    'SELECT version FROM commits WHERE tenant = ? AND at > ? ORDER BY version LIMIT 1',
    tenant,
    at,
  )
  const row = connection.get('SELECT head, horizon FROM tenants WHERE tenant = ?', tenant)
  const newest = later === undefined ? Number(row?.head) : Number(later.version) - 1
  return Math.max(newest, Number(row?.horizon))
}
