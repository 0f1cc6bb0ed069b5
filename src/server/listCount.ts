import type { TenantId } from '../core/id.ts'
import type { ListCursor, ListedPage, ListQuery } from '../core/list.ts'
import { SLICE, type Work } from '../core/work.ts'
import type { Services } from './services.ts'

/** How many are looked at to count a list. */
export const EXAMINED_MAX = 200_000

/**
 * How many objects a list holds; null where too many would have to be looked at. What is written meanwhile may be
 * counted or not: whoever asks for a count has accepted that (`ConsistencyLevel: eventual`).
 */
export async function countListed(
  tenant: TenantId,
  query: ListQuery,
  work: Work,
  { store }: Pick<Services, 'store'>,
): Promise<number | null> {
  const { type, state, filter } = query
  if (filter === null) return store.read(tenant, snapshot => snapshot.countObjects(type, state))
  let after: ListCursor | null = null
  let count = 0
  for (let examined = 0; examined < EXAMINED_MAX; examined += SLICE) {
    const start: ListCursor | null = after
    const page: ListedPage = await store.read(tenant, snapshot =>
      snapshot.list(query, start, { objects: SLICE, examined: SLICE }),
    )
    count += page.objects.length
    after = page.after
    if (after === null) return count
    await work.spend(SLICE)
  }
  return null
}
