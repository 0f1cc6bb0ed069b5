import type { Caller } from '../auth/caller.ts'
import { allows, authorize, type Permission } from '../auth/permissions.ts'
import type { ObjectType } from '../core/fact.ts'
import type { ObjectId } from '../core/id.ts'
import type { Snapshot } from '../core/snapshot.ts'

/** What a caller must be able to do, beside changing its group, to make an object of some types a member. */
const ADDING: Partial<Record<ObjectType, Permission>> = {
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

/** Before it is known what is to be linked: throws for a caller who may name nothing in a new group. */
export function authorizeAnyBinding(caller: Caller): void {
  if (!allows(caller, 'groups.create.bind.servicePrincipal')) authorize(caller, 'groups.create.bind')
}

/** Throws for an object that the caller may not name in a new group; an id of nothing counts as one of a person. */
export async function authorizeBinding(caller: Caller, snapshot: Snapshot, ids: readonly ObjectId[]): Promise<void> {
  if (allows(caller, 'groups.create.bind')) return
  for (const id of ids) {
    const object = await snapshot.object(id)
    const isServicePrincipal = object?.state === 'live' && object.type === 'servicePrincipal'
    authorize(caller, isServicePrincipal ? 'groups.create.bind.servicePrincipal' : 'groups.create.bind')
  }
}
