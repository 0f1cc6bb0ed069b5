import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader, headOf, linkOf, type Page, pageOf, tokenOf } from './aReader.ts'
import { aBackup, aServer, aSibling, BASE, pagesOf, type Reply, type TestServer } from './aServer.ts'

const DAY = 86_400_000
const WEEK = 7 * DAY

function assertGone({ status, body, headers }: Reply, query: string): void {
  assert.deepEqual([status, body.error.code], [410, 'syncStateNotFound'])
  assert.equal(headers['location'], `${BASE}/v1.0/groups/delta?${query}$deltatoken=`)
}

async function latest({ call }: TestServer): Promise<string> {
  return linkOf(pageOf(await call('/v1.0/groups/delta?$deltatoken=latest')))
}

test('a link is good for seven days and not a millisecond longer (DELTA-49, DELTA-50)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  await aDirectory(server).groups('Staff', 'Sales')
  const reader = aReader(server)
  const next = linkOf(await reader.page())
  await reader.round()
  for (const age of [0, 1, WEEK - 2]) {
    server.clock.advance(age)
    for (const link of [next, reader.link]) assert.equal((await server.call(link)).status, 200)
  }
  server.clock.advance(1)
  for (const link of [next, reader.link]) assert.equal((await server.call(link)).status, 200, 'at seven days')
  server.clock.advance(1)
  for (const link of [next, reader.link]) assertGone(await server.call(link), '')
})

test('how long a link is good is a setting (DELTA-49)', async t => {
  const server = await aServer(t, { tokenLifeMs: 1_000 })
  const link = await latest(server)
  server.clock.advance(1_000)
  assert.equal((await server.call(link)).status, 200)
  server.clock.advance(1)
  assertGone(await server.call(link), '')
})

test('each deltaLink has a life of its own, also where nothing changed (DELTA-49)', async t => {
  const server = await aServer(t)
  const links = [await latest(server)]
  for (let round = 0; round < 4; round += 1) {
    server.clock.advance(5 * DAY)
    const link = linkOf(pageOf(await server.call(links.at(-1) ?? '')))
    assert.ok(!links.includes(link))
    links.push(link)
  }
  for (const link of links.slice(0, -2)) assert.equal((await server.call(link)).status, 410)
  for (const link of links.slice(-2)) assert.equal((await server.call(link)).status, 200)
})

test('the Location of a 410 begins a first round with the same options (DELTA-50)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  assert.ok(staff && sales)
  await staff.add(ann)
  const chosen = [staff.id, sales.id].sort()
  const { '@odata.context': _, id, ...properties } = (await server.call(`/v1.0/groups/${staff.id}`)).body
  const defaults = Object.keys(properties).join(',')
  const filter = encodeURIComponent(chosen.map(id => `id eq '${id}'`).join(' or '))
  for (const [options, query] of [
    ['', ''],
    ['$select=displayName,members', '$select=displayName,members&'],
    ['$select=members,owners,DESCRIPTION', '$select=description,members,owners&'],
    ['$select=id', '$select=id&'],
    [`$select=${defaults},members`, ''],
    [`$select=${defaults}`, `$select=${defaults}&`],
    ['$expand=members&$select=displayName', '$select=displayName,members&'],
    [`$filter=id eq '${staff.id}'`, `$filter=${encodeURIComponent(`id eq '${staff.id}'`)}&`],
    [`$filter=${filter}&$select=displayName&$top=5`, `$select=displayName&$filter=${filter}&`],
  ] as const) {
    const reader = aReader(server, `/v1.0/groups/delta?${options.replaceAll(' ', '%20')}`)
    await reader.round()
    server.clock.advance(WEEK + 1)
    const gone = await server.call(reader.link)
    assertGone(gone, query)
    const again = aReader(server, String(gone.headers['location']))
    await again.round()
    assert.deepEqual(again.copy, reader.copy)
    await staff.set({ displayName: `Staff ${query.length}`, description: `${query.length}` })
    assert.equal((await again.round()).length, options === '$select=id' ? 0 : 1, options)
  }
})

test('the Location names the version and the resource that were called (DELTA-50)', async t => {
  const server = await aServer(t)
  for (const path of ['/beta/groups/delta', '/v1.0/users/delta']) {
    const link = linkOf(pageOf(await server.call(path)))
    server.clock.advance(WEEK + 1)
    assert.equal((await server.call(link)).headers['location'], `${BASE}${path}?$deltatoken=`)
  }
})

test('a token that the operator has reset is 410, later ones are good (DELTA-50)', async t => {
  const server = await aServer(t)
  const before = await latest(server)
  server.services.controls.expiredAt = server.clock.now()
  assertGone(await server.call(before), '')
  server.clock.advance(1)
  const after = await latest(server)
  assert.equal((await server.call(after)).status, 200)
  assertGone(await server.call(before), '')
})

test('the answer to an expired token can take the other forms that clients meet', async t => {
  const server = await aServer(t)
  const link = await latest(server)
  server.clock.advance(WEEK + 1)
  for (const [form, code] of [
    ['syncStateNotFound', 'syncStateNotFound'],
    ['unsupportedQuery', 'Request_UnsupportedQuery'],
  ] as const) {
    server.services.controls.resyncForm = form
    const { status, headers, body } = await server.call(link)
    assert.deepEqual([status, body.error.code, headers['location']], [400, code, undefined])
  }
  server.services.controls.resyncForm = 'gone'
  assertGone(await server.call(link), '')
})

test('a base below the horizon is 410, never a page with holes; at the horizon it is good (DELTA-51)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const [staff, sales, board] = await directory.groups('Staff', 'Sales', 'Board')
  const below = aReader(server)
  await below.round()
  const midway = aReader(server)
  await midway.page()
  await staff?.delete()
  await staff?.purge()
  const at = aReader(server)
  await at.round()
  const horizon = await headOf(server)
  await sales?.delete()
  await sales?.purge()
  await server.store.compact(server.tenant, horizon)
  for (const { link } of [below, midway]) assertGone(await server.call(link), '')
  assert.deepEqual(await at.round(), [{ id: sales?.id, '@removed': { reason: 'deleted' } }])
  assert.deepEqual([...at.copy.keys()], [board?.id])
})

test('a round whose base sinks below the horizon while it is paged is 410 at its next page (DELTA-51)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const [staff, sales] = await aDirectory(server).groups('Staff', 'Sales')
  const reader = aReader(server)
  await reader.round()
  await staff?.set({ description: 'new' })
  await sales?.set({ description: 'new' })
  await reader.page()
  await server.store.compact(server.tenant, await headOf(server))
  assertGone(await server.call(reader.link), '')
})

test('in a restored backup only tokens that saw what it lost are 410 (DELTA-52)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  const before = aReader(server)
  await before.round()
  const waiting = aReader(server)
  await waiting.page()
  const store = await aBackup(t, server)
  await staff?.set({ description: 'lost' })
  await sales?.set({ description: 'lost' })
  // Two that saw the lost tail: one at the end of a round, one in a round whose base was not lost.
  const after = aReader(server)
  await after.round()
  const between = aReader(server, before.link)
  await between.page()

  const restored = aSibling(t, server, { store })
  const lost = async (): Promise<Page[]> => {
    for (const { link } of [after, between]) assertGone(await restored.call(link), '')
    return Promise.all([before, waiting].map(async ({ link }) => pageOf(await restored.call(link))))
  }
  assert.deepEqual(
    (await lost()).map(({ value }) => value.length),
    [0, 1],
  )
  // The same version numbers come again, with other content.
  const again = aDirectory(restored)
  const fresh = [await again.group('Fresh'), await again.group('Fresher'), await again.group('Freshest')]
  await lost()
  const survivor = aReader(restored, before.link)
  assert.deepEqual(
    (await survivor.round()).map(item => item.id),
    fresh.map(group => group.id),
  )
  assert.deepEqual((await survivor.round()).length, 0)
})

test('a copied database that went its own way holds its own versions: links of each are good there alone (DELTA-52)', async t => {
  const server = await aServer(t)
  await aDirectory(server).group('Staff')
  const common = await latest(server)
  const copy = aSibling(t, server, { store: await aBackup(t, server) })
  await aDirectory(server).group('Here')
  await aDirectory(copy).group('There')
  assert.equal(await headOf(server), await headOf(copy))
  const [here, there] = [await latest(server), await latest(copy)]
  assert.notEqual(tokenOf(here), tokenOf(there))
  assert.equal((await server.call(here)).status, 200)
  assert.equal((await copy.call(there)).status, 200)
  assertGone(await copy.call(here), '')
  assertGone(await server.call(there), '')
  for (const { call } of [server, copy]) assert.equal(pageOf(await call(common)).value.length, 1)
})

test('a link from an empty directory is good in every copy of it', async t => {
  const server = await aServer(t)
  const link = await latest(server)
  const copy = aSibling(t, server, { store: await aBackup(t, server) })
  await aDirectory(copy).group('There')
  assert.equal(pageOf(await copy.call(link)).value.length, 1)
})
