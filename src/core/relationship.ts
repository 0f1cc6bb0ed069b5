import { type DirectoryObject, OBJECT_TYPES, type ObjectType } from './fact.ts'
import type { ObjectId } from './id.ts'
import { isUnified } from './membership.ts'
import type { EdgeView, Snapshot } from './snapshot.ts'

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
): Promise<ObjectId[]> {
  const { relationship, id, type, showHiddenMembers } = query
  const view = viewOf(query)
  switch (relationship) {
    case 'members':
    case 'owners':
      return snapshot.targets([id], view, type, after, limit)
    case 'transitiveMembers': {
      const groups = [id, ...(await snapshot.groupsWithin(id, showHiddenMembers))]
      const found = await snapshot.targets(groups, view, type, after, limit + 1)
      return found.filter(target => target !== id).slice(0, limit)
    }
    case 'memberOf':
    case 'ownedObjects':
      return snapshot.sources(id, view, after, limit)
    case 'transitiveMemberOf': {
      const groups = await snapshot.groupsAround(id, showHiddenMembers)
      return groups.filter(group => group > (after ?? '')).slice(0, limit)
    }
  }
}

/** How many objects a relationship leads to. */
export async function countRelated(snapshot: Snapshot, query: RelatedQuery): Promise<number> {
  const { relationship, id, type, showHiddenMembers } = query
  const view = viewOf(query)
  switch (relationship) {
    case 'members':
    case 'owners':
      return snapshot.countTargets([id], view, type)
    case 'transitiveMembers': {
      const within = await snapshot.groupsWithin(id, showHiddenMembers)
      const found = await snapshot.countTargets([id, ...within], view, type)
      return found - (type === null || type === 'group' ? await timesInItself(snapshot, query, within) : 0)
    }
    case 'memberOf':
    case 'ownedObjects':
      return snapshot.countSources(id, view)
    case 'transitiveMemberOf':
      return (await snapshot.groupsAround(id, showHiddenMembers)).length
  }
}

/** 1 where the groups within a group lead back to it, else 0. */
async function timesInItself(
  snapshot: Snapshot,
  { id, showHiddenMembers }: RelatedQuery,
  within: readonly ObjectId[],
): Promise<number> {
  if (within.length === 0) return 0
  const around = new Set(await snapshot.groupsAround(id, showHiddenMembers))
  return within.some(group => around.has(group)) ? 1 : 0
}

function viewOf({ relationship, showHiddenMembers }: RelatedQuery): EdgeView {
  const isOwnership = relationship === 'owners' || relationship === 'ownedObjects'
  return { relation: isOwnership ? 'owners' : 'members', showHiddenMembers }
}
