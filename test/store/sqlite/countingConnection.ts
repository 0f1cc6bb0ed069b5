import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Cell, Connection, type Row } from '../../../src/store/sqlite/connection.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { type TestTenant, tenantOf } from '../tenant.ts'

/** A connection that counts the rows that it hands over, and remembers the statements that asked for them. */
export class CountingConnection extends Connection {
  rows = 0
  readonly statements = new Set<string>()

  override get(sql: string, ...cells: Cell[]): Row | undefined {
    this.statements.add(sql)
    const found = super.get(sql, ...cells)
    if (found !== undefined) this.rows += 1
    return found
  }

  override all(sql: string, ...cells: Cell[]): Row[] {
    this.statements.add(sql)
    const found = super.all(sql, ...cells)
    this.rows += found.length
    return found
  }

  override *iterate(sql: string, ...cells: Cell[]): Iterable<Row> {
    this.statements.add(sql)
    for (const row of super.iterate(sql, ...cells)) {
      this.rows += 1
      yield row
    }
  }
}

/** A tenant, the first of its database file, and a connection that reads the same file. */
export async function aCountedTenant(t: TestContext): Promise<{ tenant: TestTenant; connection: CountingConnection }> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-counted-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'directory.db')
  const store = openSqliteStore({ path })
  t.after(() => store.close())
  const tenant = await tenantOf(store, 1)
  const connection = new CountingConnection(path, 'read')
  t.after(() => connection.close())
  return { tenant, connection }
}
