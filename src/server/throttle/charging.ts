import type { IncomingHttpHeaders } from 'node:http'
import { type Caller, NOBODY } from '../../auth/caller.ts'
import type { Inquiry } from '../inquiry.ts'
import type { Services } from '../services.ts'
import { LIMITS } from './limits.ts'
import { costOf } from './resourceUnits.ts'
import type { Charge, Refusal } from './throttle.ts'
import { ThrottleProblem } from './throttleProblem.ts'

type Asked = Pick<Inquiry, 'caller' | 'method' | 'address' | 'headers'>

/** From so much of a limit on its answers tell how much is used (learn.microsoft.com, graph/throttling-limits). */
const TOLD_FROM = 0.8
/** Who asks on beyond a limit is told no more than this. */
const TOLD_MAX = 1.8

/**
 * Counts a request of a known caller against the limits, before anything of it is done, and gives the headers that tell
 * so, whatever becomes of it. A batch itself counts for nothing: its items do. Nor does what is told to nobody.
 *
 * Throws `ThrottleProblem` for a request that is over a limit.
 */
export async function charge(
  { caller, method, address, headers }: Asked,
  { controls, observer }: Services,
): Promise<Readonly<Record<string, string>>> {
  const cost = costOf(method, address)
  if (cost === null) return {}
  const counted = { 'x-ms-resource-unit': String(cost.units) }
  if (caller === NOBODY) return counted
  const asked: Charge = { tenant: caller.tenant, app: caller.app, cost, isLow: isLow(headers) }
  const { used, refusal } = await controls.throttle.count(asked)
  const told = used < TOLD_FROM ? counted : { ...counted, 'x-ms-throttle-limit-percentage': shown(used) }
  if (refusal === null) return told
  observer.throttled(refusal.limit)
  throw new ThrottleProblem({ ...told, ...refusalHeaders(refusal, caller) })
}

/** Two digits are enough to act on, and never 1 for a limit that is not all used. */
function shown(used: number): string {
  return (Math.floor(Math.min(used, TOLD_MAX) * 100) / 100).toFixed(2)
}

function refusalHeaders({ limit, waitMs }: Refusal, { app, tenant }: Caller): Record<string, string> {
  const { scope, counts } = LIMITS[limit]
  // Other issuers name apps as they like; a header holds visible ASCII.
  const name = app.replaceAll(/[^!-~]/g, '?')
  return {
    'retry-after': String(Math.ceil(waitMs / 1_000)),
    'x-ms-throttle-scope': `${scope}/${counts === 'writes' ? 'Write' : 'ReadWrite'}/${name}/${tenant}`,
    'x-ms-throttle-information': counts === 'writes' ? 'WriteLimitExceeded' : 'ResourceUnitLimitExceeded',
  }
}

function isLow(headers: IncomingHttpHeaders): boolean {
  const priority = headers['x-ms-throttle-priority']
  return typeof priority === 'string' && priority.trim().toLowerCase() === 'low'
}
