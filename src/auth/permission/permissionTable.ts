import {
  APPLICATION_EDITORS,
  DEVICE_DELETERS,
  DEVICE_EDITORS,
  GROUP_CREATORS,
  GROUP_DELETERS,
  GROUP_EDITORS,
  GROUP_PURGERS,
  GROUP_RESTORERS,
  MEMBER_EDITORS,
  MEMBERS,
  MEMBERS_OR_OWN,
  ROLE_GROUP_CREATORS,
  ROLE_GROUP_EDITORS,
  type Standing,
  USER_CREATORS,
  USER_DELETERS,
  USER_EDITORS,
} from './standing.ts'

/**
 * The permissions that apps can be granted, by Graph's names. The narrow ones of 2025/26
 * (Group-NestingSupport.ReadWrite.All and its like) are left out: what they are narrow about does not exist here. Nor
 * does Application.ReadWrite.OwnedBy: service principals have no owners here.
 */
const FOR_BOTH = [
  'Application.Read.All',
  'Application.ReadWrite.All',
  'Device.Read.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
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
  'RoleManagement.ReadWrite.Directory',
  'User.DeleteRestore.All',
  'User.Read.All',
  'User.ReadWrite.All',
] as const

/** Application permissions: what an app may do by itself. */
export const ROLES = [...FOR_BOTH, 'Device.ReadWrite.All', 'Group.Create'] as const
export type Role = (typeof ROLES)[number]

/** Delegated permissions: what an app may do on behalf of a person, as far as that person may. */
export const SCOPES = [...FOR_BOTH, 'Directory.AccessAsUser.All', 'User.Read', 'User.ReadWrite'] as const
export type Scope = (typeof SCOPES)[number]

/** Open to whoever has a good token, whatever it grants. */
export const ANYTHING = 'anything'

/** Who may do one thing. */
export interface PermissionRow {
  /** Any one of them lets an app in by itself, the least first; with none, no app may. */
  readonly application: readonly Role[] | typeof ANYTHING
  /** The same for an app on behalf of a person. */
  readonly delegated: readonly Scope[] | typeof ANYTHING
  /** What that person must be; null for anybody. */
  readonly people: Standing | null
  /** What suffices on behalf of a person who asks for its own user. */
  readonly self?: readonly Scope[]
}

const READ_DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All'] as const
const READ_GROUPS = ['Group.Read.All', 'Group.ReadWrite.All', ...READ_DIRECTORY] as const
const READ_MEMBERSHIP = ['GroupMember.Read.All', 'GroupMember.ReadWrite.All', ...READ_GROUPS] as const
const READ_MEMBERS = ['GroupMember.ReadBasic.All', 'Group.ReadBasic.All', ...READ_MEMBERSHIP] as const
const WRITE_GROUPS = ['Group.ReadWrite.All', 'Directory.ReadWrite.All'] as const
const WRITE_MEMBERSHIP = ['GroupMember.ReadWrite.All', ...WRITE_GROUPS] as const
const READ_USERS = ['User.Read.All', 'User.ReadWrite.All', ...READ_DIRECTORY] as const
const WRITE_USERS = ['User.ReadWrite.All', 'Directory.ReadWrite.All'] as const
const READ_DEVICES = ['Device.Read.All', 'Device.ReadWrite.All', ...READ_DIRECTORY] as const
const WRITE_DEVICES = ['Device.ReadWrite.All', 'Directory.ReadWrite.All'] as const
const READ_APPLICATIONS = ['Application.Read.All', 'Application.ReadWrite.All', ...READ_DIRECTORY] as const
const WRITE_APPLICATIONS = ['Application.ReadWrite.All', 'Directory.ReadWrite.All'] as const
const READ_CONTACTS = ['OrgContact.Read.All', ...READ_DIRECTORY] as const
/**
 * The profile of whoever has signed in, and the groups that it belongs to: of nobody else (learn.microsoft.com,
 * graph/api/user-get). The table of graph/api/user-delta names them too; there they would show everybody.
 */
const READ_SELF = ['User.Read', 'User.ReadWrite'] as const
/** What the person may; delegated alone. */
const AS_USER = 'Directory.AccessAsUser.All'

/** A row whose columns name the same permissions. */
function both<const Granted extends readonly (Role & Scope)[], const People extends Standing | null>(
  granted: Granted,
  people: People,
) {
  return { application: granted, delegated: granted, people } as const
}

const DEVICE_READING = {
  application: READ_DEVICES,
  delegated: ['Device.Read.All', ...READ_DIRECTORY, AS_USER],
  people: MEMBERS,
} as const
const NO_APP: readonly Role[] = []
const OPEN = { application: ANYTHING, delegated: ANYTHING, people: null } as const

/**
 * Who may do what. The columns are those of each operation's page (learn.microsoft.com, graph/api), with the reading of
 * graph/permissions-reference that GroupMember.ReadWrite.All holds all of GroupMember.Read.All. Directory.ReadWrite.All
 * deletes neither groups nor users, devices or service principals.
 */
export const PERMISSIONS = {
  'groups.list': both(READ_MEMBERSHIP, MEMBERS),
  'groups.get': both(['Group.ReadBasic.All', ...READ_MEMBERSHIP], MEMBERS_OR_OWN),
  'groups.delta': both(READ_MEMBERSHIP, MEMBERS),
  'groups.create': {
    application: ['Group.Create', ...WRITE_GROUPS],
    delegated: WRITE_GROUPS,
    people: GROUP_CREATORS,
  },
  /** Making a group by its name, beside `groups.create`: Group.Create is not enough (learn.microsoft.com, graph/api/group-upsert). */
  'groups.upsert': both(WRITE_GROUPS, GROUP_CREATORS),
  /** Naming owners or members at creation, beside `groups.create`: who may only create must be able to read them (learn.microsoft.com, graph/api/group-post-groups). */
  'groups.create.bind': both(['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', ...WRITE_GROUPS], null),
  /** The same for a service principal among them. */
  'groups.create.bind.servicePrincipal': both(
    ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All', ...WRITE_GROUPS],
    null,
  ),
  'groups.update': both(WRITE_GROUPS, GROUP_EDITORS),
  /** The properties that Exchange stores. */
  'groups.update.exchange': both(['Group.ReadWrite.All'], GROUP_EDITORS),
  'groups.delete': both(['Group.ReadWrite.All'], GROUP_DELETERS),
  /** Making a group that is assignable to roles, beside `groups.create`, and every other write of one, beside its own row. */
  'groups.roleAssignable.create': both(['RoleManagement.ReadWrite.Directory'], ROLE_GROUP_CREATORS),
  'groups.roleAssignable.write': both(['RoleManagement.ReadWrite.Directory'], ROLE_GROUP_EDITORS),
  'groups.members.list': both(READ_MEMBERS, MEMBERS_OR_OWN),
  'groups.members.add': both(WRITE_MEMBERSHIP, MEMBER_EDITORS),
  /** Beside `groups.members.add`, for members of these types (learn.microsoft.com, graph/api/group-post-members). */
  'groups.members.add.device': {
    application: WRITE_DEVICES,
    delegated: ['Device.Read.All', ...READ_DIRECTORY],
    people: null,
  },
  'groups.members.add.servicePrincipal': both(WRITE_APPLICATIONS, null),
  'groups.members.add.orgContact': both(READ_CONTACTS, null),
  'groups.members.remove': both(WRITE_MEMBERSHIP, MEMBER_EDITORS),
  'groups.owners.list': both(READ_MEMBERSHIP, MEMBERS_OR_OWN),
  'groups.owners.add': both(WRITE_GROUPS, GROUP_EDITORS),
  'groups.owners.remove': both(WRITE_GROUPS, GROUP_EDITORS),
  'groups.memberOf.list': both(READ_MEMBERSHIP, MEMBERS_OR_OWN),
  'groups.transitiveMemberOf.list': both(READ_MEMBERS, MEMBERS_OR_OWN),
  'groups.validate': both(['Group.Read.All', 'Group.ReadWrite.All'], MEMBERS),
  'users.list': { application: READ_USERS, delegated: [...READ_USERS, AS_USER], people: MEMBERS },
  'users.get': {
    application: READ_USERS,
    delegated: [...READ_USERS, AS_USER],
    people: MEMBERS_OR_OWN,
    self: READ_SELF,
  },
  'users.delta': { application: READ_USERS, delegated: [...READ_USERS, AS_USER], people: MEMBERS },
  'users.create': both(WRITE_USERS, USER_CREATORS),
  'users.update': { application: WRITE_USERS, delegated: [...WRITE_USERS, AS_USER], people: USER_EDITORS },
  'users.delete': {
    application: ['User.DeleteRestore.All', 'User.ReadWrite.All'],
    delegated: ['User.DeleteRestore.All', 'User.ReadWrite.All', AS_USER],
    people: USER_DELETERS,
  },
  'users.memberOf.list': {
    ...both(['User.Read.All', 'User.ReadWrite.All', ...READ_MEMBERSHIP], MEMBERS_OR_OWN),
    self: READ_SELF,
  },
  'users.ownedObjects.list': { ...both(READ_USERS, MEMBERS_OR_OWN), self: READ_SELF },
  'devices.list': DEVICE_READING,
  'devices.get': DEVICE_READING,
  /** Graph lets only people register and delete devices. Here an app may too that can change them: nothing joins by itself. */
  'devices.create': { application: WRITE_DEVICES, delegated: [AS_USER], people: DEVICE_EDITORS },
  'devices.update': { application: WRITE_DEVICES, delegated: [AS_USER], people: DEVICE_EDITORS },
  'devices.delete': { application: ['Device.ReadWrite.All'], delegated: [AS_USER], people: DEVICE_DELETERS },
  'devices.memberOf.list': DEVICE_READING,
  'servicePrincipals.list': both(READ_APPLICATIONS, MEMBERS),
  'servicePrincipals.get': both(READ_APPLICATIONS, MEMBERS),
  'servicePrincipals.create': both(WRITE_APPLICATIONS, APPLICATION_EDITORS),
  'servicePrincipals.update': both(WRITE_APPLICATIONS, APPLICATION_EDITORS),
  'servicePrincipals.delete': both(['Application.ReadWrite.All'], APPLICATION_EDITORS),
  'servicePrincipals.memberOf.list': both(READ_APPLICATIONS, MEMBERS),
  'servicePrincipals.ownedObjects.list': both(READ_APPLICATIONS, MEMBERS),
  'contacts.list': both(READ_CONTACTS, MEMBERS),
  'contacts.get': both(READ_CONTACTS, MEMBERS),
  /** Beside `contacts.get`. */
  'contacts.memberOf.list': both(READ_GROUPS, MEMBERS),
  'directoryObjects.get': both(READ_DIRECTORY, MEMBERS),
  /** Changes of directory objects, by type: of groups GroupMember.Read.All is not enough (learn.microsoft.com, graph/api/directoryobject-delta). */
  'directoryObjects.delta.group': both(READ_GROUPS, MEMBERS),
  'directoryObjects.delta.user': { application: READ_USERS, delegated: [...READ_USERS, AS_USER], people: MEMBERS },
  'directoryObjects.delta.device': DEVICE_READING,
  'directoryObjects.delta.servicePrincipal': both(READ_APPLICATIONS, MEMBERS),
  'directoryObjects.delta.orgContact': both(READ_CONTACTS, MEMBERS),
  'directoryObjects.validate': both(READ_GROUPS, MEMBERS),
  'deletedGroups.list': both(READ_GROUPS, MEMBERS),
  'deletedGroups.get': both(READ_GROUPS, MEMBERS),
  'deletedGroups.restore': both(['Group.ReadWrite.All'], GROUP_RESTORERS),
  'deletedGroups.purge': { application: NO_APP, delegated: ['Group.ReadWrite.All'], people: GROUP_PURGERS },
  'deletedUsers.list': both(READ_USERS, MEMBERS),
  'deletedUsers.get': both(READ_USERS, MEMBERS),
  'deletedUsers.restore': both(['User.DeleteRestore.All'], USER_DELETERS),
  'deletedUsers.purge': both(['User.DeleteRestore.All'], USER_DELETERS),
  'deletedServicePrincipals.list': both(READ_APPLICATIONS, MEMBERS),
  'deletedServicePrincipals.get': both(READ_APPLICATIONS, MEMBERS),
  'deletedServicePrincipals.restore': both(['Application.ReadWrite.All'], APPLICATION_EDITORS),
  'deletedServicePrincipals.purge': both(['Application.ReadWrite.All'], APPLICATION_EDITORS),
  'organization.read': both(['Organization.Read.All', 'Organization.ReadWrite.All', ...READ_DIRECTORY], null),
  /** Each request of a batch is judged by its own row. */
  batch: OPEN,
  /** What the service is: told without a token too. */
  description: OPEN,
  /** Of people, `users.get` and its like have the last word. An app is told, whatever its roles, that it is nobody. */
  me: OPEN,
} as const satisfies Record<string, PermissionRow>

export type Permission = keyof typeof PERMISSIONS

/** What people may do to some objects and not to others. */
export type ObjectPermission = {
  [Name in Permission]: (typeof PERMISSIONS)[Name]['people'] extends { readonly of: 'object' } ? Name : never
}[Permission]

/** What people may do, or may not, whatever object is asked for. */
export type CallerPermission = Exclude<Permission, ObjectPermission>
