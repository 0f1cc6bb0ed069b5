import type { TenantId } from '../core/id.ts'
import type { ListCursor, ListedPage, ListQuery } from '../core/list.ts'
import { SLICE, type Work } from '../core/work.ts'
import type { Services } from './services.ts'

/** How many are looked at to count a list. */
export const EXAMINED_MAX = 200_000
/** And how many bytes of their properties. */
export const BYTES_MAX = 800_000_000

/**
 * How many objects a list holds; null where too many would have to be looked at. What is written meanwhile may be
 * counted or not: whoever asks for a count has accepted that (`ConsistencyLevel: eventual`).
 */
export async function countListed(
  tenant: TenantId,
  query: ListQuery,
  work: Work,
  { store, settings }: Pick<Services, 'store' | 'settings'>,
): Promise<number | null> {
  const { type, state, filter } = query
  if (filter === null) return store.read(tenant, snapshot => snapshot.countObjects(type, state))
  const limit = { objects: SLICE, examined: SLICE, bytes: settings.pageLimit.bytes }
  let after: ListCursor | null = null
  let [count, examined, bytes] = [0, 0, 0]
  while (examined < EXAMINED_MAX && bytes < BYTES_MAX) {
    const start: ListCursor | null = after
    const page: ListedPage = await store.read(tenant, snapshot => snapshot.list(query, start, limit))
    count += page.objects.length
    examined += page.examined
    bytes += page.bytes
    after = page.after
    if (after === null) return count
    await work.spend(page.examined)
  }
  return null
}
