import type { DirectoryObject, Edge, Version } from '../../core/fact.ts'
import type { ObjectId } from '../../core/id.ts'
import type { AlternateKey, Transaction } from '../../core/snapshot.ts'
import type { Connection, TenantKey } from './connection.ts'
import { fileObject } from './listKeys.ts'
import { EDGE_COLUMNS, edgeCells, OBJECT_COLUMNS, objectCells } from './row.ts'
import { type Reach, SqliteSnapshot } from './snapshot.ts'

/** One commit in the making, inside a savepoint of the writing connection. */
export class SqliteTransaction extends SqliteSnapshot implements Transaction {
  readonly version: Version
  #changes = 0

  constructor(connection: Connection, tenant: TenantKey, reach: Reach) {
    super(connection, tenant, reach)
    this.version = this.head + 1
  }

  /** Whether the work has changed anything: only then does it become a version. */
  get changed(): boolean {
    return this.#changes > 0
  }

  async putObject(object: DirectoryObject, keys: Readonly<Partial<Record<AlternateKey, string>>>): Promise<void> {
    fileObject(this.connection, this.tenant, await this.object(object.id), object)
    this.#run(
      `INSERT OR REPLACE INTO objects (tenant, ${OBJECT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      this.tenant,
      ...objectCells(object),
    )
    this.connection.run('DELETE FROM alternate_keys WHERE tenant = ? AND object = ?', this.tenant, object.id)
    for (const [name, value] of Object.entries(keys)) {
      this.connection.run('INSERT INTO alternate_keys VALUES (?, ?, ?, ?)', this.tenant, name, value, object.id)
    }
    if (object.type === 'user' && object.state === 'purged') {
      this.connection.run('DELETE FROM directory_roles WHERE tenant = ? AND user = ?', this.tenant, object.id)
    }
  }

  async putEdge(edge: Edge): Promise<void> {
    this.#run(
      `INSERT OR REPLACE INTO edges (tenant, ${EDGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      this.tenant,
      ...edgeCells(edge),
    )
  }

  async stampEdgesFrom(source: ObjectId): Promise<void> {
    this.#run('UPDATE edges SET version = ? WHERE tenant = ? AND source = ?', this.version, this.tenant, source)
  }

  async dropEdgesFrom(source: ObjectId): Promise<void> {
    this.#run('DELETE FROM edges WHERE tenant = ? AND source = ?', this.tenant, source)
  }

  async removeEdgesTo(target: ObjectId): Promise<void> {
    this.#run(
      'UPDATE edges INDEXED BY edges_to SET live = 0, version = ? WHERE tenant = ? AND target = ? AND live = 1',
      this.version,
      this.tenant,
      target,
    )
  }

  #run(sql: string, ...cells: Parameters<Connection['run']>[1][]): void {
    this.#changes += this.connection.run(sql, ...cells)
  }
}
