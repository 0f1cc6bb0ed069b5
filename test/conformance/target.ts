import type { Connections } from '../replay/connection.ts'
import type { TokenSource } from '../replay/token.ts'
import type { Control } from './control.ts'

/** Whose tokens a target may have, and what each is for. */
export const TOKENS = {
  writer: 'creates, changes and deletes groups and users',
  purger: 'deletes groups for good, on behalf of an administrator',
  reader: 'reads rounds of groups; where it is not given the writer does',
  expired: 'was good once',
  neighbour: 'reads the users of another tenant',
  empty: 'reads the groups of a tenant that has none',
  external: 'reads groups and users of an external (B2C) tenant',
  alias: 'reads groups at --alias; where it is not given the writer does',
  weak: 'was granted nothing that opens groups',
  'groupmember-reader': 'was granted GroupMember.Read.All alone',
  'groupmember-writer': 'was granted GroupMember.ReadWrite.All alone',
  'group-creator': 'of an app that was granted Group.Create alone',
  'group-writer': 'of an app that was granted Group.ReadWrite.All alone',
  'directory-writer': 'was granted Directory.ReadWrite.All alone',
} as const

export type TokenName = keyof typeof TOKENS

/** How much fills a page of a round. */
export interface PageSize {
  readonly objects: number
  readonly edges: number
}

/** A server that cases are tried on, as it is seen from outside. */
export interface Target {
  /** Without a version and without a slash at its end. */
  readonly url: string
  /** Another address of the same server, in the same form. */
  readonly alias: string | null
  readonly tenant: string
  /** A verified domain of the tenant, for the names of users. */
  readonly domain: string
  readonly send: Connections['send']
  readonly tokens: Readonly<Partial<Record<TokenName, TokenSource>>>
  /** Whether tokens are had anew after the clock has moved. */
  readonly canRenew: boolean
  readonly control: Control | null
  readonly page: PageSize | null
  /** How long the server may take to show a change, in milliseconds. */
  readonly patienceMs: number
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>
}

/** How long is waited before a server that may lag is asked again, in milliseconds. */
export const PAUSE_MS = 2_000

/** What fills a page, for cases that need to know it. */
export function pageSizeOf({ page }: Target): PageSize {
  if (page === null) throw new Error('The page size is not known.')
  return page
}

/** The control API, for cases that need it. */
export function controlOf({ control }: Target): Control {
  if (control === null) throw new Error('There is no control API.')
  return control
}
