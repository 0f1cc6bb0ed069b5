import type { Version } from '../core/fact.ts'
import type { ObjectId, TenantId } from '../core/id.ts'
import type { Snapshot, Transaction } from '../core/snapshot.ts'

/** Who made a commit and when; kept with it. `at` is in milliseconds since 1970 UTC. */
export interface Authorship {
  readonly at: number
  /** The client id of the app that asked; null for the server's own work. */
  readonly app: string | null
  /** The person on whose behalf the app asked. */
  readonly user: ObjectId | null
  readonly requestId: string | null
}

/** A commit as it is recorded. */
export interface CommitRecord extends Authorship {
  readonly version: Version
}

/** Of an organization's own people, or of its customers: changes of the second kind cannot be followed. */
export type TenantKind = 'workforce' | 'external'

export interface Tenant {
  readonly id: TenantId
  readonly kind: TenantKind
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
  /** Application permissions: what it may do by itself. */
  readonly roles: readonly string[]
  /** Delegated permissions: what it may do on behalf of people. */
  readonly scopes: readonly string[]
  /** Salted hashes; any one of them lets in. */
  readonly secretHashes: readonly string[]
  /** Any one of them lets in. */
  readonly certificates: readonly AppCertificate[]
  /** Where people are sent back to who have signed in; compared letter by letter, on loopback but for the port. */
  readonly redirectUris: readonly string[]
  /** Whether it lies with people, where it can keep no secret: then it needs none to ask on their behalf. */
  readonly publicClient: boolean
  /** Made by `--demo`: its secrets end at the next start. */
  readonly demo: boolean
}

/** A certificate by whose private key an app proves itself. */
export interface AppCertificate {
  /** SHA-256 of the certificate (DER), in base64url: the `x5t#S256` of assertions (RFC 7515 §4.1.8). */
  readonly thumbprint: string
  /** SHA-1 of it, in base64url: their `x5t`. */
  readonly sha1: string
  readonly publicJwk: RsaPublicJwk
  /** When it ends, in milliseconds since 1970 UTC. */
  readonly notAfter: number
}

/** RFC 7518 §6.3.1, of 2,048 bits or more. */
export interface RsaPublicJwk {
  readonly kty: 'RSA'
  readonly n: string
  readonly e: string
}

/** A user with directory roles, these by name in alphabetical order. */
export interface RoleHolder {
  readonly user: ObjectId
  readonly roles: readonly string[]
}

/** What a store throws that is asked for a tenant which it does not have, or not any more. */
export class UnknownTenant extends Error {}

/** What a compaction takes away: tombstones and commit records below the new horizon. */
export interface Compaction {
  readonly tombstones: number
  readonly records: number
}

/** Commits that shared one transaction. */
export interface CommitGroup {
  /** Those that were written for, whether they changed anything or not. */
  readonly writes: number
  /** Versions that were made. */
  readonly commits: number
  /** From the first work to the end of the transaction, in milliseconds. */
  readonly ms: number
}

/** How many wait in a store for their turn. */
export interface Waiting {
  readonly writes: number
  readonly reads: number
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
  /**
   * Deletes a tenant with its apps: from then on nobody finds it. What it held goes with `sweep`. False where there is no
   * such tenant.
   */
  deleteTenant(id: TenantId): Promise<boolean>
  /**
   * Takes away what deleted tenants held, in steps, so that others write and are answered meanwhile; it can be cut short
   * at any of them. `told` hears after each how many rows are gone, and the next one waits for it. Gives how many there
   * were.
   */
  sweep(told?: (rows: number) => Promise<void>): Promise<number>
  app(clientId: string): Promise<App | null>
  apps(tenant: TenantId): Promise<App[]>
  /** Throws `UnknownTenant`, as `changeApp` does, for an app of a tenant that is not there. */
  putApp(app: App): Promise<void>
  /**
   * Changes an app, null where there is none, to what `change` gives, null to delete it. Nobody comes between what it
   * reads and what it writes. What `change` throws is thrown here, and the app stays as it is.
   */
  changeApp(clientId: string, change: (app: App | null) => App | null): Promise<void>

  /** The directory roles of a user, by name in alphabetical order. They end when the user is purged. */
  directoryRoles(tenant: TenantId, user: ObjectId): Promise<readonly string[]>
  /** The users with directory roles, in order of id. */
  roleHolders(tenant: TenantId): Promise<RoleHolder[]>
  /**
   * Changes the directory roles of a user, live or deleted, in one step as `changeApp` does. Throws
   * `Request_ResourceNotFound` for a user that the tenant does not have.
   */
  changeDirectoryRoles(
    tenant: TenantId,
    user: ObjectId,
    change: (roles: readonly string[]) => readonly string[],
  ): Promise<void>

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
  /**
   * Reads, and writes durably what is there already, as a probe that the store can do both; rejects where it cannot.
   * Nobody who reads sees anything of it.
   */
  probe(): Promise<void>
  waiting(): Waiting
  /** Ends what is under way, then lets go of everything. */
  close(): Promise<void>
}
