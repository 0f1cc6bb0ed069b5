import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { ObjectType } from '../../src/core/fact.ts'
import { isGuid, type ObjectId, parseObjectId, type TenantId } from '../../src/core/id.ts'
import { aDirectory, type Directory } from './aDirectory.ts'
import type { Call, Reply, TestServer } from './aServer.ts'
import type { Request, Scene } from './operations.ts'

/** A tenant beside the server's own, with objects of each type, live and in the recycle bin. */
export interface OtherTenant {
  readonly tenant: TenantId
  readonly domain: string
  readonly directory: Directory
  /** Its object that is most like one of the server's own tenant; null where it has none. */
  readonly likeOwn: (id: string) => Promise<string | null>
}

export async function anotherTenant(server: TestServer): Promise<OtherTenant> {
  const tenant = await server.addTenant()
  const domain = (await server.store.tenant(tenant))?.defaultDomain ?? ''
  const directory = aDirectory({ ...server, tenant, domain }, { tenant })
  const user = await directory.user('Foreign Ada')
  const group = await directory.group('Foreign staff', { members: [user], owners: [user], uniqueName: 'foreign' })
  const deleted = [
    await directory.user('Foreign Ben'),
    await directory.group('Foreign team'),
    await directory.servicePrincipal('Foreign old app'),
  ]
  for (const object of deleted) await object.delete()
  const [deletedUser, deletedGroup, deletedApp] = deleted.map(({ id }) => id)
  const likes: Readonly<Record<string, string | undefined>> = {
    'live user': user.id,
    'live group': group.id,
    'live device': (await directory.device('Foreign box')).id,
    'live servicePrincipal': (await directory.servicePrincipal('Foreign app')).id,
    'live orgContact': (await directory.contact('Foreign contact')).id,
    'deleted user': deletedUser,
    'deleted group': deletedGroup,
    'deleted servicePrincipal': deletedApp,
  }
  // A second of each, so that lists have more pages than one.
  await directory.user('Foreign Cy')
  await directory.group('Foreign sales', { owners: [user, await directory.user('Foreign Di')] })
  await directory.device('Foreign phone')
  await directory.servicePrincipal('Foreign tool')
  await directory.contact('Foreign friend')
  return {
    tenant,
    domain,
    directory,
    likeOwn: async id => {
      if (id === server.tenant) return tenant
      const own = await server.store.read(server.tenant, snapshot => snapshot.object(parseObjectId(id)))
      return own === null ? null : (likes[`${own.state} ${own.type}`] ?? null)
    },
  }
}

const GUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Every id that a request names, in its path or in its body. */
export function idsIn({ path, body }: Pick<Request, 'path' | 'body'>): string[] {
  return [...new Set(JSON.stringify([path, body ?? null]).match(GUIDS))].filter(isGuid)
}

/** The same request with other texts in the place of some. */
export function withTexts(request: Request, texts: ReadonlyMap<string, string>): Request {
  const replaced = (text: string): string => {
    let result = text
    for (const [from, to] of texts) result = result.replaceAll(from, to)
    return result
  }
  const { path, body, ...rest } = request
  if (body === undefined) return { ...rest, path: replaced(path) }
  return { ...rest, path: replaced(path), body: JSON.parse(replaced(JSON.stringify(body))) }
}

/** Two requests that differ in what they name alone: something of another tenant, and something that nobody has. */
export interface Pair {
  readonly foreign: Request
  readonly unknown: Request
  /** What the two name. */
  readonly texts: readonly [foreign: string, unknown: string]
}

/** A pair for each id that a request names: everything else in it is the caller's own. */
export async function pairsOf(request: Request, other: OtherTenant): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (const id of idsIn(request)) {
    const foreign = await other.likeOwn(id)
    if (foreign !== null) pairs.push(pairOf(request, id, [foreign, randomUUID()]))
  }
  return pairs
}

export function pairOf(request: Request, named: string, texts: Pair['texts']): Pair {
  const [foreign, unknown] = texts
  return {
    texts,
    foreign: withTexts(request, new Map([[named, foreign]])),
    unknown: withTexts(request, new Map([[named, unknown]])),
  }
}

/** Sends both, by the same caller; they must be answered alike, to the byte, but for what they named. Gives the answer. */
export async function assertAlike(server: TestServer, { foreign, unknown, texts }: Pair, how: Call): Promise<Reply> {
  const { path, owner: _, ...ofForeign } = foreign
  const { path: otherPath, owner: __, ...ofUnknown } = unknown
  const reply = await server.call(path, { ...ofForeign, ...how })
  const other = await server.call(otherPath, { ...ofUnknown, ...how })
  assert.deepEqual(plain(reply, texts[0]), plain(other, texts[1]), `${how.method ?? foreign.method ?? 'GET'} ${path}`)
  return reply
}

const STATE_TOKEN = /(?<=(?:skip|delta)token=)[\w-]+/g

/**
 * An answer without what is its own alone: its marks and moment, what the request named, and the text of tokens, in which
 * a round keeps what it was asked for. Their length stays.
 */
export function plain(reply: Pick<Reply, 'status' | 'headers' | 'body'>, named: string): unknown {
  const { 'request-id': requestId, 'client-request-id': _, date: __, ...headers } = reply.headers
  const whole = JSON.stringify({ status: reply.status, headers, body: reply.body ?? null })
  const told = whole.match(/(?<="request-id":")[^"]+/g) ?? []
  let text = whole.replaceAll(STATE_TOKEN, token => `{token of ${token.length}}`)
  for (const mark of [String(requestId), ...told]) text = text.replaceAll(mark, '{request}')
  for (const form of [named, encodeURIComponent(named)]) text = text.replaceAll(form, '{named}')
  return JSON.parse(text)
}

/** All that a tenant holds, by id. */
export async function idsOf({ store }: TestServer, tenant: TenantId): Promise<Set<string>> {
  const types: ObjectType[] = ['group', 'user', 'device', 'servicePrincipal', 'orgContact']
  return store.read(tenant, async snapshot => {
    const ids = new Set<string>()
    for (const type of types) {
      for (const state of ['live', 'deleted'] as const) {
        for (const { id } of await snapshot.objects(type, state, null, 100_000)) ids.add(id)
      }
    }
    return ids
  })
}

/** Requests that name objects where those of the table of operations name none: in queries, and in lists of ids. */
export async function namingRequests({ directory, number }: Scene): Promise<Request[]> {
  const [user, other] = [await directory.user(`named${number}`), await directory.user(`beside${number}`)]
  const inner = await directory.group(`inner${number}`, { members: [user] })
  const group = await directory.group(`outer${number}`, { members: [user, inner], owners: [user] })
  const deleted = await directory.group(`deleted${number}`)
  await deleted.delete()
  const all = [user, group, await directory.device(`d${number}`), await directory.servicePrincipal(`s${number}`)]
  const ids = [...all, await directory.contact(`c${number}`)].map(({ id }) => id)
  const isEither = (...named: readonly ObjectId[]): string => named.map(id => `id eq '${id}'`).join(' or ')
  const [idOfUser, idOfGroup] = [parseObjectId(user.id), parseObjectId(group.id)]
  const reads = [
    `/groups?$filter=id eq '${group.id}'`,
    `/groups?$filter=id in ('${group.id}','${inner.id}')`,
    `/users?$filter=id eq '${user.id}'`,
    `/groups/${group.id}?$expand=members`,
    `/groups/${group.id}/members?$filter=id eq '${user.id}'`,
    `/users/${user.id}/memberOf?$filter=id eq '${group.id}'`,
    `/groups('${group.id}')`,
    `/users('${user.id}')`,
    `/users(userPrincipalName='${user.id}')`,
    `/groups(uniqueName='${group.id}')`,
    `/groups/delta?$filter=${isEither(idOfGroup, parseObjectId(deleted.id))}`,
    `/groups/delta?$deltatoken=latest&$filter=${isEither(idOfGroup)}`,
    `/users/delta?$filter=${isEither(idOfUser)}`,
    `/directoryObjects/delta?$filter=isof('microsoft.graph.group') and (${isEither(idOfGroup)})`,
    `/directoryObjects/delta?$filter=${isEither(idOfUser, idOfGroup)}`,
  ].map(path => ({ path: `/v1.0${path}` }))
  const post = (path: string, body: object): Request => ({ path: `/v1.0${path}`, method: 'POST', body })
  const named = (name: string, id: string): string => `https://graph.microsoft.com/v1.0/${name}/${id}`
  return [
    ...reads,
    post('/directoryObjects/getByIds', { ids }),
    post('/directoryObjects/getByIds', { ids, types: ['user', 'group'] }),
    post(`/users/${user.id}/checkMemberGroups`, { groupIds: [group.id] }),
    post(`/users/${user.id}/checkMemberObjects`, { ids: [group.id] }),
    post(`/directoryObjects/${user.id}/checkMemberObjects`, { ids: [group.id] }),
    post('/directoryObjects/validateProperties', {
      ...{ entityType: 'Group', displayName: 'new', onBehalfOfUserId: user.id },
    }),
    post(`/groups/${group.id}/validateProperties`, { displayName: 'new', onBehalfOfUserId: user.id }),
    post('/groups', {
      ...{ displayName: 'New', mailEnabled: false, mailNickname: `new${number}`, securityEnabled: true },
      'members@odata.bind': [named('users', user.id), named('directoryObjects', inner.id)],
      'owners@odata.bind': [named('users', other.id)],
    }),
    ...['directoryObjects', 'users'].map(name =>
      post(`/groups/${inner.id}/members/$ref`, { '@odata.id': named(name, other.id) }),
    ),
    post(`/groups/${inner.id}/owners/$ref`, { '@odata.id': named('users', other.id) }),
    post('/$batch', {
      requests: [
        { id: '1', method: 'GET', url: `/groups/${group.id}` },
        { id: '2', method: 'DELETE', url: `/groups/${group.id}/members/${other.id}/$ref`, dependsOn: ['1'] },
      ],
    }),
  ]
}
