import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader } from './aReader.ts'
import { ALL_ROLES, aServer, BASE, pagesOf, type TestServer } from './aServer.ts'
import { assertRefused } from './refusal.ts'

const ROOT = `${BASE}/v1.0`
const accepting = (level: string) => ({ accept: `application/json;odata.metadata=${level}` })
const typeAt = (level: string) =>
  `application/json;odata.metadata=${level};odata.streaming=true;IEEE754Compatible=false;charset=utf-8`

/** A group with a member, an owner and a user that is neither, and the paths of answers of every form. */
async function aScene(t: test.TestContext) {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const staff = await directory.team('Staff', { members: [ann], owners: [bob] })
  const gone = await directory.group('Gone')
  await gone.delete()
  const paths = [
    'groups',
    'groups?$top=1&$select=displayName&$count=true',
    `groups/${staff.id}`,
    `groups/${staff.id}?$expand=members`,
    `groups/${staff.id}/members`,
    `groups/${staff.id}/members/microsoft.graph.user?$select=id`,
    'users?$top=1',
    `users/${ann.id}?$select=id,createdDateTime,otherMails,identities`,
    `directoryObjects/${staff.id}`,
    'directory/deletedItems/microsoft.graph.group',
    `directory/deletedItems/${gone.id}`,
    'organization',
    'groups/delta',
    'groups/delta?$deltatoken=latest',
    'users/delta?$select=displayName',
    '',
  ]
  return { server, paths, staff, ann, bob }
}

const ROLES = [...ALL_ROLES, 'Directory.Read.All']

async function ask({ call }: TestServer, path: string, level: string) {
  const headers = { ...accepting(level), consistencylevel: 'eventual' }
  const reply = await call(`/v1.0/${path}`, { roles: ROLES, headers })
  assert.equal(reply.status, 200, `${path}: ${JSON.stringify(reply.body)}`)
  assert.equal(reply.headers['content-type'], typeAt(level), path)
  assert.equal(reply.headers['odata-version'], '4.0')
  return reply.body
}

/** Without what an answer says of its data, but what reading on needs. */
// biome-ignore lint/suspicious/noExplicitAny: it is looked at as its readers do
function bare(value: any): any {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  const kept = ['@odata.nextLink', '@odata.deltaLink', '@odata.count']
  const entries = Object.entries(value).filter(([name]) => !name.includes('@odata.') || kept.includes(name))
  return Object.fromEntries(entries.map(([name, each]) => [name, bare(each)]))
}

test('none is minimal without control information, but for links, counts and removals (DELTA-161)', async t => {
  const { server, paths } = await aScene(t)
  for (const path of paths) {
    const [minimal, none] = [await ask(server, path, 'minimal'), await ask(server, path, 'none')]
    assert.deepEqual(none, bare(minimal), path)
    assert.equal('@odata.context' in none, false)
    const links = ['@odata.nextLink', '@odata.deltaLink'].filter(name => name in none)
    assert.deepEqual(
      links,
      ['@odata.nextLink', '@odata.deltaLink'].filter(name => name in minimal),
    )
  }
  const counted = await ask(server, 'groups?$top=1&$count=true&$select=id', 'none')
  assert.equal(counted['@odata.count'], 1)
})

test('full is minimal with more, all of it true (DELTA-162)', async t => {
  const { server, paths } = await aScene(t)
  for (const path of paths) {
    const [minimal, full] = [await ask(server, path, 'minimal'), await ask(server, path, 'full')]
    assert.deepEqual(bare(full), bare(minimal), path)
    assert.equal(full['@odata.context'], minimal['@odata.context'])
    const entities: Record<string, string>[] = Array.isArray(full.value) ? full.value : [full]
    for (const entity of entities) {
      if (path === '') continue
      assert.ok(entity['@odata.type']?.startsWith('#microsoft.graph.'), path)
      assert.equal(entity['@odata.id'] !== undefined, entity['id'] !== undefined, path)
    }
  }
})

test('full says the type of each entity, where it is found and changed, and what JSON does not tell (DELTA-162)', async t => {
  const { server, staff, ann } = await aScene(t)
  const user = await ask(
    server,
    `users/${ann.id}?$select=id,displayName,accountEnabled,createdDateTime,otherMails,identities,city`,
    'full',
  )
  assert.deepEqual(Object.keys(user), [
    '@odata.context',
    '@odata.type',
    '@odata.id',
    '@odata.editLink',
    'id',
    'displayName',
    'accountEnabled',
    'city',
    'createdDateTime@odata.type',
    'createdDateTime',
    'otherMails@odata.type',
    'otherMails',
    'identities@odata.type',
    'identities',
  ])
  assert.equal(user['@odata.type'], '#microsoft.graph.user')
  assert.equal(user['@odata.id'], `${ROOT}/users/${ann.id}`)
  assert.equal(user['@odata.editLink'], `${ROOT}/users/${ann.id}`)
  assert.equal((await server.call(user['@odata.editLink'])).status, 200)
  assert.equal(user['createdDateTime@odata.type'], '#DateTimeOffset')
  assert.equal(user['otherMails@odata.type'], '#Collection(String)')
  assert.equal(user['identities@odata.type'], '#Collection(microsoft.graph.objectIdentity)')
  const { members } = await ask(server, `groups/${staff.id}?$expand=members($select=id)`, 'full')
  assert.deepEqual(members, [
    {
      '@odata.type': '#microsoft.graph.user',
      '@odata.id': `${ROOT}/users/${ann.id}`,
      '@odata.editLink': `${ROOT}/users/${ann.id}`,
      id: ann.id,
    },
  ])
  const { value } = await ask(server, 'organization', 'full')
  const [organization] = value
  assert.equal(organization['@odata.editLink'], undefined)
  assert.equal(organization.verifiedDomains[0]['@odata.type'], '#microsoft.graph.verifiedDomain')
  const groups = await server.call(`/v1.0/users/${ann.id}/getMemberGroups`, {
    method: 'POST',
    body: { securityEnabledOnly: false },
    roles: ROLES,
    headers: accepting('full'),
  })
  assert.equal(groups.body['@odata.type'], '#Collection(String)')
  assert.deepEqual(groups.body.value, [staff.id])
})

test('a round read at any level, or at all of them in turn, ends in the same copy (DELTA-161)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2, edges: 3 }))
  const directory = aDirectory(server)
  const users = await directory.users(5)
  const staff = await directory.group('Staff', { members: users, description: 'all of us' })
  await directory.groups('One', 'Two', 'Three')
  const path = '/v1.0/groups/delta'
  const readers = ['none', 'minimal', 'full'].map(level => aReader(server, path, { headers: accepting(level) }))
  for (const reader of readers) await reader.round()
  const [ann, bob] = users
  assert.ok(ann && bob)
  await staff.remove(ann)
  await bob.delete()
  await staff.set({ description: null })
  const [none, minimal, full] = await Promise.all(readers.map(reader => reader.round()))
  const removed = { id: ann.id, '@removed': { reason: 'deleted' } }
  assert.deepEqual(none, bare(minimal))
  assert.deepEqual(none?.[0]?.['members@delta'], [removed])
  assert.deepEqual(minimal?.[0]?.['members@delta'], [{ '@odata.type': '#microsoft.graph.user', ...removed }])
  assert.deepEqual(full?.[0]?.['members@delta'], minimal?.[0]?.['members@delta'])
  const gone = await directory.group('Gone')
  await gone.delete()
  for (const reader of readers) {
    assert.deepEqual(await reader.round(), [{ id: gone.id, '@removed': { reason: 'changed' } }])
  }
  for (const reader of readers) assert.deepEqual(reader.listing(), await directory.listing())
})

test('$format says the level too, before Accept, and nextLinks of lists keep it (DELTA-163)', async t => {
  const server = await aServer(t)
  await aDirectory(server).groups('One', 'Two')
  const format = encodeURIComponent('application/json;odata.metadata=none')
  const first = await server.call(`/v1.0/groups?$top=1&$select=id&$format=${format}`, { headers: accepting('full') })
  assert.deepEqual(Object.keys(first.body), ['@odata.nextLink', 'value'])
  const next = await server.call(first.body['@odata.nextLink'])
  assert.deepEqual(Object.keys(next.body), ['value'])
  const refusal = { status: 400, code: 'BadRequest', message: /'some'/ }
  await assertRefused(server, '/v1.0/groups?$format=application/json;odata.metadata=some', {}, refusal)
  const passed = await server.call('/v1.0/groups', { headers: accepting('some') })
  assert.equal(passed.headers['content-type'], typeAt('minimal'))
})

test('errors, counts and answers without a body are the same at every level (DELTA-163)', async t => {
  const { server, staff } = await aScene(t)
  for (const level of ['none', 'full']) {
    const headers = { ...accepting(level), consistencylevel: 'eventual' }
    const unknown = await server.call('/v1.0/groups/nothing', { headers })
    assert.deepEqual([unknown.status, unknown.headers['content-type']], [400, 'application/json'])
    const count = await server.call('/v1.0/groups/$count', { headers })
    assert.deepEqual([count.body, count.headers['content-type']], [1, 'text/plain'])
    const patch = await server.call(`/v1.0/groups/${staff.id}`, { method: 'PATCH', body: { theme: 'Teal' }, headers })
    assert.deepEqual([patch.status, patch.body, patch.headers['content-type']], [204, null, undefined])
  }
})

test('each request of a batch has the level of its own headers (DELTA-163)', async t => {
  const { server, staff } = await aScene(t)
  const url = `/groups/${staff.id}?$select=displayName`
  const requests = [
    { id: '1', method: 'GET', url, headers: { Accept: accepting('none').accept } },
    { id: '2', method: 'GET', url },
    { id: '3', method: 'GET', url, headers: { Accept: accepting('full').accept } },
  ]
  const { body } = await server.call('/v1.0/$batch', { method: 'POST', body: { requests }, headers: accepting('none') })
  assert.deepEqual(
    body.responses.map((response: { headers: Record<string, string>; body: object }) => [
      response.headers['Content-Type'],
      Object.keys(response.body),
    ]),
    [
      [typeAt('none'), ['displayName']],
      [typeAt('minimal'), ['@odata.context', 'displayName']],
      [typeAt('full'), ['@odata.context', '@odata.type', 'displayName']],
    ],
  )
})
