import { DIRECTORY_ROLE_NAMES, type DirectoryRole } from '../../src/auth/directoryRoles.ts'
import { ANYTHING, alike, DIRECTORY, type Granted, READ, WRITE } from './granted.ts'
import { OF_SECURITY_GROUP, OF_TEAM, type Who } from './people.ts'

/** Who asks, with any number of rights: an app by itself, or on behalf of a person. */
export interface AnyCaller {
  /** Roles of the app, or scopes where it asks for a person. */
  readonly granted: readonly string[]
  readonly person: { readonly id: string; readonly isGuest: boolean; readonly roles: readonly DirectoryRole[] } | null
}

/** An object of the directory, and what of it decides who may. */
export interface Thing {
  readonly id: string
  readonly name: string
  readonly collection: 'groups' | 'users' | 'devices' | 'servicePrincipals' | 'contacts'
  readonly kind: 'security' | 'team' | null
  readonly isOfRoles: boolean
  readonly isHidden: boolean
  readonly members: readonly string[]
  readonly owners: readonly string[]
}

export type GroupChange = 'update' | 'members' | 'delete' | 'restore' | 'purge'

const SELF = ['User.Read', 'User.ReadWrite']
const CREATORS: readonly Who[] = [
  ...OF_SECURITY_GROUP.update,
  ...OF_TEAM.update.filter(who => !OF_SECURITY_GROUP.update.includes(who)),
].filter(who => who !== 'an owner')
const OF_ROLES: readonly DirectoryRole[] = ['Global Administrator', 'Privileged Role Administrator']
/** learn.microsoft.com, graph/api/resources/group, and the built-in roles that hold `hiddenMembers/read`. */
const HIDDEN_READERS: readonly DirectoryRole[] = [
  'Exchange Administrator',
  'Global Administrator',
  'Global Reader',
  'Groups Administrator',
  'Helpdesk Administrator',
  'Intune Administrator',
  'SharePoint Administrator',
  'Teams Administrator',
  'User Administrator',
  'Yammer Administrator',
]

export function hasGrant({ granted, person }: AnyCaller, { application, delegated }: Granted): boolean {
  const needed = person === null ? application : delegated
  return needed === null || needed.some(name => granted.includes(name))
}

function hasRole({ person }: AnyCaller, roles: readonly Who[]): boolean {
  return person === null || person.roles.some(role => roles.includes(role))
}

/** Whether a caller may see whatever is there: an app, a member, a guest with a directory role. */
export function seesAll(caller: AnyCaller): boolean {
  return caller.person === null || !caller.person.isGuest || hasRole(caller, DIRECTORY_ROLE_NAMES)
}

/** Whether it may at least of this one: its own user, the groups to which it belongs. */
function sees(caller: AnyCaller, { id, members, owners }: Thing): boolean {
  const own = caller.person?.id ?? ''
  return seesAll(caller) || id === own || members.includes(own) || owners.includes(own)
}

export const OF_ONE: Readonly<Record<Thing['collection'], Granted>> = {
  groups: READ.group,
  users: READ.users,
  devices: READ.devices,
  servicePrincipals: READ.applications,
  contacts: READ.contacts,
}

export const OF_LIST: Readonly<Record<Thing['collection'], Granted>> = { ...OF_ONE, groups: READ.memberships }

function isSelf({ person, granted }: AnyCaller, { id }: Thing): boolean {
  return person?.id === id && SELF.some(name => granted.includes(name))
}

function mayOf(caller: AnyCaller, thing: Thing, granted: Granted): boolean {
  const isOpen = thing.collection === 'groups' || thing.collection === 'users' ? sees(caller, thing) : seesAll(caller)
  return hasGrant(caller, granted) && isOpen
}

export function mayRead(caller: AnyCaller, thing: Thing): boolean {
  return mayOf(caller, thing, OF_ONE[thing.collection]) || isSelf(caller, thing)
}

/** Hidden membership: of any group, or of this one. */
export function seesHidden(caller: AnyCaller, group: Thing | null): boolean {
  if (!caller.granted.includes('Member.Read.Hidden')) return false
  return hasRole(caller, HIDDEN_READERS) || (group?.members.includes(caller.person?.id ?? '') ?? false)
}

export type Related = 'members' | 'owners' | 'transitiveMembers' | 'memberOf' | 'transitiveMemberOf' | 'ownedObjects'

export function mayList(caller: AnyCaller, thing: Thing, related: Related): boolean {
  const isHidden = thing.isHidden && (related === 'members' || related === 'transitiveMembers')
  if (isHidden && !seesHidden(caller, thing)) return false
  switch (thing.collection) {
    case 'groups':
      return mayOf(caller, thing, related === 'owners' || related === 'memberOf' ? READ.memberships : READ.members)
    case 'users':
      return (
        isSelf(caller, thing) || mayOf(caller, thing, related === 'ownedObjects' ? READ.ownedObjects : READ.memberOf)
      )
    case 'contacts':
      return mayOf(caller, thing, READ.contacts) && hasGrant(caller, READ.groups)
    default:
      return mayRead(caller, thing)
  }
}

/** The actions that tell where an object belongs, by the door through which they are asked and what they tell. */
export function mayTell(caller: AnyCaller, thing: Thing, door: string, told: 'Groups' | 'Objects'): boolean {
  const ofMember = mayOf(caller, thing, READ.users)
  if (door === 'directoryObjects') {
    if (told === 'Objects') return hasGrant(caller, READ.directory) && seesAll(caller)
    return (ofMember || isSelf(caller, thing)) && mayOf(caller, thing, READ.memberships)
  }
  if (door === 'groups') return mayOf(caller, thing, READ.memberships)
  if (door === 'contacts') return hasGrant(caller, READ.directory) && seesAll(caller)
  return mayRead(caller, thing) && (door !== 'users' || told === 'Objects' || mayOf(caller, thing, READ.memberships))
}

const OF_CHANGE: Readonly<Record<GroupChange, Granted>> = {
  update: WRITE.group,
  members: WRITE.members,
  delete: WRITE.wholeGroup,
  restore: WRITE.wholeGroup,
  purge: WRITE.purgeOfGroup,
}

/** Any write of a group that is there, or in the recycle bin. */
export function mayChange(caller: AnyCaller, group: Thing, change: GroupChange, granted = OF_CHANGE[change]): boolean {
  if (!hasGrant(caller, granted)) return false
  const { person } = caller
  const owns = person !== null && group.owners.includes(person.id)
  if (group.isOfRoles) return managesRoles(caller) && (owns || hasRole(caller, OF_ROLES))
  const who: readonly Who[] = (group.kind === 'team' ? OF_TEAM : OF_SECURITY_GROUP)[change]
  return hasRole(caller, who) || (owns && who.includes('an owner'))
}

function managesRoles({ granted }: AnyCaller): boolean {
  return granted.includes('RoleManagement.ReadWrite.Directory')
}

const ADDING: Partial<Record<Thing['collection'], Granted>> = {
  devices: {
    application: ['Device.ReadWrite.All', 'Directory.ReadWrite.All'],
    delegated: ['Device.Read.All', ...DIRECTORY],
  },
  servicePrincipals: WRITE.application,
  contacts: READ.contacts,
}

export function mayAddAll(caller: AnyCaller, members: readonly Thing[]): boolean {
  return members.every(({ collection }) => hasGrant(caller, ADDING[collection] ?? ANYTHING))
}

const WRITING = ['Group.ReadWrite.All', ...DIRECTORY]
const BIND = alike('User.Read.All', 'User.ReadWrite.All', ...WRITING)
const BIND_APPLICATIONS = alike('Application.Read.All', 'Application.ReadWrite.All', ...WRITING)

/** A new group, with these in it. */
export function mayCreate(
  caller: AnyCaller,
  { isOfRoles, members, owners }: { isOfRoles: boolean; members: readonly Thing[]; owners: readonly Thing[] },
): boolean {
  if (!hasGrant(caller, WRITE.newGroup)) return false
  if (caller.person?.isGuest && !hasRole(caller, CREATORS)) return false
  if (isOfRoles && !(managesRoles(caller) && hasRole(caller, OF_ROLES))) return false
  const isBound = [...members, ...owners].every(({ collection }) =>
    hasGrant(caller, collection === 'servicePrincipals' ? BIND_APPLICATIONS : BIND),
  )
  return isBound && mayAddAll(caller, members)
}

/** A write that asks for one thing of apps, and for a standing of people besides. */
export function mayWrite(caller: AnyCaller, granted: Granted, who: readonly Who[]): boolean {
  return hasGrant(caller, granted) && hasRole(caller, who)
}
