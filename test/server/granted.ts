/**
 * What an app must have been granted for an operation, any one of it: the columns of the operation's page of
 * learn.microsoft.com/graph/api. Null where a good token suffices.
 */
export interface Granted {
  /** To ask by itself. */
  readonly application: readonly string[] | null
  /** To ask on behalf of a person; the least first. */
  readonly delegated: readonly string[] | null
}

/** Columns that name the same. */
export function alike(...names: readonly string[]): Granted {
  return { application: names, delegated: names }
}

export const ANYTHING: Granted = { application: null, delegated: null }
export const NOTHING: Granted = alike()

const AS_USER = 'Directory.AccessAsUser.All'

/** The two that read all. */
export const DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All']

export const READ = {
  directory: alike(...DIRECTORY),
  groups: alike('Group.Read.All', 'Group.ReadWrite.All', ...DIRECTORY),
  names: alike('Group.Read.All', 'Group.ReadWrite.All'),
  memberships: alike(
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    ...DIRECTORY,
  ),
  group: alike(
    'Group.ReadBasic.All',
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    ...DIRECTORY,
  ),
  members: alike(
    'GroupMember.ReadBasic.All',
    'Group.ReadBasic.All',
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    ...DIRECTORY,
  ),
  users: {
    application: ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
    delegated: ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY, AS_USER],
  },
  /** Of one's own user: what suffices for nobody else's, too. */
  me: {
    application: null,
    delegated: ['User.Read', 'User.ReadWrite', 'User.Read.All', 'User.ReadWrite.All', ...DIRECTORY, AS_USER],
  },
  myGroups: {
    application: null,
    delegated: [
      'User.Read',
      'User.ReadWrite',
      'User.Read.All',
      'User.ReadWrite.All',
      'GroupMember.Read.All',
      'GroupMember.ReadWrite.All',
      'Group.Read.All',
      'Group.ReadWrite.All',
      ...DIRECTORY,
    ],
  },
  ownedObjects: alike('User.Read.All', 'User.ReadWrite.All', ...DIRECTORY),
  memberOf: alike(
    'User.Read.All',
    'User.ReadWrite.All',
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    ...DIRECTORY,
  ),
  deletedUsers: alike('User.Read.All', 'User.ReadWrite.All', ...DIRECTORY),
  devices: {
    application: ['Device.Read.All', 'Device.ReadWrite.All', ...DIRECTORY],
    delegated: ['Device.Read.All', ...DIRECTORY, AS_USER],
  },
  applications: alike('Application.Read.All', 'Application.ReadWrite.All', ...DIRECTORY),
  contacts: alike('OrgContact.Read.All', ...DIRECTORY),
  bin: alike(
    'Group.Read.All',
    'Group.ReadWrite.All',
    'User.Read.All',
    'User.ReadWrite.All',
    'Application.Read.All',
    'Application.ReadWrite.All',
    ...DIRECTORY,
  ),
  organization: alike('Organization.Read.All', 'Organization.ReadWrite.All', ...DIRECTORY),
} satisfies Record<string, Granted>

export const WRITE = {
  newGroup: {
    application: ['Group.Create', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'],
    delegated: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  },
  group: alike('Group.ReadWrite.All', 'Directory.ReadWrite.All'),
  /** What Exchange keeps of a group, and its life. */
  wholeGroup: alike('Group.ReadWrite.All'),
  members: alike('GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'),
  purgeOfGroup: { application: [], delegated: ['Group.ReadWrite.All'] },
  user: alike('User.ReadWrite.All', 'Directory.ReadWrite.All'),
  userValues: {
    application: ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
    delegated: ['User.ReadWrite.All', 'Directory.ReadWrite.All', AS_USER],
  },
  deletionOfUser: {
    application: ['User.ReadWrite.All', 'User.DeleteRestore.All'],
    delegated: ['User.ReadWrite.All', 'User.DeleteRestore.All', AS_USER],
  },
  deletedUser: alike('User.DeleteRestore.All'),
  device: { application: ['Device.ReadWrite.All', 'Directory.ReadWrite.All'], delegated: [AS_USER] },
  deletionOfDevice: { application: ['Device.ReadWrite.All'], delegated: [AS_USER] },
  application: alike('Application.ReadWrite.All', 'Directory.ReadWrite.All'),
  wholeApplication: alike('Application.ReadWrite.All'),
} satisfies Record<string, Granted>
