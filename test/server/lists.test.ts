import assert from 'node:assert/strict'
import test from 'node:test'
import { createGroup } from '../../src/core/group.ts'
import { commandContext } from '../../src/server/services.ts'
import { aDirectory, type Named } from './aDirectory.ts'
import { aNeighbour } from './aNeighbour.ts'
import { aServer, BASE, type TestServer } from './aServer.ts'
import { SECURITY } from './bodies.ts'
import { assertRefused, badRequest } from './refusal.ts'

/** Creates this many security groups in one commit; gives their ids in order. */
async function fill({ services, store, tenant }: TestServer, count: number): Promise<string[]> {
  const context = await commandContext(services, tenant)
  return store.write(tenant, { at: context.now, app: null, user: null, requestId: null }, async transaction => {
    const ids: string[] = []
    for (let number = 0; number < count; number += 1) {
      const values = new Map(Object.entries({ ...SECURITY, displayName: `Group ${number}` }))
      ids.push((await createGroup(transaction, { values, members: [], owners: [] }, context)).id)
    }
    return ids.sort()
  })
}

/** The pages of a list, up to its end; `between` runs after each. */
async function pagesOf(server: TestServer, path: string, between: () => Promise<void> = async () => {}) {
  const pages: Named[][] = []
  const links: string[] = []
  let next: string | undefined = path
  while (next !== undefined) {
    const { status, body } = await server.call(next)
    assert.equal(status, 200, JSON.stringify(body))
    assert.ok(!('@odata.deltaLink' in body))
    pages.push(body.value)
    next = body['@odata.nextLink']
    if (next !== undefined) links.push(next)
    await between()
  }
  return { pages, links, ids: pages.flat().map(({ id }) => id) }
}

test('a list has pages of 100, and its nextLinks lead through all of it once (DELTA-93)', async t => {
  const server = await aServer(t)
  const all = await fill(server, 250)
  const { pages, links, ids } = await pagesOf(server, '/v1.0/groups')
  assert.deepEqual(
    pages.map(page => page.length),
    [100, 100, 50],
  )
  assert.deepEqual(ids, all)
  for (const link of links) {
    assert.ok(link.startsWith(`${BASE}/v1.0/groups?`))
    assert.deepEqual([...new URL(link).searchParams.keys()], ['$skiptoken'])
  }
})

test('a list that just fills its page has no nextLink, and an empty one has an empty page (DELTA-93)', async t => {
  const server = await aServer(t)
  assert.deepEqual((await server.call('/v1.0/groups')).body, {
    '@odata.context': `${BASE}/v1.0/$metadata#groups`,
    value: [],
  })
  await fill(server, 100)
  const { body } = await server.call('/v1.0/groups')
  assert.equal(body.value.length, 100)
  assert.ok(!('@odata.nextLink' in body))
})

test('$top sets the page from 1 to 999, and $top and $select hold for every page (DELTA-93)', async t => {
  const server = await aServer(t)
  const all = await fill(server, 25)
  for (const [top, sizes] of [
    [10, [10, 10, 5]],
    [25, [25]],
    [999, [25]],
  ] as const) {
    const { pages, links, ids } = await pagesOf(server, `/v1.0/groups?$top=${top}&$select=displayName,id`)
    assert.deepEqual(
      pages.map(page => page.length),
      sizes,
    )
    assert.deepEqual(ids, all)
    for (const page of pages) for (const item of page) assert.deepEqual(Object.keys(item), ['id', 'displayName'])
    for (const link of links) {
      const query = new URL(link).searchParams
      assert.deepEqual([query.get('$top'), query.get('$select')], [String(top), 'displayName,id'])
    }
  }
  const { pages } = await pagesOf(server, '/v1.0/groups?$top=1')
  assert.equal(pages.length, 25)
})

test('a $top of 0, beyond 999 or that is no number is refused (DELTA-93)', async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).group('Staff')
  const lists = [
    '/v1.0/groups',
    '/v1.0/users',
    `/v1.0/groups/${id}/members`,
    `/v1.0/groups/${id}/owners`,
    '/v1.0/directory/deletedItems/microsoft.graph.group',
  ]
  for (const list of lists) {
    for (const top of ['0', '1000', '-1', '1.5', '1e2', '0x10', 'ten', '', '99999999999999999999']) {
      await assertRefused(server, `${list}?$top=${top}`, {}, badRequest(/\$top/))
    }
  }
})

test('a list that changes while it is read gives what was there throughout exactly once (DELTA-93)', async t => {
  const server = await aServer(t)
  const all = await fill(server, 30)
  const directory = aDirectory(server)
  const doomed = [...all]
  const deleted: string[] = []
  const { ids } = await pagesOf(server, '/v1.0/groups?$top=7', async () => {
    const [first, last] = [doomed.shift(), doomed.pop()]
    assert.ok(first && last)
    for (const id of [first, last]) {
      assert.equal((await server.call(`/v1.0/groups/${id}`, { method: 'DELETE' })).status, 204)
      deleted.push(id)
    }
    await directory.groups('Early', 'Late')
  })
  const throughout = all.filter(id => !deleted.includes(id))
  assert.ok(throughout.length < all.length)
  assert.deepEqual(
    ids.filter(id => throughout.includes(id)),
    throughout,
  )
  assert.equal(new Set(ids).size, ids.length)
})

test('the recycle bin and the users are listed in pages like the groups (DELTA-93)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(5)
  const groups = await directory.groups('A', 'B', 'C', 'D', 'E')
  for (const object of [...groups, ...people.slice(0, 3)]) await object.delete()
  const idsOf = (objects: readonly Named[]) => objects.map(({ id }) => id).sort()
  for (const [path, objects, context] of [
    ['users', people.slice(3), 'users'],
    ['directory/deletedItems/microsoft.graph.user', people.slice(0, 3), 'users'],
    ['directory/deletedItems/graph.group', groups, 'groups'],
  ] as const) {
    const { ids } = await pagesOf(server, `/v1.0/${path}?$top=2`)
    assert.deepEqual(ids, idsOf(objects))
    const { body } = await server.call(`/v1.0/${path}`)
    assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#${context}`)
  }
})

test('a list holds live objects of its own type and tenant alone', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const neighbour = await aNeighbour(server)
  const ada = await directory.user('Ada')
  const [staff, deleted, purged] = await directory.groups('Staff', 'Deleted', 'Purged')
  assert.ok(staff && deleted && purged)
  for (const group of [deleted, purged]) await group.delete()
  await purged.purge()
  assert.deepEqual((await pagesOf(server, '/v1.0/groups')).ids, [staff.id])
  assert.deepEqual((await pagesOf(server, '/v1.0/users')).ids, [ada.id])
  const { body } = await server.call('/v1.0/groups', { tenant: neighbour.tenant })
  assert.deepEqual(
    body.value.map(({ id }: Named) => id),
    [neighbour.group.id],
  )
})

test('what a list does not offer is refused and not passed over, and other names are passed over', async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).group('Staff')
  const unsupported = { status: 400, code: 'Request_UnsupportedQuery' }
  for (const path of ['/v1.0/groups', `/v1.0/groups/${id}/owners`]) {
    for (const option of ['$skip=1', '$apply=x', '$compute=x', '$orderby=id']) {
      await assertRefused(server, `${path}?${encodeURI(option)}`, {}, unsupported)
    }
    assert.equal((await server.call(`${path}?$count=true&maxPageSize=5&client=x`)).status, 200)
  }
})

test('a $skiptoken that no list gave is refused', async t => {
  const server = await aServer(t)
  await fill(server, 2)
  const { body } = await server.call('/v1.0/groups?$top=1')
  const token = new URL(body['@odata.nextLink']).searchParams.get('$skiptoken') ?? ''
  for (const bad of ['', 'x', token.slice(1), `${token}A`, `${token}=`, token.replace(/.$/, '_'), '%00']) {
    await assertRefused(server, `/v1.0/groups?$skiptoken=${bad}`, {}, badRequest(/\$skiptoken/))
  }
})
