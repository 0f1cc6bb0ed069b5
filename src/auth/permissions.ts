import { Problem } from '../core/problem.ts'
import type { Caller } from './caller.ts'

/**
 * The application permissions that an app can be granted, by Graph's names. The narrow ones of 2025/26
 * (Group-NestingSupport.ReadWrite.All and its like) are left out: what they are narrow about does not exist here. Nor
 * does Application.ReadWrite.OwnedBy: service principals have no owners here.
 */
export const ROLES = [
  'Application.Read.All',
  'Application.ReadWrite.All',
  'Device.Read.All',
  'Device.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
  'Group.Create',
  'Group.Read.All',
  'Group.ReadBasic.All',
  'Group.ReadWrite.All',
  'GroupMember.Read.All',
  'GroupMember.ReadBasic.All',
  'GroupMember.ReadWrite.All',
  'Member.Read.Hidden',
  'OrgContact.Read.All',
  'Organization.Read.All',
  'Organization.ReadWrite.All',
  'User.DeleteRestore.All',
  'User.Read.All',
  'User.ReadWrite.All',
] as const

export type Role = (typeof ROLES)[number]

const READ_DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All'] as const
const READ_GROUPS = ['Group.Read.All', 'Group.ReadWrite.All', ...READ_DIRECTORY] as const
const READ_MEMBERSHIP = ['GroupMember.Read.All', 'GroupMember.ReadWrite.All', ...READ_GROUPS] as const
const WRITE_GROUPS = ['Group.ReadWrite.All', 'Directory.ReadWrite.All'] as const
const WRITE_MEMBERSHIP = ['GroupMember.ReadWrite.All', ...WRITE_GROUPS] as const
const READ_USERS = ['User.Read.All', 'User.ReadWrite.All', ...READ_DIRECTORY] as const
const WRITE_USERS = ['User.ReadWrite.All', 'Directory.ReadWrite.All'] as const
const READ_DEVICES = ['Device.Read.All', 'Device.ReadWrite.All', ...READ_DIRECTORY] as const
const WRITE_DEVICES = ['Device.ReadWrite.All', 'Directory.ReadWrite.All'] as const
const READ_APPLICATIONS = ['Application.Read.All', 'Application.ReadWrite.All', ...READ_DIRECTORY] as const
const WRITE_APPLICATIONS = ['Application.ReadWrite.All', 'Directory.ReadWrite.All'] as const
const READ_CONTACTS = ['OrgContact.Read.All', ...READ_DIRECTORY] as const

/** Open to whoever has a good token, with whatever roles. */
const ANYONE = 'anyone'

/**
 * Who may do what: any one role of a row suffices. The application column of each
 * operation's page (learn.microsoft.com, graph/api), with the reading of graph/permissions-reference that
 * GroupMember.ReadWrite.All holds all of GroupMember.Read.All. Directory.ReadWrite.All deletes neither groups nor users,
 * devices or service principals.
 */
export const PERMISSIONS = {
  'groups.list': READ_MEMBERSHIP,
  'groups.get': ['Group.ReadBasic.All', ...READ_MEMBERSHIP],
  'groups.delta': READ_MEMBERSHIP,
  'groups.create': ['Group.Create', ...WRITE_GROUPS],
  /** Naming owners or members at creation, beside `groups.create`: who may only create must be able to read them (learn.microsoft.com, graph/api/group-post-groups). */
  'groups.create.bind': ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', ...WRITE_GROUPS],
  /** The same for a service principal among them. */
  'groups.create.bind.servicePrincipal': [
    'Application.Read.All',
    'Application.ReadWrite.All',
    'Directory.Read.All',
    ...WRITE_GROUPS,
  ],
  'groups.update': WRITE_GROUPS,
  /** The properties that Exchange stores. */
  'groups.update.exchange': ['Group.ReadWrite.All'],
  'groups.delete': ['Group.ReadWrite.All'],
  'groups.members.list': ['GroupMember.ReadBasic.All', 'Group.ReadBasic.All', ...READ_MEMBERSHIP],
  'groups.members.add': WRITE_MEMBERSHIP,
  /** Beside `groups.members.add`, for members of these types (learn.microsoft.com, graph/api/group-post-members). */
  'groups.members.add.device': WRITE_DEVICES,
  'groups.members.add.servicePrincipal': WRITE_APPLICATIONS,
  'groups.members.add.orgContact': READ_CONTACTS,
  'groups.members.remove': WRITE_MEMBERSHIP,
  'groups.owners.list': READ_MEMBERSHIP,
  'groups.owners.add': WRITE_GROUPS,
  'groups.owners.remove': WRITE_GROUPS,
  'groups.memberOf.list': READ_MEMBERSHIP,
  'groups.transitiveMemberOf.list': ['GroupMember.ReadBasic.All', 'Group.ReadBasic.All', ...READ_MEMBERSHIP],
  'groups.validate': ['Group.Read.All', 'Group.ReadWrite.All'],
  'users.list': READ_USERS,
  'users.get': READ_USERS,
  'users.delta': READ_USERS,
  'users.create': WRITE_USERS,
  'users.update': WRITE_USERS,
  'users.delete': ['User.DeleteRestore.All', 'User.ReadWrite.All'],
  'users.memberOf.list': ['User.Read.All', 'User.ReadWrite.All', ...READ_MEMBERSHIP],
  'users.ownedObjects.list': READ_USERS,
  'devices.list': READ_DEVICES,
  'devices.get': READ_DEVICES,
  /** Graph lets only people register and delete devices. Nobody can sign in here yet, so an app may that can change one. */
  'devices.create': WRITE_DEVICES,
  'devices.update': WRITE_DEVICES,
  'devices.delete': ['Device.ReadWrite.All'],
  'devices.memberOf.list': READ_DEVICES,
  'servicePrincipals.list': READ_APPLICATIONS,
  'servicePrincipals.get': READ_APPLICATIONS,
  'servicePrincipals.create': WRITE_APPLICATIONS,
  'servicePrincipals.update': WRITE_APPLICATIONS,
  'servicePrincipals.delete': ['Application.ReadWrite.All'],
  'servicePrincipals.memberOf.list': READ_APPLICATIONS,
  'servicePrincipals.ownedObjects.list': READ_APPLICATIONS,
  'contacts.list': READ_CONTACTS,
  'contacts.get': READ_CONTACTS,
  /** Beside `contacts.get`. */
  'contacts.memberOf.list': READ_GROUPS,
  'directoryObjects.get': READ_DIRECTORY,
  /** Changes of directory objects, by type: of groups GroupMember.Read.All is not enough (learn.microsoft.com, graph/api/directoryobject-delta). */
  'directoryObjects.delta.group': READ_GROUPS,
  'directoryObjects.delta.user': READ_USERS,
  'directoryObjects.delta.device': READ_DEVICES,
  'directoryObjects.delta.servicePrincipal': READ_APPLICATIONS,
  'directoryObjects.delta.orgContact': READ_CONTACTS,
  'directoryObjects.validate': READ_GROUPS,
  'deletedGroups.list': READ_GROUPS,
  'deletedGroups.get': READ_GROUPS,
  'deletedGroups.restore': ['Group.ReadWrite.All'],
  /** Graph lets only people purge a group. Nobody can sign in here yet, so the same role suffices for an app. */
  'deletedGroups.purge': ['Group.ReadWrite.All'],
  'deletedUsers.list': READ_USERS,
  'deletedUsers.get': READ_USERS,
  'deletedUsers.restore': ['User.DeleteRestore.All'],
  'deletedUsers.purge': ['User.DeleteRestore.All'],
  'deletedServicePrincipals.list': READ_APPLICATIONS,
  'deletedServicePrincipals.get': READ_APPLICATIONS,
  'deletedServicePrincipals.restore': ['Application.ReadWrite.All'],
  'deletedServicePrincipals.purge': ['Application.ReadWrite.All'],
  'organization.read': ['Organization.Read.All', 'Organization.ReadWrite.All', ...READ_DIRECTORY],
  /** Each request of a batch is judged by its own row. */
  batch: ANYONE,
  /** What the service is: told without a token too. */
  description: ANYONE,
  /** What is told to an app does not depend on its roles: that it is nobody. */
  me: ANYONE,
} as const satisfies Record<string, readonly Role[] | typeof ANYONE>

export type Permission = keyof typeof PERMISSIONS

/** Throws `Authorization_RequestDenied` unless one of the caller's roles suffices. */
export function authorize(caller: Caller, permission: Permission): void {
  if (allows(caller, permission)) return
  throw new Problem('Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
}

/** For what is answered with less, not refused: members of a type that the caller may not read (learn.microsoft.com,
 * graph/permissions-overview). */
export function allows(caller: Caller, permission: Permission): boolean {
  const roles: readonly Role[] | typeof ANYONE = PERMISSIONS[permission]
  return roles === ANYONE || roles.some(role => caller.roles.has(role))
}

/** The caller's permission class: whether it is shown the members of groups with hidden membership. */
export function seesHiddenMembers(caller: Caller): boolean {
  return caller.roles.has('Member.Read.Hidden')
}
