import type { ChangeCursor, KeyCursor } from '../../core/cursor.ts'
import {
  type DirectoryObject,
  type Edge,
  type Fact,
  NONCE_OF_NOTHING,
  type Nonce,
  type ObjectState,
  type ObjectType,
  type Relation,
  type Version,
} from '../../core/fact.ts'
import type { ObjectId } from '../../core/id.ts'
import type { ListCursor, ListedPage, ListLimit, ListQuery } from '../../core/list.ts'
import type {
  AlternateKey,
  EdgeView,
  PageLimit,
  Projection,
  ScannedPage,
  Scope,
  Snapshot,
} from '../../core/snapshot.ts'
import { UnknownTenant } from '../store.ts'
import { changesAfter } from './changes.ts'
import type { Connection, TenantKey } from './connection.ts'
import { listPage } from './list.ts'
import {
  countSourcesOf,
  countTargetsOf,
  eachTargetOf,
  groupsAround,
  groupsWithin,
  sourcesOf,
  targetsOf,
} from './memberships.ts'
import {
  EDGE_COLUMNS,
  OBJECT_BY_ID,
  OBJECT_COLUMNS,
  readEdge,
  readObject,
  relationCode,
  stateCode,
  typeCode,
} from './row.ts'
import { scanPage } from './scan.ts'

/** From where to where a tenant's versions go. */
export interface Reach {
  readonly head: Version
  readonly horizon: Version
}

export function reachOf(connection: Connection, tenant: TenantKey): Reach {
  const row = connection.get('SELECT head, horizon FROM tenants WHERE tenant = ?', tenant)
  if (row === undefined) throw new UnknownTenant(`The tenant with the key ${tenant} is gone.`)
  return { head: Number(row.head), horizon: Number(row.horizon) }
}

/** The state that a connection's open transaction sees. */
export class SqliteSnapshot implements Snapshot {
  readonly head: Version
  readonly horizon: Version
  readonly connection: Connection
  readonly tenant: TenantKey

  constructor(connection: Connection, tenant: TenantKey, { head, horizon }: Reach = reachOf(connection, tenant)) {
    this.connection = connection
    this.tenant = tenant
    this.head = head
    this.horizon = horizon
  }

  async nonceOf(version: Version): Promise<Nonce | null> {
    if (version === 0) return this.horizon === 0 ? NONCE_OF_NOTHING : null
    const row = this.connection.get('SELECT nonce FROM commits WHERE tenant = ? AND version = ?', this.tenant, version)
    return row === undefined ? null : (row.nonce as Nonce)
  }

  async object(id: ObjectId): Promise<DirectoryObject | null> {
    const row = this.connection.get(OBJECT_BY_ID, this.tenant, id)
    return row === undefined ? null : readObject(row)
  }

  async idByKey(key: AlternateKey, value: string): Promise<ObjectId | null> {
    const row = this.connection.get(
      'SELECT object FROM alternate_keys WHERE tenant = ? AND name = ? AND value = ?',
      this.tenant,
      key,
      value,
    )
    return row === undefined ? null : (row.object as ObjectId)
  }

  async objects(
    type: ObjectType,
    state: ObjectState,
    after: ObjectId | null,
    limit: number,
  ): Promise<DirectoryObject[]> {
    return this.connection
      .all(
        `SELECT ${OBJECT_COLUMNS} FROM objects INDEXED BY objects_listed
         WHERE tenant = ? AND type = ? AND state = ? AND id > ? ORDER BY id LIMIT ?`,
        this.tenant,
        typeCode(type),
        stateCode(state),
        after ?? '',
        limit,
      )
      .map(readObject)
  }

  async countObjects(type: ObjectType, state: ObjectState): Promise<number> {
    const row = this.connection.get(
      'SELECT count(*) AS found FROM objects INDEXED BY objects_listed WHERE tenant = ? AND type = ? AND state = ?',
      this.tenant,
      typeCode(type),
      stateCode(state),
    )
    return Number(row?.found)
  }

  async list(query: ListQuery, after: ListCursor | null, limit: ListLimit): Promise<ListedPage> {
    return listPage(this.connection, this.tenant, query, after, limit)
  }

  async edge(source: ObjectId, relation: Relation, target: ObjectId): Promise<Edge | null> {
    const row = this.connection.get(
      `SELECT ${EDGE_COLUMNS} FROM edges WHERE tenant = ? AND source = ? AND relation = ? AND target = ?`,
      this.tenant,
      source,
      relationCode(relation),
      target,
    )
    return row === undefined ? null : readEdge(row)
  }

  async edges(source: ObjectId, relation: Relation, after: ObjectId | null, limit: number): Promise<Edge[]> {
    return this.connection
      .all(
        `SELECT ${EDGE_COLUMNS} FROM edges
         WHERE tenant = ? AND source = ? AND relation = ? AND target > ? AND live = 1 ORDER BY target LIMIT ?`,
        this.tenant,
        source,
        relationCode(relation),
        after ?? '',
        limit,
      )
      .map(readEdge)
  }

  async targets(
    sources: readonly ObjectId[],
    view: EdgeView,
    type: ObjectType | null,
    after: ObjectId | null,
    limit: number,
    before: ObjectId | null = null,
  ): Promise<ObjectId[]> {
    return targetsOf(this, { sources, view, type }, { after, before }, limit)
  }

  eachTarget(
    sources: readonly ObjectId[],
    view: EdgeView,
    type: ObjectType | null,
    after: ObjectId | null,
  ): Iterable<ObjectId> {
    return eachTargetOf(this, { sources, view, type }, after)
  }

  async countTargets(source: ObjectId, view: EdgeView, type: ObjectType | null): Promise<number> {
    return countTargetsOf(this, { sources: [source], view, type })
  }

  async sources(target: ObjectId, view: EdgeView, after: ObjectId | null, limit: number): Promise<ObjectId[]> {
    return sourcesOf(this, target, view, after, limit)
  }

  async countSources(target: ObjectId, view: EdgeView): Promise<number> {
    return countSourcesOf(this, target, view)
  }

  groupsWithin(source: ObjectId, showHiddenMembers: boolean): Iterable<ObjectId> {
    return groupsWithin(this, source, showHiddenMembers)
  }

  groupsAround(target: ObjectId, showHiddenMembers: boolean): Iterable<ObjectId> {
    return groupsAround(this, target, showHiddenMembers)
  }

  async scan(scope: Scope, projection: Projection, after: KeyCursor | null, limit: PageLimit): Promise<ScannedPage> {
    const { connection, tenant } = this
    return scanPage({ connection, tenant, scope, projection, after, limit })
  }

  async *changes(scopes: readonly Scope[], after: ChangeCursor): AsyncIterable<Fact> {
    yield* changesAfter(this.connection, this.tenant, scopes, after)
  }
}
