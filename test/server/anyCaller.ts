import type { TestContext } from 'node:test'
import { DIRECTORY_ROLE_NAMES } from '../../src/auth/directoryRoles.ts'
import { ROLES, SCOPES } from '../../src/auth/permission/permissionTable.ts'
import { parseObjectId } from '../../src/core/id.ts'
import type { Chance } from '../durability/chance.ts'
import { aDirectory, type Directory, type Named } from './aDirectory.ts'
import { aServer, type Call, type TestServer } from './aServer.ts'
import type { AnyCaller, Thing } from './callerRules.ts'

/** A directory with one object of each sort that decides who may do what, and people who stand to them in each way. */
export interface Place {
  readonly server: TestServer
  readonly directory: Directory
  readonly people: readonly [Person, ...Person[]]
  readonly live: readonly [Thing, ...Thing[]]
  readonly groups: readonly [Thing, ...Thing[]]
  readonly deleted: readonly [Thing, ...Thing[]]
}

export interface Person extends Thing {
  readonly isGuest: boolean
}

type Kind = 'security' | 'team' | 'hidden' | 'roles'

/** Makes a group of a kind. */
export async function aGroupOf(
  { directory }: Pick<Place, 'directory'>,
  kind: Kind,
  name: string,
  members: readonly Named[],
  owners: readonly Named[],
): Promise<Thing> {
  const isTeam = kind === 'team' || kind === 'hidden'
  const made = await directory[isTeam ? 'team' : 'group'](name, {
    members,
    owners,
    description: name,
    ...(kind === 'hidden' && { visibility: 'HiddenMembership' }),
    ...(kind === 'roles' && { isAssignableToRole: true }),
  })
  return thing(made, name, 'groups', {
    kind: isTeam ? 'team' : 'security',
    isOfRoles: kind === 'roles',
    isHidden: kind === 'hidden',
    members: members.map(({ id }) => id),
    owners: owners.map(({ id }) => id),
  })
}

function thing({ id }: Named, name: string, collection: Thing['collection'], more: Partial<Thing> = {}): Thing {
  const nothing = { kind: null, isOfRoles: false, isHidden: false, members: [], owners: [] }
  return { id, name, collection, ...nothing, ...more }
}

export async function aPlace(t: TestContext): Promise<Place> {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const person = async (name: string, isGuest = false): Promise<Person> => {
    const user = await directory.user(name)
    await user.set({ jobTitle: name, ...(isGuest && { userType: 'Guest' }) })
    return { ...thing(user, name, 'users'), isGuest }
  }
  const [ada, ben, cy] = [await person('Ada'), await person('Ben'), await person('Cy')]
  const [gil, guy] = [await person('Gil', true), await person('Guy', true)]
  const box = thing(await directory.device('Box'), 'Box', 'devices')
  const bot = thing(await directory.servicePrincipal('Bot'), 'Bot', 'servicePrincipals')
  const ida = thing(await directory.contact('Ida'), 'Ida', 'contacts')
  const group = (...sort: [Kind, string, Named[], Named[]]): Promise<Thing> => aGroupOf({ directory }, ...sort)
  const inner = await group('security', 'Inner', [ada, gil, box, bot, ida], [ben, guy])
  const groups: Place['groups'] = [
    inner,
    await group('security', 'Outer', [inner, cy], [ada, bot]),
    await group('team', 'Club', [ada, gil], [ben, guy]),
    await group('hidden', 'Secret', [cy, gil, ada], [ben, guy]),
    await group('roles', 'Admins', [cy, gil], [ben, guy]),
  ]
  const deleted = [
    await group('security', 'Old inner', [ada], [ben, guy]),
    await group('team', 'Old club', [ada], [ben, guy]),
    await group('roles', 'Old admins', [ada], [ben, guy]),
    await person('Old Eve'),
    thing(await directory.servicePrincipal('Old bot'), 'Old bot', 'servicePrincipals'),
  ] as const
  for (const { collection, id } of deleted) await server.call(`/v1.0/${collection}/${id}`, { method: 'DELETE' })
  const people: Place['people'] = [ada, ben, cy, gil, guy]
  return { server, directory, people, live: [...people, ...groups, box, bot, ida], groups, deleted }
}

function someOf<T>(chance: Chance, all: readonly T[], most: number): T[] {
  return Array.from({ length: chance.below(most + 1) }, () => all[chance.below(all.length)]).filter(
    one => one !== undefined,
  )
}

/** A caller with a few rights of any sort. */
export function anyCaller(chance: Chance, { people }: Place): AnyCaller {
  if (chance.happens(0.35)) return { granted: someOf(chance, ROLES, 4), person: null }
  const { id, isGuest } = chance.pick(people)
  const granted = [chance.pick(SCOPES), ...someOf(chance, SCOPES, 5)]
  if (chance.happens(0.3)) granted.push('Group.ReadWrite.All')
  if (chance.happens(0.3)) granted.push('Member.Read.Hidden')
  if (chance.happens(0.2)) granted.push('RoleManagement.ReadWrite.Directory')
  return { granted, person: { id, isGuest, roles: chance.happens(0.5) ? [] : someOf(chance, DIRECTORY_ROLE_NAMES, 2) } }
}

export function callAs({ granted, person }: AnyCaller): Call {
  if (person === null) return { roles: granted }
  return { as: { user: parseObjectId(person.id), scopes: granted, directoryRoles: person.roles } }
}

/** An app with every right. */
export const ALMIGHTY: AnyCaller = { granted: ROLES, person: null }
