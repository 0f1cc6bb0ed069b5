import type { Caller } from '../auth/caller.ts'
import { allows, authorizeOn, isSelf, mayAsk, preauthorize, seesOthers } from '../auth/permissions.ts'
import type { Permission } from '../auth/permissionTable.ts'
import type { DirectoryObject, ObjectType } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import type { Snapshot } from '../core/snapshot.ts'

/** What a caller must be able to do to see more of an object than its type and id. */
export const READING: Readonly<Record<ObjectType, Permission>> = {
  group: 'groups.get',
  user: 'users.get',
  device: 'devices.get',
  servicePrincipal: 'servicePrincipals.get',
  orgContact: 'contacts.get',
}

/** What it asks to delete an object. Contacts are only read: nobody may. */
const DELETING: Readonly<Record<ObjectType, Permission | null>> = {
  group: 'groups.delete',
  user: 'users.delete',
  device: 'devices.delete',
  servicePrincipal: 'servicePrincipals.delete',
  orgContact: null,
}

/** Whether a caller may see more of an object that stands among others than its type and id. */
export function mayRead(caller: Caller, object: DirectoryObject): boolean {
  if (isSelf(caller, object)) return mayAsk(caller, READING[object.type])
  return allows(caller, READING[object.type]) && seesOthers(caller)
}

/** Throws `Authorization_RequestDenied` for an object that the caller may not delete. */
export async function authorizeDeletion(caller: Caller, object: DirectoryObject, snapshot: Snapshot): Promise<void> {
  const permission = DELETING[object.type]
  if (permission === null) throw new Problem('Authorization_RequestDenied', 'Contacts are read-only.')
  await authorizeWrite(caller, permission, object, snapshot)
}

/**
 * Throws `Authorization_RequestDenied` for an object that the caller may not change so. Of people, those who administer
 * roles write groups that are assignable to roles, and those who administer groups do not.
 */
export async function authorizeWrite(
  caller: Caller,
  permission: Permission,
  object: DirectoryObject,
  snapshot: Snapshot,
): Promise<void> {
  preauthorize(caller, permission)
  const isOfRoles = object.type === 'group' && object.properties.isAssignableToRole === true
  await authorizeOn(caller, isOfRoles ? 'groups.roleAssignable.write' : permission, object, snapshot)
}
