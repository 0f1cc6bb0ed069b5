import { backup } from 'node:sqlite'
import { openDatabaseAsItIs, openDatabaseIfMade } from './database.ts'

/** A tenant of a database, and its head. */
export interface HeldTenant {
  readonly id: string
  readonly head: number
}

/**
 * Writes one state of a database to the file `target`, which is empty or missing, while others go on reading and writing.
 * An older schema is copied as it is. Throws `DatabaseRefused` for what is no database of Tidemark, and the reason of
 * `stop` once that is given.
 */
export async function copyDatabase(path: string, target: string, stop: AbortSignal): Promise<void> {
  const connection = openDatabaseAsItIs(path)
  try {
    // Inside one read: a copy that looks again at every step begins anew at every commit, and never ends among many.
    connection.exec('BEGIN')
    connection.get('SELECT tenant FROM tenants')
    await backup(connection.database, target, { progress: () => stop.throwIfAborted() })
    connection.exec('COMMIT')
  } finally {
    connection.close()
  }
}

/** What a database holds, of any schema: nothing before it is made. Throws `DatabaseRefused` for another program's file. */
export function tenantsHeld(path: string): HeldTenant[] {
  const connection = openDatabaseIfMade(path)
  if (connection === null) return []
  try {
    return connection
      .all('SELECT id, head FROM tenants ORDER BY tenant')
      .map(({ id, head }) => ({ id: String(id), head: Number(head) }))
  } finally {
    connection.close()
  }
}
