import assert from 'node:assert/strict'
import type { Services } from '../../src/server/services.ts'
import { type LimitName, parseRate, type Rate, ratesWith } from '../../src/server/throttle/limits.ts'
import { tenantSizes } from '../../src/server/throttle/tenantSize.ts'
import { newThrottle } from '../../src/server/throttle/throttle.ts'

/** Rates as people write them: `3/10s`. */
export type Limits = Partial<Record<LimitName, string>>

/** The same number of resource units, whatever the size of the tenant. */
export function unitsOf(rate: string): Limits {
  return { 'small-units': rate, 'medium-units': rate, 'large-units': rate }
}

/** Limits the requests to a server from now on; what is not given is limited as in Graph. */
export async function limited<Server extends { readonly services: Services }>(
  server: Server,
  limits: Limits,
): Promise<Server> {
  const { store, clock, controls } = server.services
  const rates: Partial<Record<LimitName, Rate>> = {}
  for (const [name, text] of Object.entries(limits)) {
    const rate = parseRate(text)
    assert.ok(rate !== null, text)
    rates[name as LimitName] = rate
  }
  controls.throttle = await newThrottle(ratesWith(rates), clock, tenantSizes(store, clock))
  return server
}
