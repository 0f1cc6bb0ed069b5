import { randomUUID } from 'node:crypto'
import { type Directory, type Named, reference } from './aDirectory.ts'
import type { Call, TestServer } from './aServer.ts'
import { deviceBody, SECURITY, userBody } from './bodies.ts'
import { ANYTHING, type Granted, NOTHING, READ, WRITE } from './granted.ts'
import {
  EVERYBODY,
  MEMBERS,
  OF_APPLICATION,
  OF_DEVICE,
  OF_SECURITY_GROUP,
  OF_TEAM,
  OF_USER,
  type Who,
} from './people.ts'

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
  /** Who owns the group that is asked for. */
  readonly owner?: Named
}

/** One thing that can be asked of the server. */
export interface Operation {
  readonly route: string
  readonly granted: Granted
  /** Who may, beside that, of the people for whom an app asks. */
  readonly people: readonly Who[]
  /** Of its answer to those who may: to apps, and to people where theirs is another. */
  readonly status: number
  readonly statusOfPeople?: number
  readonly request: (scene: Scene) => Promise<Request>
}

async function aGroup({ directory, number }: Scene, kind: 'group' | 'team' = 'group') {
  const member = await directory.user(`member${number}`)
  const [owner, other] = [await directory.user(`owner${number}`), await directory.user(`other${number}`)]
  const group = await directory[kind](`group${number}`, { members: [member], owners: [owner, other] })
  return { group, member, owner, path: `/v1.0/groups/${group.id}` }
}

function aDeletedGroup(kind: 'group' | 'team') {
  return async (scene: Scene) => {
    const { group, owner } = await aGroup(scene, kind)
    await group.delete()
    return { path: bin(group.id), owner }
  }
}

function aDeleted(kind: 'user' | 'servicePrincipal') {
  return async ({ directory, number }: Scene) => {
    const object = await directory[kind](`deleted${number}`)
    await object.delete()
    return { path: bin(object.id) }
  }
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

/** A list of related objects, whole and of one type, and their number: the same opens all four. */
function related(collection: Collection, name: string, granted: Granted, type: string, people = MEMBERS): Operation[] {
  return ['', '/{type}', '/$count', '/{type}/$count'].map(end => ({
    route: `GET ${collection.toLowerCase()}/{id}/${name.toLowerCase()}${end}`,
    granted,
    people,
    status: 200,
    request: async scene => {
      const { id } = await anObjectOf(collection, scene)
      const path = `/v1.0/${collection}/${id}/${name}${end.replace('{type}', `microsoft.graph.${type}`)}`
      return { path, headers: EVENTUAL }
    },
  }))
}

/** The actions that tell where an object belongs: of groups, and of all that has members. */
function memberActions(door: Collection, ofGroups: Granted, ofAll: Granted): Operation[] {
  const action = (name: string, granted: Granted, body: object): Operation => ({
    route: `POST ${door.toLowerCase()}/{id}/${name.toLowerCase()}`,
    granted,
    people: MEMBERS,
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
  make: (scene: Scene) => Promise<Pick<Request, 'path' | 'owner'>>,
  reading: Granted,
  restoring: { readonly granted: Granted; readonly people: readonly Who[] },
  purging = restoring,
): Operation[] {
  return [
    {
      route: 'GET directory/deleteditems/{id}',
      granted: reading,
      people: MEMBERS,
      status: 200,
      request: make,
    },
    {
      route: 'POST directory/deleteditems/{id}/restore',
      ...restoring,
      status: 200,
      request: async scene => {
        const { path, ...rest } = await make(scene)
        return { ...rest, path: `${path}/restore`, method: 'POST' }
      },
    },
    {
      route: 'DELETE directory/deleteditems/{id}',
      ...purging,
      status: 204,
      request: async scene => ({ ...(await make(scene)), method: 'DELETE' }),
    },
  ]
}

/** What can be asked of a collection and its objects, as far as it can be written. */
function collection(
  name: 'devices' | 'servicePrincipals' | 'contacts',
  reading: Granted,
  writing?: {
    readonly write: { readonly granted: Granted; readonly people: readonly Who[] }
    readonly remove: { readonly granted: Granted; readonly people: readonly Who[] }
    readonly body: () => object
  },
): Operation[] {
  const path = `/v1.0/${name}`
  const route = name.toLowerCase()
  const one = async (scene: Scene): Promise<string> => `${path}/${(await anObjectOf(name, scene)).id}`
  const reads: Operation[] = [
    { route: `GET ${route}`, granted: reading, people: MEMBERS, status: 200, request: get(path) },
    {
      route: `GET ${route}/{id}`,
      granted: reading,
      people: MEMBERS,
      status: 200,
      request: async scene => ({ path: await one(scene) }),
    },
    {
      route: `GET ${route}/$count`,
      granted: reading,
      people: MEMBERS,
      status: 200,
      request: async () => ({ path: `${path}/$count`, headers: EVENTUAL }),
    },
  ]
  if (writing === undefined) return reads
  const { write, remove, body } = writing
  return [
    ...reads,
    {
      route: `POST ${route}`,
      ...write,
      status: 201,
      request: async () => ({ path, method: 'POST', body: body() }),
    },
    {
      route: `PATCH ${route}/{id}`,
      ...write,
      status: 204,
      request: async scene => ({ path: await one(scene), method: 'PATCH', body: { displayName: 'new' } }),
    },
    {
      route: `DELETE ${route}/{id}`,
      ...remove,
      status: 204,
      request: async scene => ({ path: await one(scene), method: 'DELETE' }),
    },
    {
      route: 'DELETE directoryobjects/{id}',
      ...remove,
      status: 204,
      request: async scene => ({
        path: `/v1.0/directoryObjects/${(await anObjectOf(name, scene)).id}`,
        method: 'DELETE',
      }),
    },
  ]
}

function pick({ path, owner }: { readonly path: string; readonly owner: Named }): Pick<Request, 'path' | 'owner'> {
  return { path, owner }
}

/** What can be done to a group of one kind, whoever it takes. */
function changesOfGroup(
  kind: 'group' | 'team',
  people: Readonly<Record<'update' | 'members' | 'delete', readonly Who[]>>,
): Operation[] {
  const change = (
    route: string,
    granted: Granted,
    who: readonly Who[],
    request: (made: Awaited<ReturnType<typeof aGroup>>) => Pick<Request, 'path' | 'method' | 'body'>,
  ): Operation => ({
    route,
    granted,
    people: who,
    status: 204,
    request: async scene => {
      const made = await aGroup(scene, kind)
      return { ...request(made), owner: made.owner }
    },
  })
  const { update, members } = people
  return [
    change('PATCH groups/{id}', WRITE.group, update, ({ path }) => ({
      path,
      method: 'PATCH',
      body: { description: 'new' },
    })),
    change('PATCH groups/{id}', WRITE.members, members, ({ path, owner }) => ({
      path,
      method: 'PATCH',
      body: { 'members@odata.bind': [reference(owner)] },
    })),
    change('PATCH groups/{id}', WRITE.group, update, ({ path, member }) => ({
      path,
      method: 'PATCH',
      body: { 'owners@odata.bind': [reference(member)] },
    })),
    change('DELETE groups/{id}', WRITE.wholeGroup, people.delete, ({ path }) => ({ path, method: 'DELETE' })),
    change('POST groups/{id}/members/$ref', WRITE.members, members, ({ path, owner }) => ({
      path: `${path}/members/$ref`,
      method: 'POST',
      body: { '@odata.id': reference(owner) },
    })),
    change('DELETE groups/{id}/members/{target}/$ref', WRITE.members, members, ({ path, member }) => ({
      path: `${path}/members/${member.id}/$ref`,
      method: 'DELETE',
    })),
    change('POST groups/{id}/owners/$ref', WRITE.group, update, ({ path, member }) => ({
      path: `${path}/owners/$ref`,
      method: 'POST',
      body: { '@odata.id': reference(member) },
    })),
    change('DELETE groups/{id}/owners/{target}/$ref', WRITE.group, update, ({ path, owner }) => ({
      path: `${path}/owners/${owner.id}/$ref`,
      method: 'DELETE',
    })),
  ]
}

/** The changes of directory objects of one type. */
function objectsDelta(type: string, granted: Granted): Operation {
  const path = `/v1.0/directoryObjects/delta?$filter=isof('microsoft.graph.${type}')`
  return { route: 'GET directoryobjects/delta', granted, people: MEMBERS, status: 200, request: get(path) }
}

/** Everything that can be asked, with what it takes: written from the pages, not from the server's own table. */
export const OPERATIONS: readonly Operation[] = [
  { route: 'GET groups', granted: READ.memberships, people: MEMBERS, status: 200, request: get('/v1.0/groups') },
  {
    route: 'GET groups/delta',
    granted: READ.memberships,
    people: MEMBERS,
    status: 200,
    request: get('/v1.0/groups/delta'),
  },
  {
    route: 'POST groups',
    granted: WRITE.newGroup,
    people: MEMBERS,
    status: 201,
    request: async () => ({ path: '/v1.0/groups', method: 'POST', body: SECURITY }),
  },
  {
    route: 'GET groups/{id}',
    granted: READ.group,
    people: MEMBERS,
    status: 200,
    request: async scene => pick(await aGroup(scene)),
  },
  ...(
    [
      ['group', OF_SECURITY_GROUP],
      ['team', OF_TEAM],
    ] as const
  ).flatMap(([kind, people]) => changesOfGroup(kind, people)),
  {
    route: 'PATCH groups/{id}',
    granted: WRITE.wholeGroup,
    people: OF_TEAM.update,
    status: 200,
    request: async scene => ({
      ...pick(await aGroup(scene, 'team')),
      method: 'PATCH',
      body: { hideFromAddressLists: true },
    }),
  },
  {
    route: 'PATCH groups/{id}',
    granted: WRITE.group,
    people: MEMBERS,
    status: 201,
    request: async ({ number }) => ({
      path: `/v1.0/groups(uniqueName='made${number}')`,
      method: 'PATCH',
      headers: { prefer: 'create-if-missing' },
      body: SECURITY,
    }),
  },
  ...(['members', 'owners'] as const).map(
    (relation): Operation => ({
      route: `DELETE groups/{id}/${relation}/{target}`,
      granted: NOTHING,
      people: [],
      status: 403,
      request: async scene => {
        const { path, member, owner } = await aGroup(scene)
        const { id } = relation === 'members' ? member : owner
        return { path: `${path}/${relation}/${id}`, owner, method: 'DELETE' }
      },
    }),
  ),
  ...related('groups', 'members', READ.members, 'user'),
  ...related('groups', 'owners', READ.memberships, 'user'),
  ...related('groups', 'transitiveMembers', READ.members, 'user'),
  ...related('groups', 'memberOf', READ.memberships, 'group'),
  ...related('groups', 'transitiveMemberOf', READ.members, 'group'),
  ...memberActions('groups', READ.memberships, READ.memberships),
  {
    route: 'GET groups/$count',
    granted: READ.memberships,
    people: MEMBERS,
    status: 200,
    request: async () => ({ path: '/v1.0/groups/$count', headers: EVENTUAL }),
  },
  {
    route: 'POST groups/{id}/validateproperties',
    granted: READ.names,
    people: MEMBERS,
    status: 204,
    request: async scene => ({
      path: `${(await aGroup(scene)).path}/validateProperties`,
      method: 'POST',
      body: { displayName: 'new' },
    }),
  },
  ...related('users', 'memberOf', READ.memberOf, 'group'),
  ...related('users', 'transitiveMemberOf', READ.memberOf, 'group'),
  ...related('users', 'ownedObjects', READ.ownedObjects, 'group'),
  ...memberActions('users', READ.directory, READ.users),
  {
    route: 'GET users/$count',
    granted: READ.users,
    people: MEMBERS,
    status: 200,
    request: async () => ({ path: '/v1.0/users/$count', headers: EVENTUAL }),
  },
  ...collection('devices', READ.devices, {
    write: { granted: WRITE.device, people: OF_DEVICE.write },
    remove: { granted: WRITE.deletionOfDevice, people: OF_DEVICE.delete },
    body: () => deviceBody('Box'),
  }),
  ...related('devices', 'memberOf', READ.devices, 'group'),
  ...related('devices', 'transitiveMemberOf', READ.devices, 'group'),
  ...memberActions('devices', READ.devices, READ.devices),
  ...collection('servicePrincipals', READ.applications, {
    write: { granted: WRITE.application, people: OF_APPLICATION },
    remove: { granted: WRITE.wholeApplication, people: OF_APPLICATION },
    body: () => ({ appId: randomUUID() }),
  }),
  ...related('servicePrincipals', 'memberOf', READ.applications, 'group'),
  ...related('servicePrincipals', 'transitiveMemberOf', READ.applications, 'group'),
  ...related('servicePrincipals', 'ownedObjects', READ.applications, 'group'),
  ...memberActions('servicePrincipals', READ.applications, READ.applications),
  ...collection('contacts', READ.contacts),
  ...related('contacts', 'memberOf', READ.directory, 'group'),
  ...related('contacts', 'transitiveMemberOf', READ.directory, 'group'),
  ...memberActions('contacts', READ.directory, READ.directory),
  ...memberActions('directoryObjects', READ.directory, READ.directory),
  {
    route: 'GET directoryobjects/{id}',
    granted: READ.directory,
    people: MEMBERS,
    status: 200,
    request: async scene => ({ path: `/v1.0/directoryObjects/${(await aGroup(scene)).group.id}` }),
  },
  {
    route: 'DELETE directoryobjects/{id}',
    granted: WRITE.wholeGroup,
    people: OF_SECURITY_GROUP.delete,
    status: 204,
    request: async scene => {
      const { group, owner } = await aGroup(scene)
      return { path: `/v1.0/directoryObjects/${group.id}`, method: 'DELETE', owner }
    },
  },
  {
    route: 'DELETE directoryobjects/{id}',
    granted: WRITE.deletionOfUser,
    people: OF_USER.delete,
    status: 204,
    request: async scene => ({ path: `/v1.0/directoryObjects/${(await aGroup(scene)).member.id}`, method: 'DELETE' }),
  },
  objectsDelta('group', READ.groups),
  objectsDelta('user', READ.users),
  objectsDelta('device', READ.devices),
  objectsDelta('servicePrincipal', READ.applications),
  objectsDelta('orgContact', READ.contacts),
  {
    route: 'POST directoryobjects/getbyids',
    granted: READ.directory,
    people: MEMBERS,
    status: 200,
    request: async () => ({ path: '/v1.0/directoryObjects/getByIds', method: 'POST', body: { ids: [] } }),
  },
  {
    route: 'POST directoryobjects/validateproperties',
    granted: READ.groups,
    people: MEMBERS,
    status: 204,
    request: async () => ({
      path: '/v1.0/directoryObjects/validateProperties',
      method: 'POST',
      body: { entityType: 'Group', displayName: 'new' },
    }),
  },
  { route: 'GET users', granted: READ.users, people: MEMBERS, status: 200, request: get('/v1.0/users') },
  { route: 'GET users/delta', granted: READ.users, people: MEMBERS, status: 200, request: get('/v1.0/users/delta') },
  {
    route: 'POST users',
    granted: WRITE.user,
    people: OF_USER.create,
    status: 201,
    request: async ({ server, number }) => ({
      path: '/v1.0/users',
      method: 'POST',
      body: userBody(server, `new${number}`),
    }),
  },
  {
    route: 'GET users/{id}',
    granted: READ.users,
    people: MEMBERS,
    status: 200,
    request: async ({ directory, number }) => ({ path: `/v1.0/users/${(await directory.user(`user${number}`)).id}` }),
  },
  {
    route: 'PATCH users/{id}',
    granted: WRITE.userValues,
    people: OF_USER.update,
    status: 204,
    request: async ({ directory, number }) => ({
      path: `/v1.0/users/${(await directory.user(`user${number}`)).id}`,
      method: 'PATCH',
      body: { jobTitle: 'new' },
    }),
  },
  {
    route: 'DELETE users/{id}',
    granted: WRITE.deletionOfUser,
    people: OF_USER.delete,
    status: 204,
    request: async ({ directory, number }) => ({
      path: `/v1.0/users/${(await directory.user(`user${number}`)).id}`,
      method: 'DELETE',
    }),
  },
  // Whoever may list any type learns that the type is missing.
  {
    route: 'GET directory/deleteditems',
    granted: READ.bin,
    people: MEMBERS,
    status: 400,
    request: get('/v1.0/directory/deletedItems'),
  },
  {
    route: 'GET directory/deleteditems/microsoft.graph.group',
    granted: READ.groups,
    people: MEMBERS,
    status: 200,
    request: get('/v1.0/directory/deletedItems/microsoft.graph.group'),
  },
  {
    route: 'GET directory/deleteditems/microsoft.graph.user',
    granted: READ.deletedUsers,
    people: MEMBERS,
    status: 200,
    request: get('/v1.0/directory/deletedItems/microsoft.graph.user'),
  },
  {
    route: 'GET directory/deleteditems/microsoft.graph.serviceprincipal',
    granted: READ.applications,
    people: MEMBERS,
    status: 200,
    request: get('/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal'),
  },
  ...(
    [
      ['group', OF_SECURITY_GROUP],
      ['team', OF_TEAM],
    ] as const
  ).flatMap(([kind, people]) =>
    inBin(
      aDeletedGroup(kind),
      READ.groups,
      { granted: WRITE.wholeGroup, people: people.restore },
      { granted: WRITE.purgeOfGroup, people: people.purge },
    ),
  ),
  ...inBin(aDeleted('user'), READ.deletedUsers, { granted: WRITE.deletedUser, people: OF_USER.delete }),
  ...inBin(aDeleted('servicePrincipal'), READ.applications, {
    granted: WRITE.wholeApplication,
    people: OF_APPLICATION,
  }),
  {
    route: 'GET organization',
    granted: READ.organization,
    people: EVERYBODY,
    status: 200,
    request: get('/v1.0/organization'),
  },
  {
    route: 'GET organization/{id}',
    granted: READ.organization,
    people: EVERYBODY,
    status: 200,
    request: async ({ server }) => ({ path: `/v1.0/organization/${server.tenant}` }),
  },
  { route: 'GET ', granted: ANYTHING, people: EVERYBODY, status: 200, request: get('/v1.0') },
  { route: 'GET $metadata', granted: ANYTHING, people: EVERYBODY, status: 200, request: get('/v1.0/$metadata') },
  { route: 'GET directory', granted: READ.bin, people: MEMBERS, status: 200, request: get('/v1.0/directory') },
  {
    route: 'GET me',
    granted: READ.me,
    people: EVERYBODY,
    status: 400,
    statusOfPeople: 200,
    request: get('/v1.0/me'),
  },
  {
    route: 'GET me/memberof',
    granted: READ.myGroups,
    people: EVERYBODY,
    status: 400,
    statusOfPeople: 200,
    request: get('/v1.0/me/memberOf'),
  },
  {
    route: 'POST $batch',
    granted: ANYTHING,
    people: EVERYBODY,
    status: 200,
    request: async () => ({
      path: '/v1.0/$batch',
      method: 'POST',
      body: { requests: [{ id: '1', method: 'GET', url: '/groups' }] },
    }),
  },
]
