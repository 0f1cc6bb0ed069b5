import { authorizeOn, preauthorize, seesHiddenMembers } from '../auth/permission/permissions.ts'
import type { Permission } from '../auth/permission/permissionTable.ts'
import type { DirectoryObject, ObjectType } from '../core/fact.ts'
import { type ObjectId, parseObjectId } from '../core/id.ts'
import { CHECKED_MAX, memberGroups, memberGroupsAmong } from '../core/memberGroups.ts'
import { liveObjectOfAnyType } from '../core/membership.ts'
import { Problem } from '../core/problem.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { readIds, readSecurityEnabledOnly } from '../odata/actionBody.ts'
import { type Answer, json } from './answer.ts'
import { type GraphRequest, objectKey, parameter } from './graphRequest.ts'
import { namedObject } from './objectPermissions.ts'
import type { Handler } from './route.ts'

/** Where an object is asked for its groups: in the collection of its type, or among objects of all types. */
export type Door = ObjectType | 'directoryObject'

/** What an action tells: groups alone, or all that has members. Here these are the same; who may ask is not. */
export type Told = 'Groups' | 'Objects'

/** All of a row are needed: the application columns of graph/api/directoryobject-checkmembergroups and …-checkmemberobjects. */
export const NEEDED: Readonly<Record<Door, Readonly<Record<Told, readonly [Permission, ...Permission[]]>>>> = {
  group: { Groups: ['groups.memberOf.list'], Objects: ['groups.memberOf.list'] },
  user: { Groups: ['users.get', 'groups.memberOf.list'], Objects: ['users.get'] },
  device: { Groups: ['devices.get'], Objects: ['devices.get'] },
  servicePrincipal: { Groups: ['servicePrincipals.get'], Objects: ['servicePrincipals.get'] },
  orgContact: { Groups: ['directoryObjects.get'], Objects: ['directoryObjects.get'] },
  directoryObject: { Groups: ['users.get', 'groups.memberOf.list'], Objects: ['directoryObjects.get'] },
}

/** POST …/{id}/checkMemberGroups and /checkMemberObjects */
export function checkMember(door: Door, told: Told): Handler {
  return async (request, { store }) => {
    const { caller, work } = request
    for (const permission of NEEDED[door][told]) preauthorize(caller, permission)
    const asked = readIds(request.body, told === 'Groups' ? 'groupIds' : 'ids', CHECKED_MAX)
    const groups = await store.survey(caller.tenant, async snapshot =>
      memberGroupsAmong(
        snapshot,
        await readMember(snapshot, door, told, request),
        asked,
        seesHiddenMembers(caller),
        work,
      ),
    )
    return ids(request, groups)
  }
}

/** POST …/{id}/getMemberGroups and /getMemberObjects */
export function getMember(door: Door, told: Told): Handler {
  return async (request, { store }) => {
    const { caller, work } = request
    for (const permission of NEEDED[door][told]) preauthorize(caller, permission)
    const securityEnabledOnly = readSecurityEnabledOnly(request.body)
    const groups = await store.survey(caller.tenant, async snapshot => {
      const member = await readMember(snapshot, door, told, request)
      if (told === 'Groups' && securityEnabledOnly && member.type !== 'user') throw usersOnly()
      return memberGroups(snapshot, member, { securityEnabledOnly, showHiddenMembers: seesHiddenMembers(caller) }, work)
    })
    return ids(request, groups)
  }
}

async function readMember(snapshot: Snapshot, door: Door, told: Told, request: GraphRequest): Promise<DirectoryObject> {
  const { caller } = request
  const [first] = NEEDED[door][told]
  const member =
    door === 'directoryObject'
      ? await liveObjectOfAnyType(snapshot, parseObjectId(parameter(request, 'id')))
      : await namedObject(caller, first, { type: door, key: objectKey(request, door) }, snapshot)
  for (const permission of NEEDED[door][told]) await authorizeOn(caller, permission, member, snapshot)
  return member
}

/** learn.microsoft.com, graph/api/directoryobject-getmembergroups. */
function usersOnly(): Problem {
  return new Problem('Request_BadRequest', "The parameter 'securityEnabledOnly' can be true for users alone.")
}

function ids({ root }: GraphRequest, value: ObjectId[]): Answer {
  return json(200, { '@odata.context': `${root}/$metadata#Collection(Edm.String)`, value })
}
