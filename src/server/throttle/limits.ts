import { parseDuration } from '../duration.ts'

/** So much within a window of time. */
export interface Rate {
  readonly amount: number
  readonly windowMs: number
}

/** Of whose requests a limit is: an app's in one tenant, an app's in all tenants, those of all apps in a tenant. */
export type Scope = 'Tenant_Application' | 'Application' | 'Tenant'

export interface Limit {
  readonly scope: Scope
  /** What of a request counts. */
  readonly counts: 'units' | 'writes'
  /** Graph's own (learn.microsoft.com, graph/throttling-limits, «Identity and access service limits»). */
  readonly standard: Rate
  readonly what: string
}

const S = 1_000
const OF_PAIR = 'resource units of an app in a tenant'

/** Every limit of requests. Of the first three one counts in a tenant, by its size. */
export const LIMITS = {
  'small-units': limit('Tenant_Application', 'units', 3_500, 10 * S, `${OF_PAIR} with less than 50 users`),
  'medium-units': limit('Tenant_Application', 'units', 5_000, 10 * S, `${OF_PAIR} with 50 to 500 users`),
  'large-units': limit('Tenant_Application', 'units', 8_000, 10 * S, `${OF_PAIR} with more than 500 users`),
  writes: limit('Tenant_Application', 'writes', 3_000, 150 * S, 'writes of an app in a tenant'),
  'app-units': limit('Application', 'units', 150_000, 20 * S, 'resource units of an app in all tenants'),
  'app-writes': limit('Application', 'writes', 35_000, 300 * S, 'writes of an app in all tenants'),
  'tenant-writes': limit('Tenant', 'writes', 18_000, 300 * S, 'writes of all apps in a tenant'),
} as const satisfies Record<string, Limit>

/** Of requests to the directory. */
export type RequestLimit = keyof typeof LIMITS

/** Everything that has a rate. The last is ours: secrets here cannot be guessed, but clients with a wrong one ask on and on. */
export const RATED = {
  ...LIMITS,
  'failed-sign-ins': {
    standard: { amount: 30, windowMs: 60 * S },
    what: 'failed authentications of clients from one address',
  },
} as const

export type LimitName = keyof typeof RATED

export const LIMIT_NAMES = Object.keys(RATED) as LimitName[]

export type Rates = Readonly<Record<LimitName, Rate>>

/** The usual rates, but for those that are given. */
export function ratesWith(given: Partial<Rates>): Rates {
  const rateOf = (name: LimitName): [LimitName, Rate] => [name, given[name] ?? RATED[name].standard]
  return Object.fromEntries(LIMIT_NAMES.map(rateOf)) as Rates
}

const AMOUNT_MAX = 1_000_000_000
const WINDOW_MS_MIN = 1_000
const WINDOW_MS_MAX = 86_400_000

/** What a rate is written as, for those who write another. */
export const RATE_FORM = 'such as 3500/10s, a whole number from 1 on and a time from 1s to 1d'

/** A rate as text, `3500/10s`; null for any other text. */
export function parseRate(text: string): Rate | null {
  const [, digits, window = ''] = /^(\d{1,10})\/(\w+)$/.exec(text) ?? []
  const amount = Number(digits)
  const windowMs = parseDuration(window) ?? 0
  const isRate = amount >= 1 && amount <= AMOUNT_MAX && windowMs >= WINDOW_MS_MIN && windowMs <= WINDOW_MS_MAX
  return isRate ? { amount, windowMs } : null
}

export function rateText({ amount, windowMs }: Rate): string {
  return `${amount}/${windowMs % S === 0 ? `${windowMs / S}s` : `${windowMs}ms`}`
}

function limit(scope: Scope, counts: Limit['counts'], amount: number, windowMs: number, what: string): Limit {
  return { scope, counts, standard: { amount, windowMs }, what }
}
