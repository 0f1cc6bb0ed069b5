import type { Link } from '../../src/core/round.ts'
import type { PageLimit } from '../../src/core/snapshot.ts'
import type { StateKey } from '../../src/core/stateKey.ts'
import type { Operation, Refusal, Type } from './operation.ts'

export const BASE = 'http://localhost:3000'
export const ROOT = `${BASE}/v1.0`
export const TOKEN_LIFE_MS = 7 * 86_400_000

/** What a history runs in: a new tenant, whose clock the history moves. */
export interface Ground {
  readonly tenant: string
  readonly domain: string
  readonly recyclesSecurityGroups: boolean
  readonly clock: { readonly now: () => number }
}

/** How a delta request is made. */
export interface Asking {
  readonly limit: PageLimit
  readonly minimal: boolean
  readonly seesHiddenMembers: boolean
  /** With the right to another tenant. */
  readonly asStranger?: boolean
}

export type Answer =
  | { readonly status: 200; readonly text: string }
  | { readonly status: number; readonly code: string; readonly message: string; readonly location: string | null }

/** The live objects with their edges, as lists show them: what a reader's copy is compared with in the end. */
export interface Listed {
  readonly id: string
  readonly members: readonly string[]
  readonly owners: readonly string[]
}

/** The system under test. Requests follow one another: nothing here runs beside something else. */
export interface Driver {
  /** Its store can lose its newest versions, and does when a saved one is put back. */
  readonly losesTail: boolean
  begin(ground: Ground): Promise<void>
  /** Carries out one write request; gives the code of its refusal, null when it was done. */
  write(operation: Operation): Promise<Refusal | null>
  /** `path` is a first request below the service root, or a whole link. */
  ask(path: string, asking: Asking): Promise<Answer>
  /** What a link says: the test reads the version that it stands for. */
  open(url: string): Link
  listed(type: Type): Promise<Listed[]>
  head(): Promise<number>
  compact(horizon: number): Promise<void>
  /** Ends the store and opens it again; one that keeps nothing stays as it is. */
  restart(): Promise<void>
  /** Keeps the tenant as it is, to be put back later; null where that cannot be. */
  save(): Promise<(() => Promise<void>) | null>
  /** Every token made until now is past its life. */
  expireTokens(): void
  replaceKey(keepOld: boolean): void
  close(): Promise<void>
}

/** State keys as a ring has them: the one in use first. Their bytes follow from their numbers. */
export class Keys {
  #count = 0
  #ring: StateKey[] = []

  constructor() {
    this.replace(false)
  }

  get ring(): readonly [StateKey, ...StateKey[]] {
    const [first, ...others] = this.#ring
    if (first === undefined) throw new Error('The ring is empty.')
    return [first, ...others]
  }

  replace(keepOld: boolean): void {
    this.#count += 1
    const key = { id: Buffer.from([9, 9, 9, this.#count]), secret: Buffer.alloc(32, this.#count) }
    this.#ring = [key, ...(keepOld ? this.#ring : [])]
  }
}
