import type { DirectoryObject } from './fact.ts'
import type { ObjectId } from './id.ts'
import { Problem } from './problem.ts'
import { inOrder, reached } from './reach.ts'
import type { Snapshot } from './snapshot.ts'
import type { Work } from './work.ts'

/** How many groups an object can be checked for at once (learn.microsoft.com, graph/api/directoryobject-checkmembergroups). */
export const CHECKED_MAX = 20
/** learn.microsoft.com, graph/api/directoryobject-getmembergroups. */
const FOUND_MAX = 11_000

/** The groups that an object belongs to, over any number of memberships, in ascending order of id. */
export async function memberGroups(
  snapshot: Snapshot,
  { id }: DirectoryObject,
  { securityEnabledOnly, showHiddenMembers }: { securityEnabledOnly: boolean; showHiddenMembers: boolean },
  work: Work,
): Promise<ObjectId[]> {
  const found: ObjectId[] = []
  for (const ids of inOrder(await reached(snapshot.groupsAround(id, showHiddenMembers), work), null)) {
    found.push(...(securityEnabledOnly ? await secured(snapshot, ids) : ids))
    if (found.length > FOUND_MAX) throw tooManyFound()
    await work.spend(ids.length)
  }
  return found
}

function tooManyFound(): Problem {
  return new Problem(
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
  work: Work,
): Promise<ObjectId[]> {
  const around = await reached(snapshot.groupsAround(id, showHiddenMembers), work)
  return [...new Set(asked)].filter(group => around.has(group))
}
