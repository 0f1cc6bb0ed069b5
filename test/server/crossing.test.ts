import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { ROLES, SCOPES } from '../../src/auth/permission/permissionTable.ts'
import { ROUTES } from '../../src/server/routes.ts'
import { answersOf, JSON_HEADERS } from './aBatch.ts'
import { aDirectory } from './aDirectory.ts'
import { aReader } from './aReader.ts'
import { aServer, type Call, pagesOf, type TestServer } from './aServer.ts'
import { userBody } from './bodies.ts'
import {
  anotherTenant,
  assertAlike,
  idsIn,
  idsOf,
  namingRequests,
  type OtherTenant,
  pairOf,
  pairsOf,
  plain,
} from './crossing.ts'
import { OPERATIONS, type Request, type Scene } from './operations.ts'
import { headOf } from './refusal.ts'

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT'] as const

interface Ground {
  readonly server: TestServer
  readonly scene: () => Scene
  readonly other: OtherTenant
}

/** A server with two tenants; scenes are in its own. */
async function aGround(t: TestContext): Promise<Ground> {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  let number = 0
  const scene = (): Scene => {
    number += 1
    return { server, directory, number }
  }
  return { server, scene, other: await anotherTenant(server) }
}

/** Callers that may do all that can be done in their tenant: an app by itself, and a person. */
async function mightyCallers({ administrator }: TestServer): Promise<readonly Call[]> {
  const { user } = await administrator()
  return [{ roles: ROLES }, { as: { user, scopes: SCOPES, directoryRoles: ['Global Administrator'] } }]
}

/** In the other version every second time: the two are one code. */
function inBeta<T extends { readonly path: string }>(request: T): T {
  return { ...request, path: request.path.replace('/v1.0/', '/beta/') }
}

test('whatever names an object of another tenant is answered like what names nothing, on every route, by every method (DELTA-211)', async t => {
  const { server, scene, other } = await aGround(t)
  const callers = await mightyCallers(server)
  const head = await headOf(server, other.tenant)
  const compared = new Set<string>()
  for (const operation of OPERATIONS) {
    const request = await operation.request(scene())
    const ownHead = await headOf(server)
    for (const pair of await pairsOf(request, other)) {
      compared.add(operation.route)
      for (const method of METHODS) {
        for (const how of callers) {
          const reply = await assertAlike(server, pair, { ...how, method })
          const isOwn = method === (request.method ?? 'GET')
          if (isOwn) assert.ok(reply.status >= 400, `${operation.route}: ${reply.status}`)
        }
      }
    }
    assert.equal(await headOf(server), ownHead, `${operation.route}: a version was made`)
  }
  const named = Object.entries(ROUTES).flatMap(([path, methods]) =>
    /\{(id|target)\}/.test(path) ? Object.keys(methods).map(method => `${method} ${path}`) : [],
  )
  assert.deepEqual(
    named.filter(route => !compared.has(route)),
    [],
    'no foreign object was named',
  )
  assert.equal(await headOf(server, other.tenant), head)
})

test('an object of another tenant in a query, in a list of ids or among references is one that is not there (DELTA-211)', async t => {
  const { server, scene, other } = await aGround(t)
  const callers = await mightyCallers(server)
  const head = await headOf(server, other.tenant)
  for (const request of await namingRequests(scene())) {
    const ownHead = await headOf(server)
    const pairs = await pairsOf(request, other)
    assert.ok(pairs.length > 0, request.path)
    for (const pair of pairs) {
      for (const how of callers) {
        await assertAlike(server, pair, how)
        await assertAlike(server, { ...pair, foreign: inBeta(pair.foreign), unknown: inBeta(pair.unknown) }, how)
      }
    }
    assert.equal(await headOf(server), ownHead, `${request.path}: a version was made`)
  }
  assert.equal(await headOf(server, other.tenant), head)
})

test("a round of another tenant's ids tells nothing of them, whatever happens to them (DELTA-211, DELTA-47)", async t => {
  const { server, other } = await aGround(t)
  const [ada] = await other.directory.users(1)
  assert.ok(ada)
  const staff = await other.directory.group('Foreign round')
  const filter = `$filter=${[ada, staff].map(({ id }) => `id eq '${id}'`).join(' or ')}`
  const readers = ['groups', 'users', 'directoryObjects'].map(name => aReader(server, `/v1.0/${name}/delta?${filter}`))
  const events = [
    () => staff.set({ description: 'new' }),
    () => staff.add(ada),
    () => ada.set({ jobTitle: 'new' }),
    () => ada.delete(),
    () => ada.purge(),
    () => staff.delete(),
    () => staff.restore(),
  ]
  for (const event of events) {
    for (const reader of readers) assert.deepEqual(await reader.round(), [])
    await event()
  }
  for (const reader of readers) assert.deepEqual(await reader.round(), [])
})

test("a name that another tenant's object has is one that nobody has (DELTA-211)", async t => {
  const { server, scene, other } = await aGround(t)
  const callers = await mightyCallers(server)
  const { number } = scene()
  const pairs = [
    ['{person}', `foreign-ada@${other.domain}`, `foreign-xyz@${other.domain}`],
    ['{domain}', other.domain, '00000000.tidemark.example'],
    ['{group}', 'foreign', 'unknown'],
  ] as const
  const post = (path: string, body: object): Request => ({ path: `/v1.0${path}`, method: 'POST', body })
  const requests: readonly Request[] = [
    ...[
      '/users/{person}',
      "/users('{person}')",
      "/users(userPrincipalName='{person}')",
      '/users/{person}/memberOf',
      "/users?$filter=userPrincipalName eq '{person}'",
      "/users?$filter=startswith(userPrincipalName,'{person}')",
      "/groups(uniqueName='{group}')",
      "/groups(uniqueName='{group}')/members",
      "/groups?$filter=uniqueName eq '{group}'",
    ].map(path => ({ path: `/v1.0${path}`, headers: { consistencylevel: 'eventual' } })),
    { path: '/v1.0/users/{person}', method: 'PATCH', body: { jobTitle: 'new' } },
    { path: '/v1.0/users/{person}', method: 'DELETE' },
    { path: "/v1.0/groups(uniqueName='{group}')", method: 'PATCH', body: { description: 'new' } },
    { path: "/v1.0/groups(uniqueName='{group}')", method: 'DELETE' },
    ...['{person}', 'foreign-ada@{domain}'].map(userPrincipalName =>
      post('/users', { ...userBody({ domain: '' }, `new${number}`), userPrincipalName }),
    ),
    { path: '/v1.0/users/foreign-ada@{domain}' },
    post('/users/{person}/checkMemberGroups', { groupIds: [] }),
    post('/directoryObjects/validateProperties', {
      entityType: 'Group',
      displayName: '{group}',
      mailNickname: '{group}',
    }),
  ]
  for (const request of requests) {
    for (const [name, foreign, unknown] of pairs) {
      if (!JSON.stringify(request).includes(name)) continue
      for (const how of callers) await assertAlike(server, pairOf(request, name, [foreign, unknown]), how)
    }
  }
})

test('what a token of another tenant is told holds nothing of this one, and changes nothing in it (DELTA-211)', async t => {
  const { server, scene, other } = await aGround(t)
  const { tenant } = other
  const requests: Request[] = []
  for (const operation of OPERATIONS) requests.push(await operation.request(scene()))
  requests.push(...(await namingRequests(scene())))
  const ids = await idsOf(server, server.tenant)
  const head = await headOf(server)
  for (const request of requests) {
    const { path, owner: _, ...sent } = request
    const { body } = await server.call(path, { ...sent, roles: ROLES, tenant })
    const asked = idsIn(request)
    const told = idsIn({ path: '', body }).filter(id => ids.has(id) && !asked.includes(id))
    assert.deepEqual(told, [], `${request.method ?? 'GET'} ${path}`)
  }
  assert.equal(await headOf(server), head)
})

/** The first link of a list or a round, and its last. */
async function linksFrom({ call }: TestServer, first: string, how: Call): Promise<string[]> {
  const links: string[] = []
  for (let next: string | undefined = first; next !== undefined; ) {
    assert.ok(links.length < 1_000, `${first} does not end`)
    const { body } = await call(next, how)
    next = body?.['@odata.nextLink']
    const link = next ?? body?.['@odata.deltaLink']
    if (link !== undefined) links.push(link)
  }
  return links.filter((_, index) => index === 0 || index === links.length - 1)
}

test('a state token of another tenant is refused like one that was never sealed (DELTA-55, DELTA-145)', async t => {
  const { server, scene, other } = await aGround(t)
  const { tenant, domain, directory } = other
  const theirs = { ...server, tenant, domain }
  const followed = new Set<string>()
  for (const [index, { route, request }] of OPERATIONS.entries()) {
    if (!route.startsWith('GET ')) continue
    const { path: foreign, headers = {} } = await request({ server: theirs, directory, number: 1_000 + index })
    const { path: own } = await request(scene())
    const page = foreign.includes('/delta') || foreign.includes('?') ? foreign : `${foreign}?$top=1`
    const how = { roles: ROLES, headers }
    for (const link of await linksFrom(server, page, { ...how, tenant })) {
      const [, option = '', token = ''] = /(\$(?:skip|delta)token)=([\w-]+)/.exec(link) ?? []
      const forged = token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA')
      followed.add(`${route} ${option}`)
      for (const path of [own, foreign]) {
        const asked = `${path.replace(/\?.*/, '')}?${option}={token}`
        const reply = await assertAlike(server, pairOf({ path: asked }, '{token}', [token, forged]), how)
        assert.equal(reply.status, path === own ? 400 : reply.status, asked)
        assert.ok(reply.status >= 400)
      }
    }
  }
  for (const name of ['groups', 'users', 'directoryobjects']) {
    for (const option of ['$skiptoken', '$deltatoken']) assert.ok(followed.has(`GET ${name}/delta ${option}`), name)
  }
  for (const name of ['groups', 'users', 'devices', 'serviceprincipals', 'contacts', 'groups/{id}/owners']) {
    assert.ok(followed.has(`GET ${name} $skiptoken`), name)
  }
})

test('in a batch what names an object of another tenant is answered like what names nothing, whatever token the item bears (DELTA-211)', async t => {
  const { server, scene, other } = await aGround(t)
  const authorization = `Bearer ${await server.token(ROLES, other.tenant)}`
  const head = await headOf(server, other.tenant)
  for (const operation of OPERATIONS) {
    if (operation.route === 'POST $batch') continue
    for (const { foreign, unknown, texts } of await pairsOf(await operation.request(scene()), other)) {
      const item = ({ path, method = 'GET', body, headers }: Request, id: string): object => ({
        ...{ id, method, url: path.replace('/v1.0', ''), headers: { ...JSON_HEADERS, ...headers, authorization } },
        ...(body === undefined ? {} : { body }),
      })
      const answers = await answersOf(server, [item(foreign, '1'), item(unknown, '2')], { roles: ROLES })
      const shown = (id: string, named: string): unknown => plain({ body: null, ...answers(id) }, named)
      assert.deepEqual(shown('1', texts[0]), shown('2', texts[1]), operation.route)
    }
  }
  assert.equal(await headOf(server, other.tenant), head)
})
