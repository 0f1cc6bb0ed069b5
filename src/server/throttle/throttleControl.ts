import type { JsonValue } from '../../core/fact.ts'
import { Problem } from '../../core/problem.ts'
import { type Fields, refuseOthers, take } from '../controlFields.ts'
import type { Services } from '../services.ts'
import { LIMIT_NAMES, type LimitName, parseRate, RATE_FORM, type Rate, ratesWith, rateText } from './limits.ts'
import { tenantSizes } from './tenantSize.ts'
import { NO_THROTTLE, newThrottle, type Throttle } from './throttle.ts'

/** Limits requests from now on, with nothing counted yet: `{"on": true, "limits": {"writes": "3/10s"}}`; or no longer. */
export async function setThrottling(fields: Fields, { store, clock, controls }: Services): Promise<void> {
  const on = take(fields, 'on')
  const given = take(fields, 'limits')
  refuseOthers(fields)
  if (typeof on !== 'boolean') throw new Problem('BadRequest', "'on' must be true or false.")
  if (!on && given !== undefined) throw new Problem('BadRequest', "'limits' go with 'on' being true.")
  const limits = given === undefined ? {} : readLimits(given)
  controls.throttle = on ? await newThrottle(ratesWith(limits), clock, tenantSizes(store, clock)) : NO_THROTTLE
}

/** The limits as `setThrottling` takes them; null where nothing is limited. */
export function throttlingState({ rates }: Throttle): Readonly<Record<string, string>> | null {
  return rates === null ? null : Object.fromEntries(LIMIT_NAMES.map(name => [name, rateText(rates[name])]))
}

function readLimits(value: JsonValue): Partial<Record<LimitName, Rate>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('BadRequest', "'limits' must be an object.")
  }
  const limits: Partial<Record<LimitName, Rate>> = {}
  for (const [name, text] of Object.entries(value)) {
    const known = LIMIT_NAMES.find(limit => limit === name)
    const rate = typeof text === 'string' ? parseRate(text) : null
    if (known === undefined) throw new Problem('BadRequest', `'limits' knows ${LIMIT_NAMES.join(', ')}, not '${name}'.`)
    if (rate === null) throw new Problem('BadRequest', `'limits.${name}' must be a rate ${RATE_FORM}.`)
    limits[known] = rate
  }
  return limits
}
