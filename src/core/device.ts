import type { JsonValue } from './fact.ts'
import { isGuid } from './id.ts'
import type { PlainRules } from './plainType.ts'
import { invalidValue } from './problem.ts'
import { dateTime, type Values } from './value.ts'

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
    checkDevice(values)
    return values
  },
  initial: (_id, _values, { now }) =>
    new Map([
      ['profileType', 'RegisteredDevice'],
      ['registrationDateTime', dateTime(now)],
    ]),
}

function checkDevice(values: Values): void {
  const deviceId = values.get('deviceId')
  if (typeof deviceId === 'string' && !isGuid(deviceId)) throw invalidValue('deviceId', 'Device')
  const ids = values.get('alternativeSecurityIds')
  if (Array.isArray(ids) && !(ids.length > 0 && ids.every(isSecurityId))) {
    throw invalidValue('alternativeSecurityIds', 'Device')
  }
}

/** The parts of a security id (learn.microsoft.com, graph/api/resources/alternativesecurityid); each can be null. */
const PARTS: ReadonlyMap<string, (part: JsonValue | undefined) => boolean> = new Map([
  ['type', part => Number.isInteger(part)],
  ['identityProvider', part => typeof part === 'string'],
  ['key', part => typeof part === 'string' && part.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(part)],
])

function isSecurityId(value: JsonValue): boolean {
  return Object.entries(value ?? {}).every(
    ([name, part]) => PARTS.has(name) && (part === null || PARTS.get(name)?.(part)),
  )
}
