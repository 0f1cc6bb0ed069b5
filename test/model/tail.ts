import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

type Row = Record<string, SQLInputValue>

const TABLES = ['commits', 'objects', 'alternate_keys', 'edges']

/** Copies all rows of one tenant of a database file; what is given puts them back, as a restored backup would. */
export function saveTenant(path: string, id: string): () => void {
  const database = new DatabaseSync(path)
  try {
    const tenant = database.prepare('SELECT tenant, head, horizon FROM tenants WHERE id = ?').get(id) as Row
    const key = tenant['tenant'] ?? null
    const kept = TABLES.map(
      table => [table, database.prepare(`SELECT * FROM ${table} WHERE tenant = ?`).all(key) as Row[]] as const,
    )
    return () => putBack(path, tenant, kept)
  } finally {
    database.close()
  }
}

function putBack(path: string, tenant: Row, kept: readonly (readonly [table: string, rows: readonly Row[]])[]): void {
  const { tenant: key = null, head = null, horizon = null } = tenant
  const database = new DatabaseSync(path)
  try {
    database.exec('BEGIN IMMEDIATE')
    for (const [table, rows] of kept) {
      database.prepare(`DELETE FROM ${table} WHERE tenant = ?`).run(key)
      const [first] = rows
      if (first === undefined) continue
      const columns = Object.keys(first)
      const insert = database.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      )
      for (const row of rows) insert.run(...columns.map(column => row[column] ?? null))
    }
    database.prepare('UPDATE tenants SET head = ?, horizon = ? WHERE tenant = ?').run(head, horizon, key)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}
