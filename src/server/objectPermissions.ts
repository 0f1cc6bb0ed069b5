import type { Caller } from '../auth/caller.ts'
import { allowsOn, authorizeOn, preauthorize } from '../auth/permissions.ts'
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

/** An object that stands among others, as a caller sees it. */
export interface SeenObject {
  readonly object: DirectoryObject
  /** Whether the caller may read it; else it sees the type and id alone. */
  readonly isReadable: boolean
}

/** What a caller sees of an object among others is what it may read of it alone. */
export async function seenBy(caller: Caller, object: DirectoryObject, snapshot: Snapshot): Promise<SeenObject> {
  return { object, isReadable: await allowsOn(caller, READING[object.type], object, snapshot) }
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
