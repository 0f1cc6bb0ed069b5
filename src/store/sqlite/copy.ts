import { backup } from 'node:sqlite'
import { openDatabaseAsItIs } from './database.ts'

/** A tenant of a database, and its head. */
export interface HeldTenant {
  readonly id: string
  readonly head: number
}

/**
 * Writes one state of a database to the file `target`, which is empty or missing, while others go on reading and writing.
 * An older schema is copied as it is. Throws `DatabaseRefused` for what is no database of Tidemark.
 */
export async function copyDatabase(path: string, target: string): Promise<void> {
  const connection = openDatabaseAsItIs(path)
  try {
    // Inside one read: a copy that looks again at every step begins anew at every commit, and never ends among many.
    connection.exec('BEGIN')
    connection.get('SELECT tenant FROM tenants')
    await backup(connection.database, target)
    connection.exec('COMMIT')
  } finally {
    connection.close()
  }
}

/** What a database holds, of any schema. Throws `DatabaseRefused` where it is none. */
export function tenantsHeld(path: string): HeldTenant[] {
  const connection = openDatabaseAsItIs(path)
  try {
    return connection
      .all('SELECT id, head FROM tenants ORDER BY tenant')
      .map(({ id, head }) => ({ id: String(id), head: Number(head) }))
  } finally {
    connection.close()
  }
}
