import { randomUUID } from 'node:crypto'
import { type Directory, type Named, reference } from './aDirectory.ts'
import type { Call, TestServer } from './aServer.ts'
import { deviceBody, SECURITY, userBody } from './bodies.ts'

/** The two roles that read all. */
export const DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All']
const GROUPS = ['Group.Read.All', 'Group.ReadWrite.All', ...DIRECTORY]
const MEMBERSHIPS = ['GroupMember.Read.All', 'GroupMember.ReadWrite.All', ...GROUPS]
const USERS = ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY]
const GROUP_WRITERS = ['Group.ReadWrite.All', 'Directory.ReadWrite.All']
const MEMBER_WRITERS = ['GroupMember.ReadWrite.All', ...GROUP_WRITERS]
const ORGANIZATION = ['Organization.Read.All', 'Organization.ReadWrite.All', ...DIRECTORY]
const USER_WRITERS = ['User.ReadWrite.All', 'Directory.ReadWrite.All']
const DEVICES = ['Device.Read.All', 'Device.ReadWrite.All', ...DIRECTORY]
const DEVICE_WRITERS = ['Device.ReadWrite.All', 'Directory.ReadWrite.All']
const APPLICATIONS = ['Application.Read.All', 'Application.ReadWrite.All', ...DIRECTORY]
const APPLICATION_WRITERS = ['Application.ReadWrite.All', 'Directory.ReadWrite.All']
const CONTACTS = ['OrgContact.Read.All', ...DIRECTORY]

/** What counts ask for. */
export const EVENTUAL = { consistencylevel: 'eventual' }

/** Where an operation is tried: it makes its objects anew, so that every case finds its own. */
export interface Scene {
  readonly server: TestServer
  readonly directory: Directory
  /** Another number every time, for names that must differ. */
  readonly number: number
}

/** A request that the operation answers where the caller may. */
export interface Request extends Pick<Call, 'method' | 'body' | 'headers'> {
  readonly path: string
}

/** One thing that can be asked of the server. */
export interface Operation {
  readonly route: string
  /**
   * The roles that suffice alone: the application column of the operation's page of learn.microsoft.com/graph/api. Null
   * where a good token suffices.
   */
  readonly roles: readonly string[] | null
  /** Of its answer to those who may. */
  readonly status: number
  readonly request: (scene: Scene) => Promise<Request>
}

async function aGroup({ directory, number }: Scene) {
  const member = await directory.user(`member${number}`)
  const [owner, other] = [await directory.user(`owner${number}`), await directory.user(`other${number}`)]
  const group = await directory.group(`group${number}`, { members: [member], owners: [owner, other] })
  return { group, member, owner }
}

async function aDeleted(kind: 'group' | 'user' | 'servicePrincipal', { directory, number }: Scene): Promise<Named> {
  const object = await directory[kind](`deleted${number}`)
  await object.delete()
  return object
}

/** Where an object in the recycle bin is found. */
export function bin(id: string): string {
  return `/v1.0/directory/deletedItems/${id}`
}

const get = (path: string) => async (): Promise<Request> => ({ path })

/** An object of a collection; a group has members. */
async function anObjectOf(collection: Collection, scene: Scene): Promise<Named> {
  const { directory, number } = scene
  switch (collection) {
    case 'groups':
      return (await aGroup(scene)).group
    case 'users':
    case 'directoryObjects':
      return directory.user(`user${number}`)
    case 'devices':
      return directory.device(`device${number}`)
    case 'servicePrincipals':
      return directory.servicePrincipal(`app${number}`)
    case 'contacts':
      return directory.contact(`contact${number}`)
  }
}

type Collection = 'groups' | 'users' | 'devices' | 'servicePrincipals' | 'contacts' | 'directoryObjects'

/** A list of related objects, whole and of one type, and their number: the same roles open all four. */
function related(collection: Collection, name: string, roles: readonly string[], type: string): Operation[] {
  return ['', '/{type}', '/$count', '/{type}/$count'].map(end => ({
    route: `GET ${collection.toLowerCase()}/{id}/${name.toLowerCase()}${end}`,
    roles,
    status: 200,
    request: async scene => {
      const { id } = await anObjectOf(collection, scene)
      const path = `/v1.0/${collection}/${id}/${name}${end.replace('{type}', `microsoft.graph.${type}`)}`
      return { path, headers: EVENTUAL }
    },
  }))
}

/** The actions that tell where an object belongs: of groups, and of all that has members. */
function memberActions(door: Collection, ofGroups: readonly string[], ofAll: readonly string[]): Operation[] {
  const action = (name: string, roles: readonly string[], body: object): Operation => ({
    route: `POST ${door.toLowerCase()}/{id}/${name.toLowerCase()}`,
    roles,
    status: 200,
    request: async scene => {
      const { id } = await anObjectOf(door, scene)
      return { path: `/v1.0/${door}/${id}/${name}`, method: 'POST', body }
    },
  })
  return [
    action('checkMemberGroups', ofGroups, { groupIds: [] }),
    action('getMemberGroups', ofGroups, { securityEnabledOnly: false }),
    action('checkMemberObjects', ofAll, { ids: [] }),
    action('getMemberObjects', ofAll, { securityEnabledOnly: false }),
  ]
}

/** What can be asked of an object in the recycle bin. */
function inBin(
  kind: 'group' | 'user' | 'servicePrincipal',
  readers: readonly string[],
  writers: readonly string[],
): Operation[] {
  const path = async (scene: Scene): Promise<string> => bin((await aDeleted(kind, scene)).id)
  return [
    {
      route: 'GET directory/deleteditems/{id}',
      roles: readers,
      status: 200,
      request: async scene => ({ path: await path(scene) }),
    },
    {
      route: 'POST directory/deleteditems/{id}/restore',
      roles: writers,
      status: 200,
      request: async scene => ({ path: `${await path(scene)}/restore`, method: 'POST' }),
    },
    {
      route: 'DELETE directory/deleteditems/{id}',
      roles: writers,
      status: 204,
      request: async scene => ({ path: await path(scene), method: 'DELETE' }),
    },
  ]
}

/** What can be asked of a collection and its objects, as far as it has roles for it. */
function collection(
  name: 'devices' | 'servicePrincipals' | 'contacts',
  readers: readonly string[],
  writing?: { readonly writers: readonly string[]; readonly deleters: readonly string[]; readonly body: () => object },
): Operation[] {
  const path = `/v1.0/${name}`
  const route = name.toLowerCase()
  const one = async (scene: Scene): Promise<string> => `${path}/${(await anObjectOf(name, scene)).id}`
  const reads: Operation[] = [
    { route: `GET ${route}`, roles: readers, status: 200, request: get(path) },
    { route: `GET ${route}/{id}`, roles: readers, status: 200, request: async scene => ({ path: await one(scene) }) },
    {
      route: `GET ${route}/$count`,
      roles: readers,
      status: 200,
      request: async () => ({ path: `${path}/$count`, headers: EVENTUAL }),
    },
  ]
  if (writing === undefined) return reads
  const { writers, deleters, body } = writing
  return [
    ...reads,
    {
      route: `POST ${route}`,
      roles: writers,
      status: 201,
      request: async () => ({ path, method: 'POST', body: body() }),
    },
    {
      route: `PATCH ${route}/{id}`,
      roles: writers,
      status: 204,
      request: async scene => ({ path: await one(scene), method: 'PATCH', body: { displayName: 'new' } }),
    },
    {
      route: `DELETE ${route}/{id}`,
      roles: deleters,
      status: 204,
      request: async scene => ({ path: await one(scene), method: 'DELETE' }),
    },
    {
      route: 'DELETE directoryobjects/{id}',
      roles: deleters,
      status: 204,
      request: async scene => ({
        path: `/v1.0/directoryObjects/${(await anObjectOf(name, scene)).id}`,
        method: 'DELETE',
      }),
    },
  ]
}

/** The changes of directory objects of one type. */
function objectsDelta(type: string, roles: readonly string[]): Operation {
  const path = `/v1.0/directoryObjects/delta?$filter=isof('microsoft.graph.${type}')`
  return { route: 'GET directoryobjects/delta', roles, status: 200, request: get(path) }
}

/** Everything that can be asked, with the roles that it takes: written from the pages, not from the server's own table. */
export const OPERATIONS: readonly Operation[] = [
  { route: 'GET groups', roles: MEMBERSHIPS, status: 200, request: get('/v1.0/groups') },
  { route: 'GET groups/delta', roles: MEMBERSHIPS, status: 200, request: get('/v1.0/groups/delta') },
  {
    route: 'POST groups',
    roles: ['Group.Create', ...GROUP_WRITERS],
    status: 201,
    request: async () => ({ path: '/v1.0/groups', method: 'POST', body: SECURITY }),
  },
  {
    route: 'GET groups/{id}',
    roles: ['Group.ReadBasic.All', ...MEMBERSHIPS],
    status: 200,
    request: async scene => ({ path: `/v1.0/groups/${(await aGroup(scene)).group.id}` }),
  },
  {
    route: 'PATCH groups/{id}',
    roles: GROUP_WRITERS,
    status: 204,
    request: async scene => ({
      path: `/v1.0/groups/${(await aGroup(scene)).group.id}`,
      method: 'PATCH',
      body: { description: 'new' },
    }),
  },
  {
    route: 'PATCH groups/{id}',
    roles: ['Group.ReadWrite.All'],
    status: 200,
    request: async ({ directory, number }) => ({
      path: `/v1.0/groups/${(await directory.team(`team${number}`)).id}`,
      method: 'PATCH',
      body: { hideFromAddressLists: true },
    }),
  },
  {
    route: 'PATCH groups/{id}',
    roles: MEMBER_WRITERS,
    status: 204,
    request: async scene => {
      const { group, owner } = await aGroup(scene)
      const body = { 'members@odata.bind': [reference(owner)] }
      return { path: `/v1.0/groups/${group.id}`, method: 'PATCH', body }
    },
  },
  {
    route: 'PATCH groups/{id}',
    roles: GROUP_WRITERS,
    status: 204,
    request: async scene => {
      const { group, member } = await aGroup(scene)
      const body = { 'owners@odata.bind': [reference(member)] }
      return { path: `/v1.0/groups/${group.id}`, method: 'PATCH', body }
    },
  },
  {
    route: 'PATCH groups/{id}',
    roles: ['Group.Create', ...GROUP_WRITERS],
    status: 201,
    request: async ({ number }) => ({
      path: `/v1.0/groups(uniqueName='made${number}')`,
      method: 'PATCH',
      headers: { prefer: 'create-if-missing' },
      body: SECURITY,
    }),
  },
  {
    route: 'DELETE groups/{id}',
    roles: ['Group.ReadWrite.All'],
    status: 204,
    request: async scene => ({ path: `/v1.0/groups/${(await aGroup(scene)).group.id}`, method: 'DELETE' }),
  },
  {
    route: 'GET groups/{id}/members',
    roles: ['GroupMember.ReadBasic.All', 'Group.ReadBasic.All', ...MEMBERSHIPS],
    status: 200,
    request: async scene => ({ path: `/v1.0/groups/${(await aGroup(scene)).group.id}/members` }),
  },
  {
    route: 'POST groups/{id}/members/$ref',
    roles: MEMBER_WRITERS,
    status: 204,
    request: async scene => {
      const { group, owner } = await aGroup(scene)
      const body = { '@odata.id': reference(owner) }
      return { path: `/v1.0/groups/${group.id}/members/$ref`, method: 'POST', body }
    },
  },
  {
    route: 'DELETE groups/{id}/members/{target}/$ref',
    roles: MEMBER_WRITERS,
    status: 204,
    request: async scene => {
      const { group, member } = await aGroup(scene)
      return { path: `/v1.0/groups/${group.id}/members/${member.id}/$ref`, method: 'DELETE' }
    },
  },
  {
    route: 'DELETE groups/{id}/members/{target}',
    roles: [],
    status: 403,
    request: async scene => {
      const { group, member } = await aGroup(scene)
      return { path: `/v1.0/groups/${group.id}/members/${member.id}`, method: 'DELETE' }
    },
  },
  {
    route: 'GET groups/{id}/owners',
    roles: MEMBERSHIPS,
    status: 200,
    request: async scene => ({ path: `/v1.0/groups/${(await aGroup(scene)).group.id}/owners` }),
  },
  {
    route: 'POST groups/{id}/owners/$ref',
    roles: GROUP_WRITERS,
    status: 204,
    request: async scene => {
      const { group, member } = await aGroup(scene)
      const body = { '@odata.id': reference(member) }
      return { path: `/v1.0/groups/${group.id}/owners/$ref`, method: 'POST', body }
    },
  },
  {
    route: 'DELETE groups/{id}/owners/{target}/$ref',
    roles: GROUP_WRITERS,
    status: 204,
    request: async scene => {
      const { group, owner } = await aGroup(scene)
      return { path: `/v1.0/groups/${group.id}/owners/${owner.id}/$ref`, method: 'DELETE' }
    },
  },
  {
    route: 'DELETE groups/{id}/owners/{target}',
    roles: [],
    status: 403,
    request: async scene => {
      const { group, owner } = await aGroup(scene)
      return { path: `/v1.0/groups/${group.id}/owners/${owner.id}`, method: 'DELETE' }
    },
  },
  ...related('groups', 'members', ['GroupMember.ReadBasic.All', 'Group.ReadBasic.All', ...MEMBERSHIPS], 'user').slice(
    1,
  ),
  ...related('groups', 'owners', MEMBERSHIPS, 'user').slice(1),
  ...related(
    'groups',
    'transitiveMembers',
    ['GroupMember.ReadBasic.All', 'Group.ReadBasic.All', ...MEMBERSHIPS],
    'user',
  ),
  ...related('groups', 'memberOf', MEMBERSHIPS, 'group'),
  ...related(
    'groups',
    'transitiveMemberOf',
    ['GroupMember.ReadBasic.All', 'Group.ReadBasic.All', ...MEMBERSHIPS],
    'group',
  ),
  ...memberActions('groups', MEMBERSHIPS, MEMBERSHIPS),
  {
    route: 'GET groups/$count',
    roles: MEMBERSHIPS,
    status: 200,
    request: async () => ({ path: '/v1.0/groups/$count', headers: EVENTUAL }),
  },
  {
    route: 'POST groups/{id}/validateproperties',
    roles: ['Group.Read.All', 'Group.ReadWrite.All'],
    status: 204,
    request: async scene => ({
      path: `/v1.0/groups/${(await aGroup(scene)).group.id}/validateProperties`,
      method: 'POST',
      body: { displayName: 'new' },
    }),
  },
  ...related('users', 'memberOf', ['User.Read.All', 'User.ReadWrite.All', ...MEMBERSHIPS], 'group'),
  ...related('users', 'transitiveMemberOf', ['User.Read.All', 'User.ReadWrite.All', ...MEMBERSHIPS], 'group'),
  ...related('users', 'ownedObjects', USERS, 'group'),
  ...memberActions('users', DIRECTORY, USERS),
  {
    route: 'GET users/$count',
    roles: USERS,
    status: 200,
    request: async () => ({ path: '/v1.0/users/$count', headers: EVENTUAL }),
  },
  ...collection('devices', DEVICES, {
    writers: DEVICE_WRITERS,
    deleters: ['Device.ReadWrite.All'],
    body: () => deviceBody('Box'),
  }),
  ...related('devices', 'memberOf', DEVICES, 'group'),
  ...related('devices', 'transitiveMemberOf', DEVICES, 'group'),
  ...memberActions('devices', DEVICES, DEVICES),
  ...collection('servicePrincipals', APPLICATIONS, {
    writers: APPLICATION_WRITERS,
    deleters: ['Application.ReadWrite.All'],
    body: () => ({ appId: randomUUID() }),
  }),
  ...related('servicePrincipals', 'memberOf', APPLICATIONS, 'group'),
  ...related('servicePrincipals', 'transitiveMemberOf', APPLICATIONS, 'group'),
  ...related('servicePrincipals', 'ownedObjects', APPLICATIONS, 'group'),
  ...memberActions('servicePrincipals', APPLICATIONS, APPLICATIONS),
  ...collection('contacts', CONTACTS),
  ...related('contacts', 'memberOf', DIRECTORY, 'group'),
  ...related('contacts', 'transitiveMemberOf', DIRECTORY, 'group'),
  ...memberActions('contacts', DIRECTORY, DIRECTORY),
  ...memberActions('directoryObjects', DIRECTORY, DIRECTORY),
  {
    route: 'GET directoryobjects/{id}',
    roles: DIRECTORY,
    status: 200,
    request: async scene => ({ path: `/v1.0/directoryObjects/${(await aGroup(scene)).group.id}` }),
  },
  {
    route: 'DELETE directoryobjects/{id}',
    roles: ['Group.ReadWrite.All'],
    status: 204,
    request: async scene => ({ path: `/v1.0/directoryObjects/${(await aGroup(scene)).group.id}`, method: 'DELETE' }),
  },
  {
    route: 'DELETE directoryobjects/{id}',
    roles: ['User.ReadWrite.All', 'User.DeleteRestore.All'],
    status: 204,
    request: async scene => ({ path: `/v1.0/directoryObjects/${(await aGroup(scene)).member.id}`, method: 'DELETE' }),
  },
  objectsDelta('group', GROUPS),
  objectsDelta('user', USERS),
  objectsDelta('device', DEVICES),
  objectsDelta('servicePrincipal', APPLICATIONS),
  objectsDelta('orgContact', CONTACTS),
  {
    route: 'POST directoryobjects/getbyids',
    roles: DIRECTORY,
    status: 200,
    request: async () => ({ path: '/v1.0/directoryObjects/getByIds', method: 'POST', body: { ids: [] } }),
  },
  {
    route: 'POST directoryobjects/validateproperties',
    roles: GROUPS,
    status: 204,
    request: async () => ({
      path: '/v1.0/directoryObjects/validateProperties',
      method: 'POST',
      body: { entityType: 'Group', displayName: 'new' },
    }),
  },
  { route: 'GET users', roles: USERS, status: 200, request: get('/v1.0/users') },
  { route: 'GET users/delta', roles: USERS, status: 200, request: get('/v1.0/users/delta') },
  {
    route: 'POST users',
    roles: USER_WRITERS,
    status: 201,
    request: async ({ server, number }) => ({
      path: '/v1.0/users',
      method: 'POST',
      body: userBody(server, `new${number}`),
    }),
  },
  {
    route: 'GET users/{id}',
    roles: USERS,
    status: 200,
    request: async ({ directory, number }) => ({ path: `/v1.0/users/${(await directory.user(`user${number}`)).id}` }),
  },
  {
    route: 'PATCH users/{id}',
    roles: USER_WRITERS,
    status: 204,
    request: async ({ directory, number }) => ({
      path: `/v1.0/users/${(await directory.user(`user${number}`)).id}`,
      method: 'PATCH',
      body: { jobTitle: 'new' },
    }),
  },
  {
    route: 'DELETE users/{id}',
    roles: ['User.ReadWrite.All', 'User.DeleteRestore.All'],
    status: 204,
    request: async ({ directory, number }) => ({
      path: `/v1.0/users/${(await directory.user(`user${number}`)).id}`,
      method: 'DELETE',
    }),
  },
  // Whoever may list either type learns that the type is missing.
  {
    route: 'GET directory/deleteditems',
    roles: [...new Set([...GROUPS, ...USERS, ...APPLICATIONS])],
    status: 400,
    request: get('/v1.0/directory/deletedItems'),
  },
  {
    route: 'GET directory/deleteditems/microsoft.graph.group',
    roles: GROUPS,
    status: 200,
    request: get('/v1.0/directory/deletedItems/microsoft.graph.group'),
  },
  {
    route: 'GET directory/deleteditems/microsoft.graph.user',
    roles: USERS,
    status: 200,
    request: get('/v1.0/directory/deletedItems/microsoft.graph.user'),
  },
  {
    route: 'GET directory/deleteditems/microsoft.graph.serviceprincipal',
    roles: APPLICATIONS,
    status: 200,
    request: get('/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal'),
  },
  ...inBin('group', GROUPS, ['Group.ReadWrite.All']),
  ...inBin('user', USERS, ['User.DeleteRestore.All']),
  ...inBin('servicePrincipal', APPLICATIONS, ['Application.ReadWrite.All']),
  { route: 'GET organization', roles: ORGANIZATION, status: 200, request: get('/v1.0/organization') },
  {
    route: 'GET organization/{id}',
    roles: ORGANIZATION,
    status: 200,
    request: async ({ server }) => ({ path: `/v1.0/organization/${server.tenant}` }),
  },
  { route: 'GET ', roles: null, status: 200, request: get('/v1.0') },
  { route: 'GET $metadata', roles: null, status: 200, request: get('/v1.0/$metadata') },
  {
    route: 'GET directory',
    roles: [...new Set([...GROUPS, ...USERS, ...APPLICATIONS])],
    status: 200,
    request: get('/v1.0/directory'),
  },
  { route: 'GET me', roles: null, status: 400, request: get('/v1.0/me') },
  { route: 'GET me/memberof', roles: null, status: 400, request: get('/v1.0/me/memberOf') },
  {
    route: 'POST $batch',
    roles: null,
    status: 200,
    request: async () => ({
      path: '/v1.0/$batch',
      method: 'POST',
      body: { requests: [{ id: '1', method: 'GET', url: '/groups' }] },
    }),
  },
]
