import { type DirectoryObject, OBJECT_TYPES, type ObjectType } from './fact.ts'
import type { ObjectId } from './id.ts'
import { isUnified } from './membership.ts'
import { gathered, inOrder, reached, targetsOfMany, tooMany } from './reach.ts'
import type { EdgeView, Snapshot } from './snapshot.ts'
import { SLICE, type Work } from './work.ts'

/** How an object's memberships and ownerships are read: from which end, and how far. */
export type Relationship =
  | 'members'
  | 'owners'
  | 'transitiveMembers'
  | 'memberOf'
  | 'transitiveMemberOf'
  | 'ownedObjects'

/** What is asked of an object that is there. */
export interface RelatedQuery {
  readonly relationship: Relationship
  readonly id: ObjectId
  /** Only objects of this type, one of `relatedTypes`; null for all. */
  readonly type: ObjectType | null
  readonly showHiddenMembers: boolean
}

/** The types of object that a relationship can lead to (learn.microsoft.com, graph/api/group-list-members and graph/groups-overview). */
export function relatedTypes(object: DirectoryObject, relationship: Relationship): readonly ObjectType[] {
  switch (relationship) {
    case 'members':
    case 'transitiveMembers':
      return isUnified(object) ? ['user'] : OBJECT_TYPES
    case 'owners':
      return ['user', 'servicePrincipal']
    case 'memberOf':
    case 'transitiveMemberOf':
    case 'ownedObjects':
      return ['group']
  }
}

/** Whether a relationship shows who is in the group that is asked. */
export function tellsMembers(relationship: Relationship): boolean {
  return relationship === 'members' || relationship === 'transitiveMembers'
}

/** Whether a relationship goes over any number of memberships. */
export function isTransitive(relationship: Relationship): boolean {
  return relationship === 'transitiveMembers' || relationship === 'transitiveMemberOf'
}

/**
 * The objects that a relationship leads to, in ascending order. The transitive ones follow the edges of the tracked
 * view: a nested group in the recycle bin is a member, and its own members are not. No object is related to itself,
 * though groups go in a circle.
 */
export async function relatedIds(
  snapshot: Snapshot,
  query: RelatedQuery,
  after: ObjectId | null,
  limit: number,
  work: Work,
): Promise<ObjectId[]> {
  const { relationship, id, type } = query
  const view = viewOf(query)
  switch (relationship) {
    case 'members':
    case 'owners':
      return snapshot.targets([id], view, type, after, limit)
    case 'memberOf':
    case 'ownedObjects':
      return snapshot.sources(id, view, after, limit)
    case 'transitiveMembers': {
      const groups = [id, ...(await groupsOf(snapshot, query, work))]
      const found = await targetsOfMany(snapshot, groups, { view, type }, after, limit + 1, work)
      return found.filter(target => target !== id).slice(0, limit)
    }
    case 'transitiveMemberOf': {
      const found: ObjectId[] = []
      for (const ids of inOrder(await groupsOf(snapshot, query, work), after)) {
        found.push(...ids)
        if (found.length >= limit) break
      }
      return found.slice(0, limit)
    }
  }
}

/**
 * The same in one walk, for those who look at many of them: slice by slice. What is transitive is gathered first.
 *
 * Throws `Directory_ResultSizeLimitExceeded` where that is too much.
 */
export async function* relatedSlices(
  snapshot: Snapshot,
  query: RelatedQuery,
  after: ObjectId | null,
  work: Work,
): AsyncGenerator<readonly ObjectId[]> {
  if (query.relationship === 'transitiveMemberOf') yield* inOrder(await groupsOf(snapshot, query, work), after)
  else if (query.relationship === 'transitiveMembers') {
    const found = await transitiveMembers(snapshot, query, after, work)
    if (found === null) throw tooMany()
    yield* inOrder(found, after)
  } else {
    for (let [start, isOver] = [after, false]; !isOver; ) {
      const ids = await relatedIds(snapshot, query, start, SLICE, work)
      yield ids
      start = ids.at(-1) ?? start
      isOver = ids.length < SLICE
    }
  }
}

/** How many objects a relationship leads to; null where too many memberships would have to be looked at. */
export async function countRelated(snapshot: Snapshot, query: RelatedQuery, work: Work): Promise<number | null> {
  const { relationship, id, type } = query
  switch (relationship) {
    case 'members':
    case 'owners':
      return snapshot.countTargets(id, viewOf(query), type)
    case 'memberOf':
    case 'ownedObjects':
      return snapshot.countSources(id, viewOf(query))
    case 'transitiveMembers':
      return (await transitiveMembers(snapshot, query, null, work))?.size ?? null
    case 'transitiveMemberOf':
      return (await groupsOf(snapshot, query, work)).size
  }
}

async function transitiveMembers(
  snapshot: Snapshot,
  query: RelatedQuery,
  after: ObjectId | null,
  work: Work,
): Promise<ReadonlySet<ObjectId> | null> {
  const groups = [query.id, ...(await groupsOf(snapshot, query, work))]
  const found = await gathered(snapshot.eachTarget(groups, viewOf(query), query.type, after), work)
  found?.delete(query.id)
  return found
}

/** The groups that a transitive relationship leads through, or to. */
function groupsOf(
  snapshot: Snapshot,
  { relationship, id, showHiddenMembers }: RelatedQuery,
  work: Work,
): Promise<ReadonlySet<ObjectId>> {
  const groups = relationship === 'transitiveMembers' ? snapshot.groupsWithin : snapshot.groupsAround
  return reached(groups.call(snapshot, id, showHiddenMembers), work)
}

function viewOf({ relationship, showHiddenMembers }: RelatedQuery): EdgeView {
  const isOwnership = relationship === 'owners' || relationship === 'ownedObjects'
  return { relation: isOwnership ? 'owners' : 'members', showHiddenMembers }
}
