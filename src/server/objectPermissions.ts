import type { Caller } from '../auth/caller.ts'
import { allowsOn, allowsOnAny, authorizeOn, denied, preauthorize } from '../auth/permission/permissions.ts'
import type { Permission } from '../auth/permission/permissionTable.ts'
import { idByKey, type ObjectKey } from '../core/alternateKey.ts'
import type { DirectoryObject, ObjectType } from '../core/fact.ts'
import { isOfRoles } from '../core/membership.ts'
import { notFound, Problem } from '../core/problem.ts'
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
export const DELETING: Readonly<Record<ObjectType, Permission | null>> = {
  group: 'groups.delete',
  user: 'users.delete',
  device: 'devices.delete',
  servicePrincipal: 'servicePrincipals.delete',
  orgContact: null,
}

/**
 * The live object of a type that a caller names. Throws `Request_ResourceNotFound` where there is none, and
 * `Authorization_RequestDenied` to a caller who may open and read some objects of the type alone: as for another one
 * that is there, since names can be guessed.
 */
export async function namedObject(
  caller: Caller,
  permission: Permission,
  { type, key }: { readonly type: ObjectType; readonly key: ObjectKey },
  snapshot: Snapshot,
): Promise<DirectoryObject> {
  const id = await idByKey(snapshot, key)
  const object = id === null ? null : await snapshot.object(id)
  if (object?.type === type && object.state === 'live') return object
  if (!allowsOnAny(caller, permission) && !allowsOnAny(caller, READING[type])) throw denied()
  throw notFound('id' in key ? key.id : key.value)
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
  const decisive = object.type === 'group' && isOfRoles(object) ? 'groups.roleAssignable.write' : permission
  await authorizeOn(caller, decisive, object, snapshot)
}
