import type { Caller } from '../auth/caller.ts'
import { authorize } from '../auth/permission/permissions.ts'
import type { CallerPermission } from '../auth/permission/permissionTable.ts'
import type { ObjectType } from '../core/fact.ts'
import type { ObjectId } from '../core/id.ts'
import type { Snapshot } from '../core/snapshot.ts'

/** What a caller must be able to do, beside changing its group, to make an object of some types a member. */
const ADDING: Partial<Record<ObjectType, CallerPermission>> = {
  device: 'groups.members.add.device',
  servicePrincipal: 'groups.members.add.servicePrincipal',
  orgContact: 'groups.members.add.orgContact',
}

/** Throws `Authorization_RequestDenied` for a member of a type that the caller may not add. */
export async function authorizeMembers(caller: Caller, snapshot: Snapshot, ids: readonly ObjectId[]): Promise<void> {
  for (const id of ids) {
    const member = await snapshot.object(id)
    const permission = member?.state === 'live' ? ADDING[member.type] : undefined
    if (permission !== undefined) authorize(caller, permission)
  }
}

/**
 * Throws for an object that the caller may not name in a new group; an id of nothing counts as one of a person. An app
 * may always name itself (learn.microsoft.com, graph/api/group-post-groups).
 */
export async function authorizeBinding(caller: Caller, snapshot: Snapshot, ids: readonly ObjectId[]): Promise<void> {
  for (const id of ids) {
    const object = await snapshot.object(id)
    const isServicePrincipal = object?.state === 'live' && object.type === 'servicePrincipal'
    if (isServicePrincipal && caller.kind === 'app' && object.properties.appId === caller.app) continue
    authorize(caller, isServicePrincipal ? 'groups.create.bind.servicePrincipal' : 'groups.create.bind')
  }
}
