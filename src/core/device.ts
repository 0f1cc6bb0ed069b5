import type { JsonValue } from './fact.ts'
import { isGuid } from './id.ts'
import type { PlainRules } from './plainType.ts'
import { invalidValue } from './problem.ts'
import { dateTime } from './value.ts'

/** A device as it is registered (learn.microsoft.com, graph/api/device-post-devices). */
export const DEVICE: PlainRules = {
  required: [
    'accountEnabled',
    'alternativeSecurityIds',
    'deviceId',
    'displayName',
    'operatingSystem',
    'operatingSystemVersion',
  ],
  kept: values => {
    const deviceId = values.get('deviceId')
    if (typeof deviceId === 'string' && !isGuid(deviceId)) throw invalidValue('deviceId', 'Device')
    const ids = values.get('alternativeSecurityIds')
    return Array.isArray(ids) ? new Map([...values, ['alternativeSecurityIds', readSecurityIds(ids)]]) : values
  },
  initial: (_id, _values, { now }) =>
    new Map([
      ['profileType', 'RegisteredDevice'],
      ['registrationDateTime', dateTime(now)],
    ]),
}

/** The parts of a security id (learn.microsoft.com, graph/api/resources/alternativesecurityid); each can be null. */
const PARTS: readonly (readonly [name: string, fits: (part: JsonValue) => boolean])[] = [
  ['type', part => Number.isInteger(part)],
  ['identityProvider', part => typeof part === 'string'],
  ['key', part => typeof part === 'string' && part.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(part)],
]

function readSecurityIds(ids: readonly JsonValue[]): JsonValue {
  if (ids.length === 0) throw invalidValue('alternativeSecurityIds', 'Device')
  return ids.map(readSecurityId)
}

/** Names are known in any case, annotations passed over. */
function readSecurityId(id: JsonValue): JsonValue {
  const parts: Record<string, JsonValue> = {}
  for (const [sent, part] of Object.entries(id ?? {})) {
    if (sent.includes('@odata.')) continue
    const [name, fits] = PARTS.find(([known]) => known.toLowerCase() === sent.toLowerCase()) ?? []
    if (name === undefined || !(part === null || fits?.(part))) throw invalidValue('alternativeSecurityIds', 'Device')
    parts[name] = part
  }
  return parts
}
