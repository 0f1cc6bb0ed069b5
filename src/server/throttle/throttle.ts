import type { RateLimiterMemory } from 'rate-limiter-flexible'
import type { TenantId } from '../../core/id.ts'
import type { Clock } from '../clock.ts'
import { LIMITS, type LimitName, type Rates, type RequestLimit, type Scope } from './limits.ts'
import type { Cost } from './resourceUnits.ts'
import type { TenantSize } from './tenantSize.ts'

/** A request that is about to be done. */
export interface Charge {
  readonly tenant: TenantId
  readonly app: string
  readonly cost: Cost
  /** Of low priority: its caller would rather that this one is refused than another. */
  readonly isLow: boolean
}

/** How a request stands against the limits. */
export interface Verdict {
  /** The largest part of a limit that is used up with it: 1 is all of it. */
  readonly used: number
  /** Null where it may be done. */
  readonly refusal: Refusal | null
}

/** Why a request may not be done: of several limits the one that is waited for longest. */
export interface Refusal {
  readonly limit: RequestLimit
  readonly waitMs: number
}

/** Counts requests against limits. */
export interface Throttle {
  /** Null where nothing is limited. */
  readonly rates: Rates | null
  readonly count: (charge: Charge) => Promise<Verdict>
  /**
   * Counts a failed authentication from an address. Gives how long, in milliseconds, that address must not try again;
   * null while there have been few.
   */
  readonly countFailure: (address: string) => Promise<number | null>
}

export const NO_THROTTLE: Throttle = {
  rates: null,
  count: async () => ({ used: 0, refusal: null }),
  countFailure: async () => null,
}

/** A request of low priority is refused from so much of a limit on, so that the rest is there for others. */
const LOW_PART = 0.8
/** Failures from more addresses than so many in one window are not counted. */
const ADDRESSES_MAX = 10_000

/** What counts against a limit: so much for one app, tenant or address. */
interface Countable<Name extends LimitName> {
  readonly limit: Name
  readonly whose: string
  readonly points: number
}

interface Counted<Name extends LimitName> {
  readonly limit: Name
  readonly used: number
  readonly waitMs: number
  /** Takes back what was counted. */
  readonly undo: () => Promise<unknown>
}

/**
 * Counts in the memory of this process, in windows of the injected clock. Each window of a limit has a counter of its
 * own that never forgets, and goes as a whole when another window is counted in: the library's own way to forget is a
 * timer for each name, which costs more memory than the counts and, when many end at once, holds everybody up.
 *
 * A request that is refused counts all the same, as in Graph («all requests accrue»), but only against the limits that
 * refuse it: one tenant cannot use up an app's share of all others by asking on. One of low priority leaves no trace.
 */
export async function newThrottle(
  rates: Rates,
  clock: Pick<Clock, 'elapsed'>,
  sizeOf: (tenant: TenantId) => Promise<TenantSize>,
): Promise<Throttle> {
  // Its index loads a client of every database that it can count in: only who throttles waits for that.
  const { RateLimiterMemory } = await import('rate-limiter-flexible')
  const counters = new Map<LimitName, { readonly window: number; readonly counter: RateLimiterMemory }>()
  const counterOf = (limit: LimitName): RateLimiterMemory => {
    const window = windowOf(limit)
    const known = counters.get(limit)
    if (known?.window === window) return known.counter
    const counter = new RateLimiterMemory({ points: rates[limit].amount, duration: 0 })
    counters.set(limit, { window, counter })
    return counter
  }
  const windowOf = (limit: LimitName): number => Math.floor(clock.elapsed() / rates[limit].windowMs)
  const countOne = async <Name extends LimitName>(one: Countable<Name>): Promise<Counted<Name>> => {
    const { limit, whose, points } = one
    const { amount, windowMs } = rates[limit]
    const waitMs = windowMs - (clock.elapsed() % windowMs)
    const counter = counterOf(limit)
    // Counts without a verdict: the library knows one bound, and here it depends on the priority.
    const { consumedPoints } = await counter.penalty(whose, points)
    return { limit, used: consumedPoints / amount, waitMs, undo: () => counter.reward(whose, points) }
  }
  const addresses = { window: 0, known: new Set<string>() }
  return {
    rates,
    async count(charge) {
      const counted = await Promise.all(countablesOf(charge, await sizeOf(charge.tenant)).map(countOne))
      const used = Math.max(...counted.map(one => one.used))
      const bound = charge.isLow ? LOW_PART : 1
      const over = counted.filter(one => one.used > bound)
      if (over.length === 0) return { used, refusal: null }
      const spared = charge.isLow ? counted : counted.filter(one => one.used <= bound)
      await Promise.all(spared.map(one => one.undo()))
      return { used, refusal: over.reduce((longest, one) => (one.waitMs > longest.waitMs ? one : longest)) }
    },
    async countFailure(address) {
      const limit = 'failed-sign-ins'
      if (addresses.window !== windowOf(limit)) Object.assign(addresses, { window: windowOf(limit), known: new Set() })
      // Apps are as many as were made, addresses as many as an adversary has.
      if (!addresses.known.has(address) && addresses.known.size >= ADDRESSES_MAX) return null
      addresses.known.add(address)
      const { used, waitMs } = await countOne({ limit, whose: address, points: 1 })
      return used > 1 ? waitMs : null
    },
  }
}

/** What of a request counts: against the limit of its tenant's size, and of writes if it is one. */
function countablesOf(charge: Charge, size: TenantSize): Countable<RequestLimit>[] {
  const units: RequestLimit[] = [`${size}-units`, 'app-units']
  const writes: RequestLimit[] = charge.cost.writes === 0 ? [] : ['writes', 'app-writes', 'tenant-writes']
  return [...units, ...writes].map(limit => {
    const { scope, counts } = LIMITS[limit]
    return { limit, whose: whoseOf(scope, charge), points: charge.cost[counts] }
  })
}

function whoseOf(scope: Scope, { tenant, app }: Charge): string {
  switch (scope) {
    case 'Tenant_Application':
      return `${tenant}/${app}`
    case 'Application':
      return app
    case 'Tenant':
      return tenant
  }
}
