import type { Caller } from '../auth/caller.ts'
import { type Filter, matches } from '../core/filter.ts'
import type { ObjectId, TenantId } from '../core/id.ts'
import {
  countRelated,
  isTransitive,
  type RelatedQuery,
  type Relationship,
  relatedIds,
  relatedSlices,
} from '../core/relationship.ts'
import { sizeOf } from '../core/size.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { Work } from '../core/work.ts'
import { BYTES_MAX, EXAMINED_MAX } from './listCount.ts'
import { type SeenObject, seenBy } from './objectPermissions.ts'
import type { Services } from './services.ts'

/** Objects that are related to one: whose, and which of them. */
export interface RelatedList {
  readonly relationship: Relationship
  readonly read: (snapshot: Snapshot) => Promise<RelatedQuery>
  /** Null for all. */
  readonly filter: Filter | null
  /** Who asks. */
  readonly caller: Caller
}

/** Which page of them. */
export interface RelatedPageRequest {
  /** The id after which it begins, in the list of whose objects these are; null for the first page. Throws for a token of another list. */
  readonly start: (of: ObjectId) => ObjectId | null
  /** How many objects it may hold. */
  readonly limit: number
  /** Whether all of them are to be counted too. */
  readonly counted: boolean
}

/** A page of them. */
export interface RelatedPage {
  /** Whose they are. */
  readonly of: ObjectId
  readonly objects: readonly SeenObject[]
  /** The id after which the list goes on; null at its end. */
  readonly after: ObjectId | null
  /** How many they are; null where that is not asked, or too many would have to be looked at. */
  readonly count: number | null
}

/** How much may be looked at for it; all properties of an object count, shown or not. */
interface Bounds extends Pick<RelatedPageRequest, 'limit' | 'counted'> {
  readonly after: ObjectId | null
  readonly examined: number
  readonly bytes: number
}

/** A page of them, for which as many are looked at as for the page of any list. */
export function readRelated(
  tenant: TenantId,
  list: RelatedList,
  page: RelatedPageRequest,
  work: Work,
  { store, settings }: Pick<Services, 'store' | 'settings'>,
): Promise<RelatedPage> {
  const { bytes } = settings.pageLimit
  const { limit, counted, start } = page
  const examined = Math.max(limit, settings.pageLimit.examined)
  const isLong = list.filter !== null || isTransitive(list.relationship)
  const read = isLong ? store.survey : store.read
  return read(tenant, async snapshot => {
    const query = await list.read(snapshot)
    const bounds = { after: start(query.id), limit, counted, examined, bytes }
    const found =
      list.filter === null
        ? await readAll(snapshot, query, list, bounds, work)
        : await readFiltered(snapshot, query, list, bounds, work)
    return { of: query.id, ...found }
  })
}

/** How many they are; null where too many would have to be looked at. */
export async function countListedRelated(
  tenant: TenantId,
  list: RelatedList,
  work: Work,
  { store }: Pick<Services, 'store'>,
): Promise<number | null> {
  return store.survey(tenant, async snapshot => {
    const query = await list.read(snapshot)
    if (list.filter === null) return countRelated(snapshot, query, work)
    const nothing = { after: null, limit: 0, examined: EXAMINED_MAX, bytes: BYTES_MAX, counted: true }
    return (await readFiltered(snapshot, query, list, nothing, work)).count
  })
}

async function readAll(
  snapshot: Snapshot,
  query: RelatedQuery,
  { caller }: RelatedList,
  { after, limit, bytes: bytesMax, counted }: Bounds,
  work: Work,
): Promise<Omit<RelatedPage, 'of'>> {
  const ids = await relatedIds(snapshot, query, after, limit + 1, work)
  const objects: SeenObject[] = []
  let bytes = 0
  let looked = 0
  for (const id of ids.slice(0, limit)) {
    if (bytes >= bytesMax) break
    const object = await snapshot.object(id)
    if (object !== null) objects.push(await seenBy(caller, object, snapshot))
    bytes += object === null ? 0 : sizeOf(object)
    looked += 1
  }
  const count = counted ? await countRelated(snapshot, query, work) : null
  return { objects, after: ids.length > looked ? (ids[looked - 1] ?? null) : null, count }
}

/** Looks at one object after another: for the page as far as it goes, then only to count. */
async function readFiltered(
  snapshot: Snapshot,
  query: RelatedQuery,
  list: RelatedList,
  { after, limit, examined, bytes: bytesMax, counted }: Bounds,
  work: Work,
): Promise<Omit<RelatedPage, 'of'>> {
  const objects: SeenObject[] = []
  let looked = 0
  let bytes = 0
  let count = 0
  let reached = after
  let end: ObjectId | null = null
  let isFull = false
  for await (const ids of relatedSlices(snapshot, query, after, work)) {
    for (const id of ids) {
      if (!isFull && (looked >= examined || bytes >= bytesMax)) [isFull, end] = [true, reached]
      const mayCount = counted && looked < EXAMINED_MAX && bytes < BYTES_MAX
      if (isFull && !mayCount) return { objects, after: end, count: null }
      const object = await snapshot.object(id)
      bytes += object === null ? 0 : sizeOf(object)
      const seen = object === null ? null : await seenBy(list.caller, object, snapshot)
      if (seen !== null && isAsked(seen, list)) {
        count += 1
        if (!isFull && objects.length >= limit) [isFull, end] = [true, reached]
        if (!isFull) objects.push(seen)
      }
      looked += 1
      reached = id
      const pause = work.spend(1)
      if (pause !== null) await pause
    }
  }
  return { objects, after: end, count: counted ? count : null }
}

/** Of an object that the caller may not read nothing can be asked but its id: a filter would tell the rest. */
function isAsked({ object, isReadable }: SeenObject, { filter }: RelatedList): boolean {
  return filter === null || matches(isReadable ? object : { ...object, properties: {} }, filter)
}
