import type { JsonObject } from '../odata/resourceBody.ts'

/** What a handler answers. A body is JSON: finished bytes, or a value to be written as such. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Buffer | JsonObject | null
}

export function json(
  status: number,
  body: Buffer | JsonObject,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body }
}

export const NO_CONTENT: Answer = { status: 204, body: null }
