import { withAllControl, withoutControl } from '../odata/controlInformation.ts'
import type { ServiceRoot } from '../odata/deltaPage.ts'
import { jsonType, type MetadataLevel } from '../odata/metadataLevel.ts'
import type { JsonObject } from '../odata/resourceBody.ts'

/**
 * What a handler answers. A body is JSON, finished bytes in parts or a value to be written as such, unless a header says
 * another type.
 */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: readonly Uint8Array[] | JsonObject | null
}

export function json(
  status: number,
  body: readonly Uint8Array[] | JsonObject,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body }
}

/** The answer to `/$count`. */
export function number(value: number): Answer {
  const headers = { 'content-type': 'text/plain', 'odata-version': '4.0' }
  return { status: 200, headers, body: [Buffer.from(String(value))] }
}

export const NO_CONTENT: Answer = { status: 204, body: null }

/** The headers of an answer with those that tell what its body is. */
export function headersOf({ headers = {}, body }: Answer): Readonly<Record<string, string>> {
  if (body === null || headers['content-type'] !== undefined) return headers
  return { 'content-type': jsonType('minimal'), 'odata-version': '4.0', ...headers }
}

/** An answer at the level that was asked for. Parts are as they were written: at the level `none` by who wrote them. */
export function atLevel(answer: Answer, level: MetadataLevel, root: ServiceRoot): Answer {
  const { headers, body } = answer
  if (level === 'minimal' || body === null || headers?.['content-type'] !== undefined) return answer
  const told = { ...headers, 'content-type': jsonType(level), 'odata-version': '4.0' }
  if (level === 'none') return { ...answer, headers: told, body: isParts(body) ? body : withoutControl(body) }
  const whole: JsonObject = isParts(body) ? JSON.parse(Buffer.concat(body).toString()) : body
  return { ...answer, headers: told, body: withAllControl(whole, root) }
}

/** The body of an answer as it is sent, in parts; null when there is none. */
export function partsOf({ body }: Answer): readonly Uint8Array[] | null {
  if (body === null) return null
  return isParts(body) ? body : [Buffer.from(JSON.stringify(body))]
}

function isParts(body: readonly Uint8Array[] | JsonObject): body is readonly Uint8Array[] {
  return Array.isArray(body)
}
