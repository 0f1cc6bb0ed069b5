import type { DirectoryObject } from './fact.ts'
import type { ListCursor, ListedPage, ListLimit, ListQuery } from './list.ts'
import type { Snapshot } from './snapshot.ts'
import { SLICE, type Work } from './work.ts'

/** A page of a list for which much is looked at, in slices. */
export async function listInSlices(
  snapshot: Snapshot,
  query: ListQuery,
  start: ListCursor | null,
  limit: ListLimit,
  work: Work,
): Promise<ListedPage> {
  const objects: DirectoryObject[] = []
  // A full page goes on from here if there is one more object to come, and is the last if there is none.
  let full: ListCursor | null = null
  let after = start
  for (let examined = 0; examined < limit.examined; examined += SLICE) {
    const room = Math.max(1, limit.objects - objects.length)
    const slice = await snapshot.list(query, after, {
      objects: room,
      examined: Math.min(SLICE, limit.examined - examined),
    })
    if (full !== null && slice.objects.length > 0) return { objects, after: full }
    objects.push(...slice.objects)
    after = slice.after
    if (after === null) return { objects, after: null }
    if (objects.length >= limit.objects) full ??= after
    await work.spend(SLICE)
  }
  return { objects, after: full ?? after }
}
