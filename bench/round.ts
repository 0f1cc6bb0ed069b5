import type { Client, Drained } from './client.ts'

/** What a client has of a round that it has followed to its end. */
export interface FollowedRound {
  readonly ms: number
  readonly pages: number
  readonly bytes: number
  /** Where the next round begins: path and query of the deltaLink. */
  readonly next: string
}

/** Where a first round with the standard properties and members begins. */
export const FIRST_ROUND = '/v1.0/groups/delta'

const LINK = /"@odata\.(next|delta)Link":"([^"]+)"/

/** A page's link, without the address of the server that it was read from. */
export function linkOf({ status, start }: Drained): { readonly ends: boolean; readonly path: string } {
  const [, kind, link] = LINK.exec(start) ?? []
  if (status !== 200 || link === undefined) throw new Error(`A page was answered ${status}: ${start.slice(0, 400)}`)
  const { pathname, search } = new URL(link)
  return { ends: kind === 'delta', path: pathname + search }
}

/** Follows a round from its first request to its deltaLink, one page after the other, and keeps nothing of it. */
export async function followRound(client: Client, path: string): Promise<FollowedRound> {
  const startedAt = performance.now()
  let bytes = 0
  for (let pages = 1, at = path; ; pages += 1) {
    const page = await client.get(at)
    bytes += page.bytes
    const link = linkOf(page)
    if (link.ends) return { ms: performance.now() - startedAt, pages, bytes, next: link.path }
    at = link.path
  }
}
