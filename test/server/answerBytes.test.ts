import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { newObject } from '../../src/core/change.ts'
import type { JsonValue } from '../../src/core/fact.ts'
import type { ObjectId } from '../../src/core/id.ts'
import type { Settings } from '../../src/server/services.ts'
import { answersOf } from './aBatch.ts'
import { aDirectory, type Group } from './aDirectory.ts'
import { aServer, pagesOf, type TestServer } from './aServer.ts'
import { assertEnvelope } from './refusal.ts'

const MEGABYTE = 1_000_000
const COUNT = 12

interface Crowd {
  readonly server: TestServer
  /** All users are its members. */
  readonly staff: Group
  readonly ids: readonly ObjectId[]
}

/** Users with a megabyte of other mails: nobody can write them, but an older version has let them. */
async function largeUsers(t: TestContext, settings: Partial<Settings> = {}): Promise<Crowd> {
  const server = await aServer(t, settings)
  const { store, tenant, services } = server
  const staff = await aDirectory(server).group('Staff')
  const ids = Array.from({ length: COUNT }, () => services.newId())
  await store.write(tenant, { at: 0, app: null, user: null, requestId: null }, async transaction => {
    const { version } = transaction
    for (const id of ids) {
      const values = new Map<string, JsonValue>([
        ['displayName', 'Large'],
        ['otherMails', ['x'.repeat(MEGABYTE)]],
      ])
      await transaction.putObject(newObject('user', id, values, version), {})
      const edge = { relation: 'members', target: id, targetType: 'user', live: true, version } as const
      await transaction.putEdge({ source: staff.id as ObjectId, ...edge })
    }
  })
  return { server, staff, ids }
}

/** How many objects stand on each page of a list; none is larger than `megabytes`. */
async function listedPages({ call }: TestServer, path: string, megabytes: number): Promise<number[]> {
  const counts: number[] = []
  for (let link = `/v1.0/${path}`; counts.length <= COUNT; ) {
    const { status, body } = await call(link)
    assert.equal(status, 200, JSON.stringify(body).slice(0, 500))
    const size = JSON.stringify(body).length
    assert.ok(size < megabytes * MEGABYTE, `a page has ${size} bytes`)
    counts.push(body.value.length)
    link = body['@odata.nextLink']
    if (link === undefined) break
  }
  return counts
}

test('a page of any list ends where the properties that were read for it come to 4 MB (DELTA-93, DELTA-141)', async t => {
  const { server, staff } = await largeUsers(t)
  for (const path of [
    'users?$top=999&$select=otherMails',
    'users?$select=displayName',
    "users?$filter=displayName eq 'Large'",
    'users?$orderby=displayName&$select=otherMails',
    `groups/${staff.id}/members?$top=999&$select=otherMails`,
    `groups/${staff.id}/transitiveMembers/microsoft.graph.user`,
  ]) {
    assert.deepEqual(await listedPages(server, path, 4.1), [4, 4, 4], path)
  }
})

test('what is shown with objects fills a page too, which ends behind the object that it is shown with (DELTA-146)', async t => {
  const { server, ids } = await largeUsers(t)
  const directory = aDirectory(server)
  const members = ids.slice(0, 3).map(id => ({ id }))
  for (const name of ['Sales', 'Crew', 'Board']) await directory.group(name, { members })
  const pages = await listedPages(server, 'groups?$expand=members($select=otherMails)&$top=50', 16.1)
  assert.equal(
    pages.reduce((sum, count) => sum + count),
    4,
  )
  assert.ok(pages.length > 1, `${pages}`)
})

test('counts go on behind a page that its bytes have ended (DELTA-144)', async t => {
  const { server, staff } = await largeUsers(t)
  const headers = { consistencylevel: 'eventual' }
  for (const path of [
    "users/$count?$filter=startswith(displayName,'Large')",
    `groups/${staff.id}/members/$count?$filter=startswith(displayName,'Large')`,
  ]) {
    assert.equal((await server.call(`/v1.0/${path}`, { headers })).body, COUNT, path)
  }
})

test('the requests of a batch share the bytes of a page, none having less than an eighth (DELTA-178)', async t => {
  const { server } = await largeUsers(t)
  const batchOf = (count: number) =>
    Array.from({ length: count }, (_, id) => ({ id, method: 'GET', url: '/users?$top=999&$select=otherMails' }))
  for (const [count, each] of [
    [1, 4],
    [2, 2],
    [4, 1],
    [20, 1],
  ] as const) {
    const answers = await answersOf(server, batchOf(count))
    for (let id = 0; id < count; id += 1) assert.equal(answers(`${id}`).body.value.length, each)
  }
})

test('objects by ids that are too large together are refused, and shown where fewer are asked for (DELTA-179)', async t => {
  const { server, ids } = await largeUsers(t, pagesOf({ bytes: MEGABYTE }))
  const ask = (asked: readonly ObjectId[]) => {
    const body = { ids: asked, types: ['user'] }
    return server.call('/v1.0/directoryObjects/getByIds', { method: 'POST', body, roles: ['Directory.Read.All'] })
  }
  const refused = await ask(ids)
  assertEnvelope(refused, { status: 400, code: 'Directory_ResultSizeLimitExceeded', message: /fewer ids/ })
  const shown = await ask(ids.slice(0, 9))
  assert.deepEqual([shown.status, shown.body.value.length], [200, 9])
})
