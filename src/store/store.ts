import type { Version } from '../core/fact.ts'
import type { TenantId } from '../core/id.ts'
import type { Snapshot, Transaction } from '../core/snapshot.ts'

/** Who made a commit and when; kept with it. `at` is in milliseconds since 1970 UTC. */
export interface Authorship {
  readonly at: number
  readonly app: string | null
  readonly requestId: string | null
}

/** A commit as it is recorded. */
export interface CommitRecord extends Authorship {
  readonly version: Version
}

export interface Tenant {
  readonly id: TenantId
  readonly displayName: string
  /** Where names without a domain of their own live: the first of `domains`. */
  readonly defaultDomain: string
  readonly domains: readonly string[]
}

/** An application that may ask for access tokens. */
export interface App {
  readonly clientId: string
  readonly tenant: TenantId
  readonly displayName: string
  readonly roles: readonly string[]
  /** Salted hashes; any one of them lets in. */
  readonly secretHashes: readonly string[]
  /** Made by `--demo`: its secrets end at the next start. */
  readonly demo: boolean
}

/** What a compaction takes away: tombstones and commit records below the new horizon. */
export interface Compaction {
  readonly tombstones: number
  readonly records: number
}

/**
 * Where facts are kept. A commit is one version, durable when `write` resolves; `work` may await nothing but its
 * transaction or snapshot, so that a store can hold its lock over it.
 */
export interface Store {
  /**
   * Runs `work` as one commit, all or nothing. A work that changes nothing makes no version. What `work` throws is
   * thrown here, and nothing of it stays.
   */
  write<T>(tenant: TenantId, by: Authorship, work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Runs `work` against one unchanging state. */
  read<T>(tenant: TenantId, work: (snapshot: Snapshot) => Promise<T>): Promise<T>
  /**
   * The same for `work` that goes over much of a tenant, and may await other things to give others their turn. There is
   * room for few such at a time; those beyond wait, while `read` does not wait for them.
   */
  survey<T>(tenant: TenantId, work: (snapshot: Snapshot) => Promise<T>): Promise<T>

  tenant(id: TenantId): Promise<Tenant | null>
  /** The first of the tenants that have this domain. */
  tenantOfDomain(domain: string): Promise<Tenant | null>
  tenants(): Promise<Tenant[]>
  putTenant(tenant: Tenant): Promise<void>
  /** Makes a tenant, unless another has one of its domains: then nothing is done and that one is given. */
  addTenant(tenant: Tenant): Promise<Tenant | null>
  app(clientId: string): Promise<App | null>
  apps(tenant: TenantId): Promise<App[]>
  putApp(app: App): Promise<void>
  /**
   * Changes an app, null where there is none, to what `change` gives, null to delete it. Nobody comes between what it
   * reads and what it writes. What `change` throws is thrown here, and the app stays as it is.
   */
  changeApp(clientId: string, change: (app: App | null) => App | null): Promise<void>

  /** Who made the last `limit` commits, the newest first; what lies below the horizon is forgotten. */
  commits(tenant: TenantId, limit: number): Promise<CommitRecord[]>
  /**
   * The newest version that was committed, like all before it, at or before `at` (milliseconds since 1970 UTC); the
   * horizon when there is none. A clock that was set back makes it lower, never higher.
   */
  versionAt(tenant: TenantId, at: number): Promise<Version>
  /**
   * Moves the horizon up to `horizon` (never down, never past the head), then drops what lies below it: in steps, so that
   * others write and are answered meanwhile. What is below the horizon is nobody's business from the first step on.
   */
  compact(tenant: TenantId, horizon: Version): Promise<Compaction>
  /** The time to which housekeeping has come, in milliseconds since 1970 UTC; null before its first run. */
  housekeepingTime(): Promise<number | null>
  putHousekeepingTime(at: number): Promise<void>
  /** Ends what is under way, then lets go of everything. */
  close(): Promise<void>
}
