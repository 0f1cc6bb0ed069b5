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
  let [examined, bytes] = [0, 0]
  while (examined < limit.examined && bytes < limit.bytes) {
    const slice = await snapshot.list(query, after, {
      objects: Math.max(1, limit.objects - objects.length),
      examined: Math.min(SLICE, limit.examined - examined),
      bytes: limit.bytes - bytes,
    })
    if (full !== null && slice.objects.length > 0) break
    objects.push(...slice.objects)
    examined += slice.examined
    bytes += slice.bytes
    after = slice.after
    if (after === null) return { objects, examined, bytes, after: null }
    if (objects.length >= limit.objects) full ??= after
    await work.spend(slice.examined)
  }
  return { objects, examined, bytes, after: full ?? after }
}
