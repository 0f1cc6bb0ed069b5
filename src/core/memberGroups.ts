import type { DirectoryObject } from './fact.ts'
import type { ObjectId } from './id.ts'
import { Problem } from './problem.ts'
import type { Snapshot } from './snapshot.ts'

/** How many groups an object can be checked for at once (learn.microsoft.com, graph/api/directoryobject-checkmembergroups). */
export const CHECKED_MAX = 20
/** learn.microsoft.com, graph/api/directoryobject-getmembergroups. */
const FOUND_MAX = 11_000

/** The groups that an object belongs to, over any number of memberships, in ascending order of id. */
export async function memberGroups(
  snapshot: Snapshot,
  { id }: DirectoryObject,
  { securityEnabledOnly, showHiddenMembers }: { securityEnabledOnly: boolean; showHiddenMembers: boolean },
): Promise<ObjectId[]> {
  const around = await snapshot.groupsAround(id, showHiddenMembers)
  const groups = securityEnabledOnly ? await secured(snapshot, around) : around
  if (groups.length <= FOUND_MAX) return groups
  throw new Problem(
    'Directory_ResultSizeLimitExceeded',
    `The object belongs to more than ${FOUND_MAX} groups: read its transitiveMemberOf in pages.`,
  )
}

async function secured(snapshot: Snapshot, ids: readonly ObjectId[]): Promise<ObjectId[]> {
  const found: ObjectId[] = []
  for (const id of ids) {
    const group = await snapshot.object(id)
    if (group?.properties.securityEnabled === true) found.push(id)
  }
  return found
}

/** Those of the groups that an object belongs to, over any number of memberships, in the order in which they are asked for. */
export async function memberGroupsAmong(
  snapshot: Snapshot,
  { id }: DirectoryObject,
  asked: readonly ObjectId[],
  showHiddenMembers: boolean,
): Promise<ObjectId[]> {
  const around = new Set(await snapshot.groupsAround(id, showHiddenMembers))
  return [...new Set(asked)].filter(group => around.has(group))
}
