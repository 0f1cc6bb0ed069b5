import type { IncomingHttpHeaders } from 'node:http'
import type { JsonValue } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import { readJson } from '../odata/json.ts'

/** The largest body that is read, in bytes. */
export const BODY_BYTES_MAX = 1_048_576

/**
 * Reads a request's body as JSON; undefined when there is none. Throws `UnsupportedMediaType` for a body that is not
 * declared as plain JSON, `BadRequest` for one that cannot be read (DELTA-106, DELTA-107).
 */
export function readBody(bytes: unknown, headers: IncomingHttpHeaders): JsonValue | undefined {
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return undefined
  refuseOtherThanJson(headers)
  return readJson(bytes)
}

/** Throws `UnsupportedMediaType` where the headers of a body do not declare plain JSON. */
export function refuseOtherThanJson(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Problem('UnsupportedMediaType', `A body with the Content-Encoding '${encoding}' is not accepted.`)
  }
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new Problem('UnsupportedMediaType', 'The body must be declared as application/json.')
  }
}
