import type { DeltaResource } from '../../odata/resourceNames.ts'
import type { LimitName } from '../throttle/limits.ts'

/** An answer, to a request of its own or to an item of a batch. */
export interface Answered {
  readonly method: string
  /** Path and query, as sent. */
  readonly target: string
  /** The framework's own route that took the request, such as `/:tenant/oauth2/v2.0/token`; null for none. */
  readonly route: string | null
  readonly status: number
  /** From the head of the request to the end of the answer, in milliseconds. */
  readonly ms: number
  readonly inBatch: boolean
}

/** Where a page of a round stood: what was asked for, not what it came to. */
export type PagePhase = 'scan' | 'first_catch_up' | 'catch_up' | 'latest'

export interface TurnedPage {
  readonly resource: DeltaResource
  readonly phase: PagePhase
  /** Whether it was the last one of its round. */
  readonly ends: boolean
}

/** Is told what happens in a server. Who implements it keeps no more of it than how often and how long. */
export interface Observer {
  readonly answered: (answer: Answered) => void
  /** Something came that is no HTTP, and was refused by the parser. */
  readonly malformed: () => void
  readonly page: (page: TurnedPage) => void
  /** A state token could not be followed: its client has to begin again. */
  readonly resync: (resource: DeltaResource) => void
  /** A request, or an item of a batch, was over a limit. */
  readonly throttled: (limit: LimitName) => void
  /** A connection was ended, or not taken, since there were as many as may be. */
  readonly turnedAway: () => void
}

const nothing = (): void => {}

/** Of a server that nobody watches. */
export const NO_OBSERVER: Observer = {
  answered: nothing,
  malformed: nothing,
  page: nothing,
  resync: nothing,
  throttled: nothing,
  turnedAway: nothing,
}
