import { accessSync, closeSync, constants, existsSync, openSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Connection, SQLITE_BUSY, SQLITE_NOTADB, SQLITE_READONLY, sqliteCode } from './connection.ts'
import { fileAllObjects } from './listKeys.ts'
import { APPLICATION_ID, MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './schema.ts'

/** Why a database file cannot be used: one sentence for the one who named it. */
export class DatabaseRefused extends Error {}

/** https://man7.org/linux/man-pages/man2/statfs.2.html: NFS, SMB, CIFS, SMB2, 9P, FUSE is allowed. */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997])

const SYNCHRONOUS_FULL = 2
/** The last schema whose objects were not filed under the keys of lists. */
const SCHEMA_WITHOUT_LIST_KEYS = 2

/** Opens the writing connection to a database file, making the file (mode 0600) or its tables where they are missing. */
export function openDatabase(path: string): Connection {
  prepareFile(path)
  let connection: Connection | null = null
  try {
    connection = new Connection(path, 'write')
    readySchema(connection, path)
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

function prepareFile(path: string): void {
  try {
    if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600))
    const stats = statSync(path)
    if (!stats.isFile()) throw new DatabaseRefused(`'${path}' is not a file.`)
    if (stats.nlink > 1)
      throw new DatabaseRefused(`'${path}' has a second name (a hard link): two servers could share it.`)
    accessSync(path, constants.R_OK | constants.W_OK)
    if (NETWORK_FILE_SYSTEMS.has(statfsSync(dirname(path)).type)) {
      throw new DatabaseRefused(`'${path}' lies on a network file system, where SQLite cannot keep its promises.`)
    }
  } catch (error) {
    if (error instanceof DatabaseRefused) throw error
    throw new DatabaseRefused(`The database '${path}' cannot be used: ${messageOf(error)}.`, { cause: error })
  }
}

function readySchema(connection: Connection, path: string): void {
  const id = connection.pragma('application_id')
  const version = Number(connection.pragma('user_version'))
  const tables = connection.get('SELECT count(*) AS tables FROM sqlite_schema')?.tables
  const isEmpty = id === 0 && version === 0 && tables === 0
  if (!isEmpty && id !== APPLICATION_ID) throw new DatabaseRefused(`'${path}' is not a Tidemark database.`)
  if (version > SCHEMA_VERSION) {
    throw new DatabaseRefused(
      `'${path}' was written by a newer Tidemark (schema ${version}, this one knows ${SCHEMA_VERSION}): update Tidemark.`,
    )
  }
  if (isEmpty) connection.exec('PRAGMA page_size = 8192')
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  if (connection.pragma('journal_mode') !== 'wal' || connection.pragma('synchronous') !== SYNCHRONOUS_FULL) {
    throw new DatabaseRefused(`'${path}' lies where SQLite can keep no write-ahead log with full synchronization.`)
  }
  if (isEmpty) connection.exec(`BEGIN IMMEDIATE;${SCHEMA}COMMIT`)
  else for (let from = version; from < SCHEMA_VERSION; from += 1) migrate(connection, from)
}

function migrate(connection: Connection, from: number): void {
  const migration = MIGRATIONS.get(from)
  if (migration === undefined) throw new DatabaseRefused(`The schema ${from} of the database is not known.`)
  connection.exec(`BEGIN IMMEDIATE;${migration}`)
  if (from === SCHEMA_WITHOUT_LIST_KEYS) fileAllObjects(connection)
  connection.exec(`PRAGMA user_version = ${from + 1};COMMIT`)
}

/** What the operating system says, without its code and call. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/^[A-Z]+: /, '').replace(/, [a-z]+ '.*'$/, '')
}
