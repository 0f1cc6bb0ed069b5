import { DIRECTORY_ROLE_NAMES, type DirectoryRole } from '../../src/auth/directoryRoles.ts'

/** A person with whom an operation is tried: a member or a guest without a role, an owner of its group, or a member with one. */
export type Who = 'a member' | 'a guest' | 'an owner' | DirectoryRole

export const EVERYBODY: readonly Who[] = ['a member', 'a guest', 'an owner', ...DIRECTORY_ROLE_NAMES]
export const MEMBERS: readonly Who[] = EVERYBODY.filter(who => who !== 'a guest')

/**
 * Who has a role whose actions hold an operation, by learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 * and the pages of graph/api; who owns a group, by entra/fundamentals/users-default-permissions.
 */
const ADMINISTRATORS: readonly Who[] = ['Global Administrator', 'Groups Administrator', 'User Administrator']
const OF_TEAMS: readonly Who[] = [
  'Exchange Administrator',
  'SharePoint Administrator',
  'Teams Administrator',
  'Yammer Administrator',
]
const SECURITY_GROUPS: readonly Who[] = ['an owner', 'Intune Administrator', ...ADMINISTRATORS]
const TEAMS: readonly Who[] = ['an owner', ...OF_TEAMS, ...ADMINISTRATORS]

export const OF_SECURITY_GROUP = {
  update: [...SECURITY_GROUPS, 'Directory Writers'],
  members: [...SECURITY_GROUPS, 'Directory Writers', 'Identity Governance Administrator'],
  delete: SECURITY_GROUPS,
  restore: ADMINISTRATORS,
  purge: ADMINISTRATORS,
} satisfies Record<string, readonly Who[]>

export const OF_TEAM = {
  update: [...TEAMS, 'Directory Writers'],
  members: [...TEAMS, 'Directory Writers', 'Identity Governance Administrator'],
  delete: TEAMS,
  restore: TEAMS,
  purge: ADMINISTRATORS,
} satisfies Record<string, readonly Who[]>

const OF_PEOPLE: readonly Who[] = [
  'Global Administrator',
  'User Administrator',
  'Authentication Administrator',
  'Privileged Authentication Administrator',
]

export const OF_USER = {
  create: ['Global Administrator', 'User Administrator', 'Directory Writers'],
  update: [...OF_PEOPLE, 'Directory Writers'],
  delete: OF_PEOPLE,
} satisfies Record<string, readonly Who[]>

const OF_DEVICES: readonly Who[] = ['Global Administrator', 'Intune Administrator', 'Windows 365 Administrator']

export const OF_DEVICE = {
  write: OF_DEVICES,
  delete: [...OF_DEVICES, 'Cloud Device Administrator'],
} satisfies Record<string, readonly Who[]>

export const OF_APPLICATION: readonly Who[] = [
  'Global Administrator',
  'Application Administrator',
  'Cloud Application Administrator',
  'Hybrid Identity Administrator',
]
