import { decodeBase64url, encodeBase64url } from '../core/base64url.ts'
import type { ObjectId } from '../core/id.ts'
import { guidOf, isGuid } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import { type QueryOptions, readTop } from './options.ts'
import type { JsonObject } from './resourceBody.ts'

/** Graph's page of a list where `$top` says nothing. */
const PAGE_DEFAULT = 100

/** Which page of a list is asked for. */
export interface ListRequest {
  readonly after: ObjectId | null
  readonly limit: number
}

export function readListRequest(options: QueryOptions): ListRequest {
  const { skiptoken } = options
  return {
    after: skiptoken === undefined ? null : readSkipToken(skiptoken),
    limit: readPageSize(options),
  }
}

/** The body of a list's page; `next` is the id after which the list goes on, null at its end. */
export function listBody(
  context: string,
  value: readonly JsonObject[],
  next: ObjectId | null,
  link: { readonly path: string; readonly options: QueryOptions },
): JsonObject {
  if (next === null) return { '@odata.context': context, value }
  return { '@odata.context': context, '@odata.nextLink': nextLink(link.path, link.options, skipToken(next)), value }
}

/** The link to a list's next page: the same options, from the token on. */
export function nextLink(path: string, options: QueryOptions, skiptoken: string): string {
  const query = Object.entries({ ...options, skiptoken })
  return `${path}?${query.map(([name, text]) => `$${name}=${encodeURIComponent(text)}`).join('&')}`
}

/** How many objects a page may hold. */
export function readPageSize({ top }: QueryOptions): number {
  return top === undefined ? PAGE_DEFAULT : readTop(top)
}

function skipToken(id: ObjectId): string {
  return encodeBase64url(Buffer.from(id.replaceAll('-', ''), 'hex'))
}

/** Throws `Request_BadRequest` for text that no list's nextLink holds. */
function readSkipToken(text: string): ObjectId {
  const id = guidOf(Buffer.from(decodeBase64url(text) ?? []).toString('hex'))
  if (!isGuid(id)) {
    throw new Problem('Request_BadRequest', "The value of '$skiptoken' is not from a nextLink of this list.")
  }
  return id as ObjectId
}
