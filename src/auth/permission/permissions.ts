import type { DirectoryObject } from '../../core/fact.ts'
import { Problem } from '../../core/problem.ts'
import type { Snapshot } from '../../core/snapshot.ts'
import type { Caller } from '../caller.ts'
import { ANYTHING, type CallerPermission, PERMISSIONS, type Permission, type PermissionRow } from './permissionTable.ts'
import { HIDDEN_MEMBER_READERS, isMember, standsAlone, standsTowards } from './standing.ts'

/** Throws `Authorization_RequestDenied` unless the caller may. */
export function authorize(caller: Caller, permission: CallerPermission): void {
  if (!allows(caller, permission)) throw denied()
}

/**
 * Throws `Authorization_RequestDenied` for a caller who may not, whatever the object is. Where the object counts for
 * people, `authorizeOn` has the last word.
 */
export function preauthorize(caller: Caller, permission: Permission): void {
  if (!mayAsk(caller, permission)) throw denied()
}

/** Throws `Authorization_RequestDenied` unless the caller may do so to this object. */
export async function authorizeOn(
  caller: Caller,
  permission: Permission,
  object: DirectoryObject,
  snapshot: Snapshot,
): Promise<void> {
  if (!(await allowsOn(caller, permission, object, snapshot))) throw denied()
}

/** Whether a caller may do so to this object. */
export async function allowsOn(
  caller: Caller,
  permission: Permission,
  object: DirectoryObject,
  snapshot: Snapshot,
): Promise<boolean> {
  const mayHere = allows(caller, permission) || (isSelf(caller, object) && allowsSelf(caller, permission))
  if (!mayHere) return false
  const { people }: PermissionRow = PERMISSIONS[permission]
  if (caller.kind === 'app' || people === null || people.of === 'caller') return true
  return standsTowards(caller, people, object, snapshot)
}

/** Whether a caller may do so to whatever object is there, and not to its own user and groups alone. */
export function allowsOnAny(caller: Caller, permission: Permission): boolean {
  const { people }: PermissionRow = PERMISSIONS[permission]
  return allows(caller, permission) && (caller.kind === 'app' || people === null || standsAlone(caller, people))
}

/** Whether a caller may ask at all: of its own user, if of nothing else. */
export function mayAsk(caller: Caller, permission: Permission): boolean {
  return allows(caller, permission) || allowsSelf(caller, permission)
}

/** Whether a person asks for what is its own user. */
function isSelf(caller: Caller, { id }: DirectoryObject): boolean {
  return caller.kind === 'person' && caller.user === id
}

function allowsSelf(caller: Caller, permission: Permission): boolean {
  const { self = [] }: PermissionRow = PERMISSIONS[permission]
  return caller.kind === 'person' && isGranted(self, caller.scopes)
}

/** Whether a caller may, as far as that can be told without the object: more than what is open to it for its own user alone. */
export function allows(caller: Caller, permission: Permission): boolean {
  const { application, delegated, people }: PermissionRow = PERMISSIONS[permission]
  if (caller.kind === 'app') return isGranted(application, caller.roles)
  if (!isGranted(delegated, caller.scopes)) return false
  return people === null || people.of === 'object' || standsAlone(caller, people)
}

/**
 * The caller's permission class: whether it is shown the members of groups with hidden membership. Its app must have
 * been granted so; of people only administrators see them everywhere.
 */
export function seesHiddenMembers(caller: Caller): boolean {
  if (!isGrantedHidden(caller)) return false
  return caller.kind === 'app' || HIDDEN_MEMBER_READERS.some(role => caller.directoryRoles.has(role))
}

/** Whether it is shown those of this group: people who are members of it are. */
export async function seesHiddenMembersOf(
  caller: Caller,
  group: DirectoryObject,
  snapshot: Snapshot,
): Promise<boolean> {
  if (seesHiddenMembers(caller)) return true
  return caller.kind === 'person' && isGrantedHidden(caller) && isMember(caller, group, snapshot)
}

function isGrantedHidden(caller: Caller): boolean {
  return (caller.kind === 'app' ? caller.roles : caller.scopes).has('Member.Read.Hidden')
}

function isGranted(needed: PermissionRow['application'] | PermissionRow['delegated'], has: ReadonlySet<string>) {
  return needed === ANYTHING || needed.some(name => has.has(name))
}

/** In Graph's words. */
export function denied(): Problem {
  return new Problem('Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
}
