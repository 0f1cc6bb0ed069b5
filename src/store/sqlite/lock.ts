import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { SQLITE_BUSY, sqliteCode } from './connection.ts'
import { DatabaseRefused, messageOf } from './database.ts'

/** That nobody else works on a file. */
export interface FileLock {
  readonly release: () => void
}

/** Windows removes no file that is open; there the empty file stays, which is no harm. */
const CAN_REMOVE_OPEN_FILES = process.platform !== 'win32'

/** Takes the lock of a database file. Throws `DatabaseRefused` when another server has it, or when it cannot be made. */
export function lockDatabase(path: string): FileLock {
  return lockFile(path, `The database '${path}' is in use by another Tidemark server.`)
}

/**
 * Takes the lock of a file. It is that of SQLite on the file `<path>.lock`: the operating system lets go of it however the
 * process ends, and it keeps out others of the same process too.
 *
 * Throws `DatabaseRefused`: with the sentence `taken` when somebody has it, and when it cannot be made.
 */
export function lockFile(path: string, taken: string): FileLock {
  const file = `${path}.lock`
  for (;;) {
    const made = makeFile(file, path)
    const connection = hold(file, path, taken)
    // The one who had the lock before may have removed the file after we opened it: then nobody else sees our lock.
    if (inodeOf(file) !== made) {
      connection.close()
      continue
    }
    const release = (): void => {
      if (CAN_REMOVE_OPEN_FILES && inodeOf(file) === made) rmSync(file, { force: true })
      connection.close()
    }
    return { release }
  }
}

/**
 * Makes the lock file (mode 0600) where there is none; gives its inode. A file that is there is not opened: closing it
 * again would end every lock that this process has on it (https://sqlite.org/howtocorrupt.html, §2.2).
 */
function makeFile(file: string, path: string): number | undefined {
  const inode = inodeOf(file)
  if (inode !== undefined) return inode
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw refused(path, error)
  }
  return inodeOf(file)
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino
}

function hold(file: string, path: string, taken: string): DatabaseSync {
  let connection: DatabaseSync | null = null
  try {
    connection = new DatabaseSync(file, { timeout: 0 })
    // Nothing is ever written, so there is nothing to roll back: no journal need lie beside it.
    connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return connection
  } catch (error) {
    connection?.close()
    if (sqliteCode(error) !== SQLITE_BUSY) throw refused(path, error)
    throw new DatabaseRefused(taken, { cause: error })
  }
}

function refused(path: string, error: unknown): DatabaseRefused {
  return new DatabaseRefused(`The lock file beside '${path}' cannot be made: ${messageOf(error)}.`, {
    cause: error,
  })
}
