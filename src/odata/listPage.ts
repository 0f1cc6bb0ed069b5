import { type QueryOptions, readTop } from './options.ts'
import type { JsonObject } from './resourceBody.ts'

/** Graph's page of a list where `$top` says nothing. */
const PAGE_DEFAULT = 100

/** The body of a list's page, with the link to the next one; null at the list's end. */
export function listBody(context: string, value: readonly JsonObject[], next: string | null): JsonObject {
  if (next === null) return { '@odata.context': context, value }
  return { '@odata.context': context, '@odata.nextLink': next, value }
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
