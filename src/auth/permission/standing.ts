import type { DirectoryObject } from '../../core/fact.ts'
import { isUnified } from '../../core/membership.ts'
import type { Snapshot } from '../../core/snapshot.ts'
import type { PersonCaller } from '../caller.ts'
import { DIRECTORY_ROLE_NAMES, type DirectoryRole } from '../directoryRoles.ts'

/**
 * What people must be themselves, beside what their app was granted: any one thing suffices. The directory roles are
 * those whose actions hold the operation (learn.microsoft.com, entra/identity/role-based-access-control/permissions-reference).
 */
export interface Standing {
  /** Whether it can be told by the caller alone, or only with the object that is asked for. */
  readonly of: 'caller' | 'object'
  readonly roles: readonly DirectoryRole[]
  /** Those that count for Microsoft 365 groups, and those for security groups. */
  readonly rolesOfUnified?: readonly DirectoryRole[]
  readonly rolesOfSecurity?: readonly DirectoryRole[]
  /** Whoever is no guest. */
  readonly members?: true
  /** The owners of the group: of any, or of a Microsoft 365 group. */
  readonly owners?: 'any' | 'unified'
  /** The user that is asked for, or the members and owners of the group. */
  readonly own?: true
}

const UNIFIED_ROLES = [
  'Exchange Administrator',
  'SharePoint Administrator',
  'Teams Administrator',
  'Yammer Administrator',
] as const

/** Roles that write groups of one kind alone. */
const BY_KIND = { rolesOfUnified: UNIFIED_ROLES, rolesOfSecurity: ['Intune Administrator'] } as const

/** What a member of the directory may see; a guest only with a role (learn.microsoft.com, entra/fundamentals/users-default-permissions). */
export const MEMBERS = { of: 'caller', members: true, roles: DIRECTORY_ROLE_NAMES } as const

/** The same, and a guest itself and the groups to which it belongs (learn.microsoft.com, graph/groups-overview). */
export const MEMBERS_OR_OWN = { of: 'object', members: true, own: true, roles: DIRECTORY_ROLE_NAMES } as const

/** Who deletes groups, and brings them back. */
const GROUP_ADMINISTRATORS = ['Global Administrator', 'Groups Administrator', 'User Administrator'] as const
const GROUP_WRITERS = [...GROUP_ADMINISTRATORS, 'Directory Writers'] as const

export const GROUP_CREATORS = {
  of: 'caller',
  members: true,
  roles: [...GROUP_WRITERS, ...UNIFIED_ROLES, 'Intune Administrator'],
} as const
export const GROUP_EDITORS = { of: 'object', owners: 'any', roles: GROUP_WRITERS, ...BY_KIND } as const
/** learn.microsoft.com, graph/api/group-post-members. */
export const MEMBER_EDITORS = {
  of: 'object',
  owners: 'any',
  roles: [...GROUP_WRITERS, 'Identity Governance Administrator'],
  ...BY_KIND,
} as const
export const GROUP_DELETERS = { of: 'object', owners: 'any', roles: GROUP_ADMINISTRATORS, ...BY_KIND } as const
export const GROUP_RESTORERS = {
  of: 'object',
  owners: 'unified',
  roles: GROUP_ADMINISTRATORS,
  rolesOfUnified: UNIFIED_ROLES,
} as const
/** learn.microsoft.com, graph/api/directory-deleteditems-delete. */
export const GROUP_PURGERS = { of: 'object', roles: GROUP_ADMINISTRATORS } as const

/** learn.microsoft.com, graph/api/group-post-groups and group-post-members. */
const ROLE_ADMINISTRATORS = ['Global Administrator', 'Privileged Role Administrator'] as const
export const ROLE_GROUP_CREATORS = { of: 'caller', roles: ROLE_ADMINISTRATORS } as const
export const ROLE_GROUP_EDITORS = { of: 'object', owners: 'any', roles: ROLE_ADMINISTRATORS } as const

const USER_ADMINISTRATORS = [
  'Global Administrator',
  'User Administrator',
  'Authentication Administrator',
  'Privileged Authentication Administrator',
] as const
export const USER_CREATORS = {
  of: 'caller',
  roles: ['Global Administrator', 'User Administrator', 'Directory Writers'],
} as const
export const USER_EDITORS = { of: 'caller', roles: [...USER_ADMINISTRATORS, 'Directory Writers'] } as const
export const USER_DELETERS = { of: 'caller', roles: USER_ADMINISTRATORS } as const

/** learn.microsoft.com, graph/api/device-update and device-delete. */
export const DEVICE_EDITORS = {
  of: 'caller',
  roles: ['Global Administrator', 'Intune Administrator', 'Windows 365 Administrator'],
} as const
export const DEVICE_DELETERS = { of: 'caller', roles: [...DEVICE_EDITORS.roles, 'Cloud Device Administrator'] } as const

/** learn.microsoft.com, graph/api/serviceprincipal-update. */
export const APPLICATION_EDITORS = {
  of: 'caller',
  roles: [
    'Global Administrator',
    'Application Administrator',
    'Cloud Application Administrator',
    'Hybrid Identity Administrator',
  ],
} as const

/** Who sees hidden membership, everywhere (learn.microsoft.com, graph/api/resources/group, and the action `hiddenMembers/read`). */
export const HIDDEN_MEMBER_READERS: readonly DirectoryRole[] = [
  ...GROUP_ADMINISTRATORS,
  ...UNIFIED_ROLES,
  'Global Reader',
  'Helpdesk Administrator',
  'Intune Administrator',
]

/** Whether a person has a standing by what it is itself, whatever object is asked for. */
export function standsAlone({ isGuest, directoryRoles }: PersonCaller, { members, roles }: Standing): boolean {
  return (members === true && !isGuest) || hasOne(directoryRoles, roles)
}

/** Whether a person has a standing towards an object. */
export async function standsTowards(
  caller: PersonCaller,
  standing: Standing,
  object: DirectoryObject,
  snapshot: Snapshot,
): Promise<boolean> {
  if (standsAlone(caller, standing)) return true
  if (object.type === 'user') return standing.own === true && object.id === caller.user
  if (object.type !== 'group') return false
  const kind = isUnified(object) ? 'unified' : 'security'
  const ofKind = kind === 'unified' ? standing.rolesOfUnified : standing.rolesOfSecurity
  if (hasOne(caller.directoryRoles, ofKind ?? [])) return true
  const owning = standing.own === true || standing.owners === 'any' || standing.owners === kind
  if (owning && (await snapshot.edge(object.id, 'owners', caller.user))?.live) return true
  return standing.own === true && isMember(caller, object, snapshot)
}

/** Whether a person creates groups for others, and not as their owner. */
export function administersGroups({ directoryRoles }: PersonCaller): boolean {
  return hasOne(directoryRoles, GROUP_CREATORS.roles)
}

/** Whether a person is itself a member of a group. */
export async function isMember(caller: PersonCaller, group: DirectoryObject, snapshot: Snapshot): Promise<boolean> {
  return (await snapshot.edge(group.id, 'members', caller.user))?.live === true
}

function hasOne(has: ReadonlySet<DirectoryRole>, of: readonly DirectoryRole[]): boolean {
  return of.some(role => has.has(role))
}
