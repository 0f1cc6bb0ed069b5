import type { TenantId } from '../core/id.ts'
import type { DirectoryRole } from './directoryRoles.ts'
import type { Person } from './person.ts'

/** An app that asks by itself, in the tenant that its token was issued for, with the roles that it was granted. */
export interface AppCaller {
  readonly kind: 'app'
  readonly tenant: TenantId
  /** Its client id. */
  readonly app: string
  readonly roles: ReadonlySet<string>
}

/** A person of the tenant who asks through an app. */
export interface PersonCaller extends Person {
  readonly kind: 'person'
  readonly tenant: TenantId
  /** The app's client id. */
  readonly app: string
  /** What the app was granted on behalf of people. */
  readonly scopes: ReadonlySet<string>
  /** Those that the token names: one that is taken away counts until the token ends. */
  readonly directoryRoles: ReadonlySet<DirectoryRole>
}

/** Who asks. */
export type Caller = AppCaller | PersonCaller

/** Who asks without a token, where none is needed: nobody, in no tenant. */
export const NOBODY: Caller = { kind: 'app', tenant: '' as TenantId, app: '', roles: new Set() }

/** Whom a token names, before the directory is asked about the person. */
export type NamedCaller = AppCaller | Omit<PersonCaller, 'isGuest'>
