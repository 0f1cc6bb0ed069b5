import type { RateLimiterMemory } from 'rate-limiter-flexible'
import type { TenantId } from '../core/id.ts'
import type { Clock } from './clock.ts'
import { LIMIT_NAMES, LIMITS, type LimitName, type Rates } from './limits.ts'
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
  readonly limit: LimitName
  readonly waitMs: number
}

/** Counts requests against limits. */
export interface Throttle {
  /** Null where nothing is limited. */
  readonly rates: Rates | null
  readonly count: (charge: Charge) => Promise<Verdict>
}

export const NO_THROTTLE: Throttle = { rates: null, count: async () => ({ used: 0, refusal: null }) }

/** A request of low priority is refused from so much of a limit on, so that the rest is there for others. */
const LOW_PART = 0.8

interface Counted {
  readonly limit: LimitName
  readonly used: number
  readonly over: boolean
  readonly waitMs: number
  /** Takes back what was counted. */
  readonly undo: () => Promise<unknown>
}

/**
 * Counts in the memory of this process, in windows of the injected clock: a window's number is part of the name that is
 * counted under, and the library forgets a name when a window's time has gone by since it first counted under it. So
 * there are never more than two of them for each limit and each app of a tenant that has asked lately.
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
  const counters = new Map<LimitName, RateLimiterMemory>()
  for (const name of LIMIT_NAMES) {
    const { amount, windowMs } = rates[name]
    counters.set(name, new RateLimiterMemory({ points: amount, duration: windowMs / 1_000 }))
  }
  const count = async (limit: LimitName, charge: Charge): Promise<Counted> => {
    const counter = counters.get(limit)
    if (counter === undefined) throw new Error(`The limit '${limit}' has no counter.`)
    const { amount, windowMs } = rates[limit]
    const now = clock.elapsed()
    const key = `${Math.floor(now / windowMs)}/${whoseOf(limit, charge)}`
    const points = charge.cost[LIMITS[limit].counts]
    // Counts without a verdict: the library knows one bound, and here it depends on the priority.
    const { consumedPoints } = await counter.penalty(key, points)
    const used = consumedPoints / amount
    return {
      limit,
      used,
      over: used > (charge.isLow ? LOW_PART : 1),
      waitMs: windowMs - (now % windowMs),
      undo: () => counter.reward(key, points),
    }
  }
  return {
    rates,
    async count(charge) {
      const limits = limitsOf(charge, await sizeOf(charge.tenant))
      const counted = await Promise.all(limits.map(limit => count(limit, charge)))
      const used = Math.max(...counted.map(one => one.used))
      const over = counted.filter(one => one.over)
      if (over.length === 0) return { used, refusal: null }
      await Promise.all(counted.filter(one => charge.isLow || !one.over).map(one => one.undo()))
      return { used, refusal: over.reduce((longest, one) => (one.waitMs > longest.waitMs ? one : longest)) }
    },
  }
}

/** The limits that a request counts against: of those by size the one of its tenant, and of writes if it is one. */
function limitsOf({ cost }: Charge, size: TenantSize): LimitName[] {
  const units: LimitName[] = [`${size}-units`, 'app-units']
  return cost.writes === 0 ? units : [...units, 'writes', 'app-writes', 'tenant-writes']
}

function whoseOf(limit: LimitName, { tenant, app }: Charge): string {
  switch (LIMITS[limit].scope) {
    case 'Tenant_Application':
      return `${tenant}/${app}`
    case 'Application':
      return app
    case 'Tenant':
      return tenant
  }
}
