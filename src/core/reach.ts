import type { ObjectType } from './fact.ts'
import type { ObjectId } from './id.ts'
import { Problem } from './problem.ts'
import type { EdgeView, Snapshot } from './snapshot.ts'
import { SLICE, type Work } from './work.ts'

/** Sorts after every id. */
export const BEYOND = '~' as ObjectId

/** How many memberships are followed for one read, and then how many more are looked at. */
const GATHERED_MAX = 500_000

/** The ids, each once; null where there are too many to be remembered. */
export async function gathered(ids: Iterable<ObjectId>, work: Work): Promise<Set<ObjectId> | null> {
  const found = new Set<ObjectId>()
  let looked = 0
  for (const id of ids) {
    looked += 1
    if (looked > GATHERED_MAX) return null
    found.add(id)
    if (looked % SLICE === 0) await work.spend(SLICE)
  }
  await work.spend(looked % SLICE)
  return found
}

/** The groups that are reached over any number of memberships. Throws `Directory_ResultSizeLimitExceeded` for too many. */
export async function reached(groups: Iterable<ObjectId>, work: Work): Promise<ReadonlySet<ObjectId>> {
  const found = await gathered(groups, work)
  if (found === null) throw tooMany()
  return found
}

export function tooMany(): Problem {
  return new Problem(
    'Directory_ResultSizeLimitExceeded',
    `More than ${GATHERED_MAX} memberships would have to be looked at: ask the groups one by one.`,
  )
}

/** The ids after `after` in ascending order, a part at a time: to sort many at once takes longer than others may wait. */
export function* inOrder(ids: Iterable<ObjectId>, after: ObjectId | null): Generator<readonly ObjectId[]> {
  const parts = new Map<string, ObjectId[]>()
  for (const id of ids) {
    if (after !== null && id <= after) continue
    const start = id.slice(0, 2)
    const part = parts.get(start)
    if (part === undefined) parts.set(start, [id])
    else part.push(id)
  }
  for (const start of [...parts.keys()].sort()) yield parts.get(start)?.sort() ?? []
}

/** A page of what edges lead to from any number of groups: some of them at a time, none beyond the page so far. */
export async function targetsOfMany(
  snapshot: Snapshot,
  groups: readonly ObjectId[],
  { view, type }: { readonly view: EdgeView; readonly type: ObjectType | null },
  after: ObjectId | null,
  limit: number,
  work: Work,
): Promise<ObjectId[]> {
  let page: ObjectId[] = []
  for (let at = 0; at < groups.length; at += SLICE) {
    const end = page.length < limit ? null : (page.at(-1) ?? null)
    const found = await snapshot.targets(groups.slice(at, at + SLICE), view, type, after, limit, end)
    page = merged(page, found, limit)
    await work.spend(SLICE)
  }
  return page
}

/** The first `limit` of two ascending lists, each once. */
export function merged(a: readonly ObjectId[], b: readonly ObjectId[], limit: number): ObjectId[] {
  const out: ObjectId[] = []
  let [inA, inB] = [0, 0]
  while (out.length < limit && (inA < a.length || inB < b.length)) {
    const [ofA, ofB] = [a[inA] ?? BEYOND, b[inB] ?? BEYOND]
    if (ofA <= ofB) inA += 1
    if (ofB <= ofA) inB += 1
    out.push(ofA < ofB ? ofA : ofB)
  }
  return out
}
