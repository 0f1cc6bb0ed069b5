import { randomBytes } from 'node:crypto'
import type { Nonce, Version } from '../../core/fact.ts'
import type { TenantId } from '../../core/id.ts'
import type { Snapshot, Transaction } from '../../core/snapshot.ts'
import type { App, Authorship, CommitRecord, Store, Tenant } from '../store.ts'
import { compactTenant } from './compaction.ts'
import type { Connection, Row, TenantKey } from './connection.ts'
import { openDatabase, openPresentDatabase } from './database.ts'
import { Readers } from './readers.ts'
import { FILE_DOMAINS } from './schema.ts'
import { SqliteSnapshot } from './snapshot.ts'
import { Writer } from './writer.ts'

export interface SqliteOptions {
  readonly path: string
  /** Where commit nonces come from; 64 random bits unless given. */
  readonly nonce?: () => Nonce
  /** Told once when a commit has failed in a way that leaves its outcome unknown: no more writes are taken. */
  readonly onFailure?: (error: Error) => void
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

function storeOn(connection: Connection, { path, nonce = randomNonce, onFailure = () => {} }: SqliteOptions): Store {
  connection.waitForNoLock()
  const writer = new Writer(connection, nonce, onFailure)
  const readers = new Readers(path)
  const keys = new Map<TenantId, TenantKey>()
  const keyOf = (tenant: TenantId): TenantKey => {
    const known = keys.get(tenant)
    if (known !== undefined) return known
    const row = connection.get('SELECT tenant FROM tenants WHERE id = ?', tenant)
    if (row === undefined) throw new Error(`There is no tenant '${tenant}'.`)
    const key = Number(row.tenant)
    keys.set(tenant, key)
    return key
  }
  return {
    write: async <T>(tenant: TenantId, by: Authorship, work: (transaction: Transaction) => Promise<T>) =>
      writer.write(keyOf(tenant), by, work),
    read: async <T>(tenant: TenantId, work: (snapshot: Snapshot) => Promise<T>) =>
      readers.read(reader => work(new SqliteSnapshot(reader, keyOf(tenant)))),
    survey: async <T>(tenant: TenantId, work: (snapshot: Snapshot) => Promise<T>) =>
      readers.survey(reader => work(new SqliteSnapshot(reader, keyOf(tenant)))),
    tenant: async id => readTenant(connection.get('SELECT * FROM tenants WHERE id = ?', id)),
    tenantOfDomain: async domain => readTenant(connection.get(TENANT_OF_DOMAIN, domain)),
    tenants: async () => connection.all('SELECT * FROM tenants ORDER BY tenant').flatMap(row => readTenant(row) ?? []),
    putTenant: tenant => writer.alone(alone => putTenant(alone, tenant)),
    addTenant: tenant =>
      writer.alone(alone => {
        const holders = tenant.domains.flatMap(domain => readTenant(alone.get(TENANT_OF_DOMAIN, domain)) ?? [])
        if (holders.length === 0) putTenant(alone, tenant)
        return holders[0] ?? null
      }),
    app: async clientId => readApp(connection.get(`${APPS} WHERE client_id = ?`, clientId)),
    apps: async tenant =>
      connection.all(`${APPS} WHERE t.id = ? ORDER BY client_id`, tenant).flatMap(row => readApp(row) ?? []),
    putApp: app => writer.alone(alone => putApp(alone, keyOf(app.tenant), app)),
    changeApp: (clientId, change) =>
      writer.alone(alone => {
        const app = change(readApp(alone.get(`${APPS} WHERE client_id = ?`, clientId)))
        if (app === null) alone.run('DELETE FROM apps WHERE client_id = ?', clientId)
        else putApp(alone, keyOf(app.tenant), app)
      }),
    commits: (tenant, limit) => readers.read(async reader => readCommits(reader, keyOf(tenant), limit)),
    versionAt: (tenant, at) => readers.read(async reader => versionAt(reader, keyOf(tenant), at)),
    compact: async (tenant, horizon) => compactTenant(writer, keyOf(tenant), horizon),
    housekeepingTime: async () => {
      const row = connection.get('SELECT at FROM housekeeping')
      return row === undefined ? null : Number(row.at)
    },
    putHousekeepingTime: at =>
      writer.alone(alone => {
        alone.run('INSERT OR REPLACE INTO housekeeping (one, at) VALUES (1, ?)', at)
      }),
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

function readTenant(row: Row | undefined): Tenant | null {
  if (row === undefined) return null
  const domains = JSON.parse(String(row.domains)) as string[]
  return {
    id: row.id as TenantId,
    displayName: String(row.display_name),
    defaultDomain: domains[0] ?? '',
    domains,
  }
}

const TENANT_OF_DOMAIN =
  'SELECT t.* FROM tenant_domains d JOIN tenants t USING (tenant) WHERE d.domain = ? ORDER BY d.tenant LIMIT 1'

function putTenant(connection: Connection, { id, displayName, domains }: Tenant): void {
  connection.run(
    `INSERT INTO tenants (id, display_name, domains) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, domains = excluded.domains`,
    id,
    displayName,
    JSON.stringify(domains),
  )
  connection.run('DELETE FROM tenant_domains WHERE tenant = (SELECT tenant FROM tenants WHERE id = ?)', id)
  connection.run(`${FILE_DOMAINS} WHERE t.id = ?`, id)
}

const APPS = 'SELECT a.*, t.id AS tenant_id FROM apps a JOIN tenants t USING (tenant)'

function readApp(row: Row | undefined): App | null {
  if (row === undefined) return null
  return {
    clientId: String(row.client_id),
    tenant: row.tenant_id as TenantId,
    displayName: String(row.display_name),
    roles: JSON.parse(String(row.roles)),
    secretHashes: JSON.parse(String(row.secret_hashes)),
    demo: row.demo === 1,
  }
}

function putApp(connection: Connection, tenant: TenantKey, app: App): void {
  connection.run(
    'INSERT OR REPLACE INTO apps (client_id, tenant, display_name, roles, secret_hashes, demo) VALUES (?, ?, ?, ?, ?, ?)',
    app.clientId,
    tenant,
    app.displayName,
    JSON.stringify(app.roles),
    JSON.stringify(app.secretHashes),
    Number(app.demo),
  )
}

function readCommits(connection: Connection, tenant: TenantKey, limit: number): CommitRecord[] {
  const rows = connection.all(
    'SELECT version, at, app, request_id FROM commits WHERE tenant = ? ORDER BY version DESC LIMIT ?',
    tenant,
    limit,
  )
  return rows.map(row => ({
    version: Number(row.version),
    at: Number(row.at),
    app: row.app === null ? null : String(row.app),
    requestId: row.request_id === null ? null : String(row.request_id),
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
