import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader, linkOf, type Page, pageOf } from './aReader.ts'
import { aServer, pagesOf, type Reply } from './aServer.ts'

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

test('a page has a context, a value and exactly one link (DELTA-6)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const directory = aDirectory(server)
  const groups = await directory.groups('One', 'Two', 'Three', 'Four', 'Five')
  const reader = aReader(server)
  for (const pages of [3, 3, 1]) {
    await reader.round()
    const shapes = reader.pages.map(page => Object.keys(page).sort())
    const links = [...Array.from({ length: pages - 1 }, () => '@odata.nextLink'), '@odata.deltaLink']
    assert.deepEqual(
      shapes,
      links.map(link => ['@odata.context', link, 'value']),
    )
    for (const page of reader.pages) assert.ok(Array.isArray(page.value) && linkOf(page).startsWith('http://'))
    for (const group of groups.splice(0)) await group.set({ description: 'new' })
  }
})

test('no error carries a link (DELTA-6)', async t => {
  const server = await aServer(t)
  const link = linkOf(await aReader(server).page())
  server.clock.advance(8 * 86_400_000)
  for (const reply of [
    await server.call('/v1.0/groups/delta?$select=colour'),
    await server.call(`${link}x`),
    await server.call(link),
    await server.call(link, { roles: [] }),
    await server.call(link, { roles: null }),
    await server.call('/v1.0/groups/delta?$select=hideFromAddressLists'),
  ]) {
    assert.ok(reply.status >= 400)
    assert.deepEqual(Object.keys(reply.body), ['error'])
  }
})

test('a nextLink carries $skiptoken alone, a deltaLink $deltatoken alone (DELTA-7)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const [staff] = await aDirectory(server).groups('Staff', 'Sales')
  for (const query of ['', `?$select=displayName&$filter=id eq '${staff?.id}'`.replaceAll(' ', '%20')]) {
    const reader = aReader(server, `/v1.0/groups/delta${query}`)
    await reader.round()
    assert.ok(reader.pages.length > 1)
    for (const { '@odata.nextLink': next, '@odata.deltaLink': delta } of reader.pages) {
      if (next !== undefined) assert.deepEqual([...new URL(next).searchParams.keys()], ['$skiptoken'])
      if (delta !== undefined) assert.deepEqual([...new URL(delta).searchParams.keys()], ['$deltatoken'])
    }
  }
})

test('the context names the selected properties on a first request, and on no other (DELTA-8)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const [staff] = await directory.groups('Staff', 'Sales')
  const contexts: [query: string, fragment: string][] = [
    ['', '#groups'],
    ['$select=displayName,description', '#groups(displayName,description)'],
    ['$select=description,members,displayName', '#groups(description,displayName)'],
    ['$select=DISPLAYNAME,owners', '#groups(displayName)'],
    ['$select=id', '#groups(id)'],
    ['$select=members', '#groups'],
    ['$select=displayName&$deltatoken=', '#groups(displayName)'],
    ['$select=displayName&$deltatoken=latest', '#groups(displayName)'],
    ['$expand=members', '#groups'],
    [`$filter=id+eq+'${staff?.id}'`, '#groups'],
  ]
  for (const [query, fragment] of contexts) {
    const reader = aReader(server, `/v1.0/groups/delta?${query}`)
    await reader.round()
    await staff?.set({ displayName: `Staff ${query}` })
    const [first, ...later] = reader.pages.map(contextOf)
    assert.equal(first, fragment, query)
    await reader.round()
    for (const context of [...later, ...reader.pages.map(contextOf)]) assert.equal(context, '#groups', query)
  }
})

function contextOf({ '@odata.context': context }: Page): string {
  return context.slice(context.indexOf('#'))
}

test('a page ends at its bound of objects (DELTA-9)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const groups = await aDirectory(server).groups('One', 'Two', 'Three', 'Four', 'Five')
  const reader = aReader(server)
  await reader.round()
  assert.deepEqual(reader.pages.map(sizeOf), [2, 2, 1])
  for (const group of groups) await group.set({ description: 'new' })
  await reader.round()
  assert.deepEqual(reader.pages.map(sizeOf), [2, 2, 1])
})

test('a page ends at its bound of edges, in whatever groups they are (DELTA-9)', async t => {
  const server = await aServer(t, pagesOf({ edges: 4 }))
  const directory = aDirectory(server)
  const people = await directory.users(6)
  const reader = aReader(server)
  await reader.round()
  const all = [
    await directory.group('Three', { members: people.slice(0, 3) }),
    await directory.group('Six', { members: people }),
    await directory.group('One', { members: people.slice(0, 1) }),
  ]
  await reader.round()
  assert.deepEqual(reader.pages.map(edgesOf), [4, 4, 2])
  const second = aReader(server)
  await second.round()
  assert.deepEqual(second.pages.filter(page => page.value.length > 0).map(edgesOf), [4, 4, 2])
  for (const group of all) assert.deepEqual(second.membersOf(group), await group.members())
})

test('a page ends at its bound of rows examined, told or not (DELTA-9)', async t => {
  const server = await aServer(t, pagesOf({ examined: 3 }))
  const directory = aDirectory(server)
  const groups = await directory.groups('One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven')
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName')
  await reader.round()
  assert.deepEqual(reader.pages.map(sizeOf), [3, 3, 1])
  for (const group of groups.slice(0, 6)) await group.set({ description: 'not selected' })
  await groups[6]?.set({ displayName: 'Told' })
  await reader.round()
  assert.deepEqual(reader.pages.map(sizeOf), [0, 0, 1])
})

test('a round of owners alone looks at changes of members within its bound, and tells none (DELTA-9, DELTA-10)', async t => {
  const server = await aServer(t, pagesOf({ examined: 5 }))
  const directory = aDirectory(server)
  const people = await directory.users(12)
  const [staff] = await directory.groups('Staff')
  const reader = aReader(server, '/v1.0/groups/delta?$select=owners')
  await reader.round()
  await staff?.add(...people.slice(0, 6))
  await staff?.add(...people.slice(6))
  await staff?.addOwner(people[0] ?? { id: '' })
  await reader.round()
  // What is left of a commit's members when the page is full is passed over at once.
  assert.deepEqual(reader.pages.map(sizeOf), [0, 0, 1])
  assert.deepEqual(
    reader.pages.at(-1)?.value.map(item => [item['owners@delta']?.length, item['members@delta']]),
    [[1, undefined]],
  )
})

test('200 objects fill a page where nothing else is set (DELTA-9)', async t => {
  const server = await aServer(t)
  await aDirectory(server).groups(...Array.from({ length: 201 }, (_, index) => `Group ${index}`))
  const reader = aReader(server)
  await reader.round()
  assert.deepEqual(reader.pages.map(sizeOf), [200, 1])
})

test('a page that has nothing to tell has no items and a nextLink while rows are left (DELTA-10)', async t => {
  const server = await aServer(t, pagesOf({ examined: 2 }))
  const directory = aDirectory(server)
  const groups = await directory.groups('One', 'Two', 'Three', 'Four', 'Five')
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName')
  await reader.round()
  for (const group of groups) await group.set({ description: 'not selected' })
  const page = await reader.page()
  assert.deepEqual(page.value, [])
  assert.ok(page['@odata.nextLink'])
  await reader.round()
  assert.deepEqual(reader.pages.map(sizeOf), [0, 0, 0])
})

test('a successful answer has the headers of Graph, whatever was accepted (DELTA-11)', async t => {
  const { call } = await aServer(t)
  const first = await call('/v1.0/groups/delta')
  const replies: Reply[] = [first, await call(linkOf(pageOf(first)))]
  for (const path of ['users/delta', 'groups', 'directory/deletedItems/microsoft.graph.user']) {
    replies.push(await call(`/v1.0/${path}`))
  }
  for (const accept of ['*/*', 'application/json', 'application/json;q=1', 'application/xml', 'text/html;q=0.1']) {
    replies.push(await call('/v1.0/groups/delta', { headers: { accept } }))
  }
  for (const contentType of ['application/json', 'text/plain', 'nonsense', 'application/x-www-form-urlencoded']) {
    replies.push(await call('/v1.0/groups/delta', { headers: { 'content-type': contentType } }))
  }
  for (const { status, headers } of replies) {
    assert.equal(status, 200)
    assert.equal(headers['content-type'], JSON_TYPE)
    assert.equal(headers['odata-version'], '4.0')
    assert.equal(headers['cache-control'], 'no-store')
  }
})

test('an error is plain JSON, and not to be stored either', async t => {
  const { call } = await aServer(t)
  const { headers } = await call('/v1.0/groups/delta?$select=colour')
  assert.match(String(headers['content-type']), /^application\/json(; charset=utf-8)?$/)
  assert.equal(headers['odata-version'], undefined)
  assert.equal(headers['cache-control'], 'no-store')
})

function sizeOf({ value }: Page): number {
  return value.length
}

function edgesOf({ value }: Page): number {
  return value.reduce((sum, item) => sum + (item['members@delta']?.length ?? 0), 0)
}
