import { accessSync, closeSync, constants, existsSync, openSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import { Connection, SQLITE_BUSY, SQLITE_NOTADB, SQLITE_READONLY, sqliteCode } from './connection.ts'
import { fileAllObjects } from './listKeys.ts'
import { ADDED_COLUMNS, APPLICATION_ID, MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './schema.ts'

/** Why a database file cannot be used: one sentence for the one who named it. */
export class DatabaseRefused extends Error {}

/** https://man7.org/linux/man-pages/man2/statfs.2.html: NFS, SMB, CIFS, SMB2, 9P, FUSE is allowed. */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997])

const SYNCHRONOUS_FULL = 2
/** The last schema whose objects were not filed under the keys of lists. */
const SCHEMA_WITHOUT_LIST_KEYS = 2

/**
 * Opens the writing connection to a database file, makes the file (mode 0600) or its tables where they are missing, and
 * brings an older schema up to the present one. For the holder of the database's lock alone: a server that still works
 * on the older schema would go on writing without what the newer one needs.
 */
export function openDatabase(path: string): Connection {
  if (!existsSync(path)) orRefused(path, () => closeSync(openSync(path, 'wx', 0o600)))
  return open(path, (connection, schema) => {
    if (schema === null) connection.exec('PRAGMA page_size = 8192')
    keepSafely(connection, path)
    if (schema === null) connection.exec(`BEGIN IMMEDIATE;${SCHEMA}COMMIT`)
    else for (let from = schema; from < SCHEMA_VERSION; from += 1) migrate(connection, from)
  })
}

/** Opens the writing connection to a database that is there, with the present schema: it is not made and not migrated. */
export function openPresentDatabase(path: string): Connection {
  return openExisting(path, (connection, schema) => {
    if (schema < SCHEMA_VERSION) {
      throw new DatabaseRefused(
        `'${path}' was written by an older Tidemark (schema ${schema}, this one works on ${SCHEMA_VERSION}): start 'tidemark serve' once, which updates it.`,
      )
    }
    keepSafely(connection, path)
  })
}

/** Opens a database that is there, of the present schema or an older one, which stays as it is: to be copied. */
export function openDatabaseAsItIs(path: string): Connection {
  return openExisting(path, () => {})
}

/** The same; null for a file that is missing or has no tables yet. */
export function openDatabaseIfMade(path: string): Connection | null {
  if (!existsSync(path)) return null
  let isMade = false
  const connection = open(path, (_, schema) => {
    isMade = schema !== null
  })
  if (isMade) return connection
  connection.close()
  return null
}

function openExisting(path: string, ready: (connection: Connection, schema: number) => void): Connection {
  if (!existsSync(path)) throw new DatabaseRefused(`There is no database '${path}'.`)
  return open(path, (connection, schema) => {
    if (schema === null) throw new DatabaseRefused(`'${path}' is empty.`)
    ready(connection, schema)
  })
}

/** `ready` is told the schema of what is there; null for a file without any table. */
function open(path: string, ready: (connection: Connection, schema: number | null) => void): Connection {
  orRefused(path, () => checkFile(path))
  let connection: Connection | null = null
  try {
    connection = new Connection(path, 'write')
    ready(connection, readSchema(connection, path))
    return connection
  } catch (error) {
    connection?.close()
    throw sqliteCode(error) === null ? error : new DatabaseRefused(refusalOf(error, path), { cause: error })
  }
}

function refusalOf(error: unknown, path: string): string {
  switch (sqliteCode(error)) {
    case SQLITE_NOTADB:
      return `'${path}' is not a Tidemark database.`
    case SQLITE_READONLY:
      return `'${path}' cannot be written to.`
    case SQLITE_BUSY:
      return `'${path}' is being written by another program.`
    default:
      return `The database '${path}' cannot be opened: ${messageOf(error)}.`
  }
}

function checkFile(path: string): void {
  const stats = statSync(path)
  if (!stats.isFile()) throw new DatabaseRefused(`'${path}' is not a file.`)
  if (stats.nlink > 1) {
    throw new DatabaseRefused(`'${path}' has a second name (a hard link): two servers could share it.`)
  }
  accessSync(path, constants.R_OK | constants.W_OK)
  if (NETWORK_FILE_SYSTEMS.has(statfsSync(dirname(path)).type)) {
    throw new DatabaseRefused(`'${path}' lies on a network file system, where SQLite cannot keep its promises.`)
  }
}

/** Runs `act`; what the operating system refuses becomes one sentence. */
function orRefused(path: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    if (error instanceof DatabaseRefused) throw error
    throw new DatabaseRefused(`The database '${path}' cannot be used: ${messageOf(error)}.`, { cause: error })
  }
}

/** Throws `DatabaseRefused` for a file that is not Tidemark's, or is newer. */
function readSchema(connection: Connection, path: string): number | null {
  const id = connection.pragma('application_id')
  const version = Number(connection.pragma('user_version'))
  const tables = connection.get('SELECT count(*) AS tables FROM sqlite_schema')?.tables
  if (id === 0 && version === 0 && tables === 0) return null
  if (id !== APPLICATION_ID) throw new DatabaseRefused(`'${path}' is not a Tidemark database.`)
  if (version > SCHEMA_VERSION) {
    throw new DatabaseRefused(
      `'${path}' was written by a newer Tidemark (schema ${version}, this one knows ${SCHEMA_VERSION}): update Tidemark.`,
    )
  }
  return version
}

function keepSafely(connection: Connection, path: string): void {
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  if (connection.pragma('journal_mode') !== 'wal' || connection.pragma('synchronous') !== SYNCHRONOUS_FULL) {
    throw new DatabaseRefused(`'${path}' lies where SQLite can keep no write-ahead log with full synchronization.`)
  }
}

function migrate(connection: Connection, from: number): void {
  const migration = MIGRATIONS.get(from)
  if (migration === undefined) throw new DatabaseRefused(`The schema ${from} of the database is not known.`)
  connection.exec(`BEGIN IMMEDIATE;${migration}`)
  if (from === SCHEMA_WITHOUT_LIST_KEYS) fileAllObjects(connection)
  for (const { table, name, definition } of ADDED_COLUMNS.get(from) ?? []) {
    const known = connection.get('SELECT 1 FROM pragma_table_info(?) WHERE name = ?', table, name)
    if (known === undefined) connection.exec(`ALTER TABLE ${table} ADD COLUMN ${name} ${definition}`)
  }
  connection.exec(`PRAGMA user_version = ${from + 1};COMMIT`)
}

/** What the operating system or SQLite says of a failure, in words. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
    return getSystemErrorMessage(error.errno)
  }
  return error instanceof Error ? error.message : String(error)
}
