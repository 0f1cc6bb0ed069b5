import type { TestContext } from 'node:test'
import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import { ROLES, SCOPES } from '../../src/auth/permission/permissionTable.ts'
import { parseObjectId } from '../../src/core/id.ts'
import { aDirectory, reference } from './aDirectory.ts'
import { tokenOf } from './aReader.ts'
import { aServer, type TestServer } from './aServer.ts'
import { deviceBody, SECURITY, UNIFIED, userBody } from './bodies.ts'

type Method = Exclude<NonNullable<InjectOptions['method']>, Lowercase<string>>
const LISTS = ['groups', 'users', 'devices', 'servicePrincipals', 'contacts'].map(set => `/v1.0/${set}?$top=1`)
const OBJECTS = "/v1.0/directoryObjects/delta?$filter=isof('microsoft.graph.group')"
const TYPES = ['group', 'user', 'device', 'servicePrincipal', 'orgContact'] as const
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'] as Method[]

/** What requests can name and hope to find. */
export interface Ground {
  readonly server: TestServer
  readonly people: readonly string[]
  readonly groups: readonly string[]
  /** Paths of devices, service principals and contacts. */
  readonly others: readonly string[]
  /** Of people, groups and service principals, in the recycle bin. */
  readonly deleted: readonly string[]
  readonly ids: readonly string[]
  readonly tokens: readonly string[]
  readonly bearers: readonly string[]
}

export async function aGround(context: TestContext): Promise<Ground> {
  const server = await aServer(context)
  const directory = aDirectory(server)
  const people = await directory.users(6)
  const groups = await directory.groups('A', 'B', 'C', 'D')
  groups.push(await directory.team('Club', { members: people, owners: people.slice(2) }))
  const devices = await Promise.all(['Box', 'Bag'].map(directory.device))
  const bots = await Promise.all(['Bot', 'Old bot', 'Dog'].map(directory.servicePrincipal))
  const contacts = await Promise.all(['Ida', 'Ivo'].map(directory.contact))
  groups.push(await directory.group('Mixed', { members: [...people.slice(0, 2), ...devices, ...bots, ...contacts] }))
  const deleted = [...people.slice(4), ...groups.slice(2, 4), ...bots.slice(1, 2)]
  for (const object of deleted) await object.delete()
  const links = ['/v1.0/groups/delta', '/v1.0/users/delta', OBJECTS, ...LISTS]
  const tokens: string[] = []
  for (const path of links) {
    const { body } = await server.call(path)
    tokens.push(tokenOf(body['@odata.deltaLink'] ?? body['@odata.nextLink']))
  }
  const narrow = await Promise.all(ROLES.map(role => server.token([role])))
  const user = parseObjectId(people[0]?.id ?? '')
  const ofPeople = await Promise.all([
    server.tokenFor({ user, scopes: SCOPES }),
    server.tokenFor({ user, scopes: SCOPES, directoryRoles: ['Global Administrator'] }),
  ])
  return {
    server,
    people: people.slice(0, 4).map(({ id }) => id),
    groups: groups.filter(group => !deleted.includes(group)).map(({ id }) => id),
    others: [
      ...devices.map(({ id }) => `devices/${id}`),
      ...bots.map(({ id }) => `servicePrincipals/${id}`),
      ...contacts.map(({ id }) => `contacts/${id}`),
    ],
    deleted: deleted.map(({ id }) => id),
    ids: [...people, ...groups, ...devices, ...bots, ...contacts].map(({ id }) => id),
    tokens,
    bearers: [...narrow, ...ofPeople, 'nonsense', 'a.b.c'].map(token => `Bearer ${token}`),
  }
}

/** Text of the kinds that readers stumble on. */
function anyText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ maxLength: 300 }),
    fc.constantFrom(
      '',
      ' ',
      '\0',
      '\ud800',
      '__proto__',
      'constructor',
      'null',
      "'",
      "''",
      '%',
      '%zz',
      '../..',
      '\u202e',
    ),
  )
}

function anySegment({ ids }: Ground): fc.Arbitrary<string> {
  const known = 'groups users delta delta() microsoft.graph.delta() members owners $ref directory deletedItems restore'
  return fc.oneof(
    { arbitrary: fc.constantFrom(...known.split(' '), 'microsoft.graph.group', 'graph.user', '$count'), weight: 4 },
    { arbitrary: fc.constantFrom(...ids), weight: 4 },
    {
      arbitrary: fc.constantFrom('', '.', '..', '%', '%2f', '%00', '%ff', ';', "groups('", 'groups()', '%2e%2e'),
      weight: 1,
    },
    { arbitrary: anyText().map(text => encodeURIComponent(text.toWellFormed())), weight: 2 },
    { arbitrary: anyText().map(text => `groups('${encodeURIComponent(text.toWellFormed())}')`), weight: 1 },
  )
}

/** A method and a path that knows it. */
function anyRoute({ ids, people, groups, others, deleted, server }: Ground): fc.Arbitrary<readonly [Method, string]> {
  const collections = [
    'groups',
    'users',
    'groups/delta',
    'users/delta()',
    'directoryObjects/delta',
    'directory/deletedItems/graph.group',
    'directory/deletedItems/microsoft.graph.servicePrincipal',
    'devices',
    'servicePrincipals',
    'contacts',
    'devices/$count',
  ]
  const posted = ['groups', 'users', 'devices', 'servicePrincipals', 'directoryObjects/getByIds']
  const written = fc.constantFrom(...posted).map(path => ['POST', path] as const)
  const read = fc.constantFrom(...collections).map(path => ['GET', path] as const)
  const usual = fc.constantFrom<Method>('GET', 'GET', 'GET', 'PATCH', 'PATCH', 'PATCH', 'DELETE')
  const onGroup = fc.tuple(usual, anyId(groups, ids)).map(([method, id]) => [method, `groups/${id}`] as const)
  const onUser = fc.tuple(usual, anyId(people, ids)).map(([method, id]) => [method, `users/${id}`] as const)
  const onLinks = fc
    .tuple(
      fc.constantFrom<Method>('GET', 'POST', 'DELETE'),
      anyId(groups, ids),
      fc.constantFrom('members', 'owners'),
      anyId(people, ids),
    )
    .map(([method, id, relation, other]) => {
      const rest = { GET: '', POST: '/$ref', DELETE: `/${other}/$ref` }[String(method)]
      return [method, `groups/${id}/${relation}${rest}`] as const
    })
  const onOther = fc.tuple(usual, fc.constantFrom(...others)).map(([method, path]) => [method, path] as const)
  const holders = fc.oneof(
    fc.constantFrom(...others, ...people.map(id => `users/${id}`)),
    fc.constantFrom(...groups).map(id => `groups/${id}`),
  )
  const relation = fc.constantFrom('members', 'transitiveMembers', 'owners', 'memberOf', 'transitiveMemberOf')
  const cast = fc.constantFrom('', '', '/$count', ...TYPES.map(type => `/graph.${type}`), '/graph.user/$count')
  const related = fc
    .tuple(holders, fc.oneof(relation, fc.constant('ownedObjects')), cast)
    .map(([path, name, type]) => ['GET', `${path}/${name}${type}`] as const)
  const action = fc.constantFrom('checkMemberGroups', 'getMemberGroups', 'checkMemberObjects', 'getMemberObjects')
  const acted = fc.tuple(holders, action).map(([path, name]) => ['POST', `${path}/${name}`] as const)
  const inBin = fc
    .tuple(fc.constantFrom<Method>('GET', 'POST', 'POST', 'POST', 'DELETE'), anyId(deleted, ids))
    .map(([method, id]) => [method, `directory/deletedItems/${id}${method === 'POST' ? '/restore' : ''}`] as const)
  const byName = fc.constantFrom(`users/user-0@${server.domain}`, 'users/nobody').map(path => ['PATCH', path] as const)
  const root = fc.constantFrom('/v1.0', '/beta', '/V1.0')
  return fc
    .tuple(root, fc.oneof(written, read, onGroup, onUser, onOther, onLinks, related, acted, inBin, byName))
    .map(([version, [method, path]]) => [method, `${version}/${path}`] as const)
}

/** Mostly one that fits. */
function anyId(fitting: readonly string[], ids: readonly string[]): fc.Arbitrary<string> {
  const misspelt = fc.constantFrom('delta', 'x', '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7', '%27', '(')
  return fc.oneof(
    { arbitrary: fc.constantFrom(...fitting), weight: 16 },
    { arbitrary: fc.constantFrom(...ids), weight: 3 },
    { arbitrary: misspelt, weight: 1 },
  )
}

/** Any path with any method: few of them lead somewhere. */
function anyTarget(ground: Ground): fc.Arbitrary<readonly [Method, string]> {
  const identity = ['oauth2/v2.0/token', 'discovery/v2.0/keys', 'v2.0/.well-known/openid-configuration']
  const path = fc.oneof(
    {
      arbitrary: fc.array(anySegment(ground), { maxLength: 6 }).map(segments => ['/v1.0', ...segments].join('/')),
      weight: 4,
    },
    { arbitrary: fc.array(anySegment(ground), { minLength: 1 }).map(segments => `/x${segments.join('/')}`), weight: 1 },
    { arbitrary: fc.constantFrom(...identity).map(rest => `/${ground.server.tenant}/${rest}`), weight: 1 },
  )
  return fc.tuple(fc.constantFrom(...METHODS), path)
}

function anyQuery({ ids, tokens }: Ground): fc.Arbitrary<string> {
  const names =
    'select filter top expand skiptoken deltatoken orderby search count skip format apply compute maxPageSize'
  const filter = fc
    .array(fc.constantFrom(...ids), { minLength: 1, maxLength: 60 })
    .map(all => all.map(id => `id eq '${id}'`).join(' or '))
  const chosen = fc
    .array(
      fc.oneof(
        fc.constantFrom(...TYPES).map(isof),
        fc.constantFrom(...ids).map(id => `id eq '${id}'`),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map(parts => parts.join(' or '))
  const typed = fc
    .array(
      fc
        .tuple(fc.constantFrom(...TYPES), fc.constantFrom('displayName', 'id', 'members', 'surname', 'tags', '*', 'x'))
        .map(([type, name]) => `microsoft.graph.${type}/${name}`),
      { minLength: 1, maxLength: 3 },
    )
    .map(parts => parts.join(','))
  const value = fc.oneof(
    anyText(),
    filter,
    chosen,
    typed,
    fc.constantFrom(
      "startsWith(displayName,'b')",
      "displayName eq 'Box' and accountEnabled eq true",
      "physicalIds/any(x:startsWith(x,'a'))",
      'tags/$count eq 0',
      'not (isManaged eq true)',
      '"displayName:b"',
      'displayName desc',
      'memberOf($select=id)',
      'members',
      'true',
      'appId,deviceId,businessPhones,id',
    ),
    fc.constantFrom(
      'latest',
      'members,owners',
      '*',
      'id,displayName',
      'hideFromAddressLists',
      '0',
      '1',
      '999',
      '1000',
      'json',
    ),
    fc.constantFrom(...tokens),
    fc.tuple(fc.constantFrom(...tokens), fc.nat(300), fc.nat(255)).map(([token, at, byte]) => {
      const bytes = Buffer.from(token, 'base64url')
      bytes.writeUInt8(byte, at % bytes.length)
      return bytes.toString('base64url')
    }),
  )
  const option = fc
    .tuple(fc.constantFrom('$', '', '%24'), fc.oneof(fc.constantFrom(...names.split(' ')), anyText()), value)
    .map(
      ([sign, name, text]) =>
        `${sign}${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`,
    )
  const fitting = fc
    .oneof(
      chosen.map(text => ['filter', text] as const),
      typed.map(text => ['select', text] as const),
    )
    .map(([name, text]) => `$${name}=${encodeURIComponent(text)}`)
  const raw = fc.constantFrom('', '&&', '=', '$select', '$filter=%', '$top=%ff', '$select=a&$select=b', '?')
  return fc.oneof(
    { arbitrary: fc.constant(''), weight: 6 },
    {
      arbitrary: fc
        .array(fc.oneof({ arbitrary: option, weight: 2 }, { arbitrary: fitting, weight: 1 }), {
          minLength: 1,
          maxLength: 3,
        })
        .map(options => `?${options.join('&')}`),
      weight: 3,
    },
    { arbitrary: raw.map(text => `?${text}`), weight: 1 },
  )
}

function guid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

function isof(type: string): string {
  return `isof('microsoft.graph.${type}')`
}

/** Bodies that are nearly right, and bodies that are not. */
function anyBody({ ids, server }: Ground): fc.Arbitrary<string | Buffer | undefined> {
  const link = fc.oneof(
    fc.constantFrom(...ids).map(id => reference({ id })),
    anyText(),
    fc.jsonValue(),
  )
  const names = [
    'description displayName mailNickname uniqueName groupTypes visibility theme isAssignableToRole membershipRule',
    'userPrincipalName passwordProfile businessPhones employeeHireDate usageLocation newUserPrincipalName mail',
    'hideFromAddressLists createdDateTime @odata.id @odata.type deviceId alternativeSecurityIds physicalIds isManaged',
    'appId tags notes homepage accountEnabled tokenEncryptionKeyId ids types groupIds securityEnabledOnly',
  ]
  const changes = fc.dictionary(
    fc.oneof(
      { arbitrary: fc.constantFrom(...names.join(' ').split(' ')), weight: 5 },
      { arbitrary: anyText(), weight: 1 },
    ),
    fc.oneof(fc.jsonValue(), anyText(), fc.constantFrom('Public', 'staff', ['Unified'], [], null, true)),
    { maxKeys: 3 },
  )
  const links = fc.record(
    { 'members@odata.bind': fc.array(link, { maxLength: 22 }), 'owners@odata.bind': fc.oneof(fc.array(link), link) },
    { requiredKeys: [] },
  )
  const device = { ...deviceBody('Case'), deviceId: ids[0] }
  const whole = fc.constantFrom<object>({}, SECURITY, UNIFIED, userBody(server, 'ben'), device, { appId: ids[0] })
  const near = fc
    .tuple(whole, changes, fc.oneof(fc.constant({}), links))
    .map(parts => JSON.stringify(Object.assign({}, ...parts)))
  const right = fc
    .tuple(fc.nat(1_000_000), anyText())
    .chain(([number, text]) =>
      fc.constantFrom<object>(
        { ...SECURITY, mailNickname: `group${number}`, description: text },
        { ...UNIFIED, mailNickname: `club${number}` },
        userBody(server, `user${number}`),
        { description: text },
        { jobTitle: text },
        { operatingSystem: 'os', physicalIds: [text] },
        { notes: text },
        { ids, types: [...TYPES] },
        { groupIds: ids.slice(0, 20) },
        { securityEnabledOnly: number % 2 === 0 },
      ),
    )
    .map(body => JSON.stringify(body))
  return fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 3 },
    { arbitrary: near, weight: 9 },
    { arbitrary: right, weight: 6 },
    { arbitrary: link.map(url => JSON.stringify({ '@odata.id': url })), weight: 4 },
    { arbitrary: fc.json(), weight: 1 },
    { arbitrary: anyText(), weight: 1 },
    { arbitrary: fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)), weight: 1 },
    { arbitrary: fc.tuple(near, fc.nat(400)).map(([text, length]) => text.slice(0, length)), weight: 1 },
  )
}

function anyHeaders({ bearers }: Ground, own: string): fc.Arbitrary<Record<string, string>> {
  const printable = fc.string({ maxLength: 60 })
  const most = (usual: string, others: fc.Arbitrary<string>) =>
    fc.oneof({ arbitrary: fc.constant(usual), weight: 25 }, { arbitrary: others, weight: 1 })
  return fc.record(
    {
      authorization: fc.oneof(
        { arbitrary: fc.constant(own), weight: 25 },
        { arbitrary: fc.constantFrom(...bearers), weight: 3 },
        { arbitrary: printable, weight: 1 },
      ),
      'content-type': most(
        'application/json',
        fc.oneof(printable, fc.constantFrom('text/plain', ';', 'application/json;x')),
      ),
      'content-encoding': most('identity', printable),
      'client-request-id': fc.oneof(fc.uuid(), printable),
      prefer: fc.oneof(fc.constantFrom('return=minimal', 'return="minimal', 'odata.maxpagesize=1'), printable),
      accept: printable,
      consistencylevel: fc.constantFrom('eventual', 'session'),
      'x-anything': printable,
    },
    { requiredKeys: ['authorization', 'content-type'] },
  )
}

/** What makes an object in the collection that a path ends with; undefined where none is made. */
function creationAt(path: string, number: number, server: TestServer): string | undefined {
  const body = {
    groups: { ...SECURITY, mailNickname: `made${number}` },
    users: userBody(server, `made${number}`),
    devices: { ...deviceBody('Made'), deviceId: guid(number) },
    servicePrincipals: { appId: guid(number) },
  }[path.split('/').at(-1) ?? '']
  return body === undefined ? undefined : JSON.stringify(body)
}

/** Requests of every kind, most of which nearly make sense. `own` is the Authorization of a caller that may do all. */
export function anyRequest(ground: Ground, own: string): fc.Arbitrary<InjectOptions> {
  const target = fc.oneof({ arbitrary: anyRoute(ground), weight: 4 }, { arbitrary: anyTarget(ground), weight: 1 })
  const made = fc.option(fc.nat(1_000_000))
  return fc
    .record({ target, query: anyQuery(ground), headers: anyHeaders(ground, own), body: anyBody(ground), made })
    .map(({ target: [method, path], query, headers, body, made }) => {
      const creation = made === null || method !== 'POST' ? undefined : creationAt(path, made, ground.server)
      const payload = method === 'GET' ? undefined : (creation ?? body)
      return {
        method,
        url: `${path}${query}`,
        headers: { host: 'localhost:3000', ...headers },
        ...(payload === undefined ? {} : { payload }),
      }
    })
}
