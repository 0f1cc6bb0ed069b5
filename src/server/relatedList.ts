import { setImmediate } from 'node:timers/promises'
import type { DirectoryObject } from '../core/fact.ts'
import { type Filter, matches } from '../core/filter.ts'
import type { ObjectId, TenantId } from '../core/id.ts'
import { countRelated, type RelatedQuery, relatedIds } from '../core/relationship.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { EXAMINED_MAX, SLICE } from './listCount.ts'
import type { Services } from './services.ts'

/** Objects that are related to one: whose, read anew from each state, and which of them. */
export interface RelatedList {
  readonly read: (snapshot: Snapshot) => Promise<RelatedQuery>
  /** Null for all. */
  readonly filter: Filter | null
  /** Of an object that the caller may not read nothing can be asked but its id: a filter would tell the rest. */
  readonly mayRead: (object: DirectoryObject) => boolean
}

/** A page of them. */
export interface RelatedPage {
  /** Whose they are. */
  readonly of: ObjectId
  readonly objects: readonly DirectoryObject[]
  /** The id after which the list goes on; null at its end. */
  readonly after: ObjectId | null
}

/** A page of at most `limit` objects, for which as many are looked at as for the page of any list. */
export function readRelated(
  tenant: TenantId,
  list: RelatedList,
  after: ObjectId | null,
  limit: number,
  { store, settings }: Services,
): Promise<RelatedPage> {
  return store.read(tenant, async snapshot => {
    const query = await list.read(snapshot)
    const examined = list.filter === null ? limit : Math.max(limit, settings.pageLimit.examined)
    return { of: query.id, ...(await readPage(snapshot, query, list, after, { objects: limit, examined })) }
  })
}

/** How many they are; null where too many would have to be looked at. */
export async function countListedRelated(
  tenant: TenantId,
  list: RelatedList,
  { store }: Services,
): Promise<number | null> {
  const { read } = list
  if (list.filter === null) return store.read(tenant, async snapshot => countRelated(snapshot, await read(snapshot)))
  const limit = { objects: SLICE, examined: SLICE }
  let count = 0
  let after: ObjectId | null = null
  for (let examined = 0; examined < EXAMINED_MAX; examined += SLICE) {
    const start: ObjectId | null = after
    const page: Omit<RelatedPage, 'of'> = await store.read(tenant, async snapshot =>
      readPage(snapshot, await read(snapshot), list, start, limit),
    )
    count += page.objects.length
    after = page.after
    if (after === null) return count
    await setImmediate()
  }
  return null
}

async function readPage(
  snapshot: Snapshot,
  query: RelatedQuery,
  list: RelatedList,
  after: ObjectId | null,
  limit: { readonly objects: number; readonly examined: number },
): Promise<Omit<RelatedPage, 'of'>> {
  const objects: DirectoryObject[] = []
  let reached = after
  for (let examined = 0; examined < limit.examined; ) {
    const batch = Math.min(SLICE, limit.examined - examined)
    const ids = await relatedIds(snapshot, query, reached, batch + 1)
    for (const id of ids.slice(0, batch)) {
      const object = await snapshot.object(id)
      if (object !== null && isAsked(object, list)) {
        if (objects.length >= limit.objects) return { objects, after: reached }
        objects.push(object)
      }
      examined += 1
      reached = id
    }
    if (ids.length <= batch) return { objects, after: null }
  }
  return { objects, after: reached }
}

function isAsked(object: DirectoryObject, { filter, mayRead }: RelatedList): boolean {
  return filter === null || matches(mayRead(object) ? object : { ...object, properties: {} }, filter)
}
