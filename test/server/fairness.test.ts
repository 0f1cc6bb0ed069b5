import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { ObjectId } from '../../src/core/id.ts'
import type { Snapshot } from '../../src/core/snapshot.ts'
import type { Work } from '../../src/core/work.ts'
import { newWork } from '../../src/server/work.ts'
import { refusal } from '../odata/refusal.ts'
import { anObject } from '../store/tenant.ts'
import { answersOf, gets } from './aBatch.ts'
import { aServer, aSibling, type TestServer } from './aServer.ts'
import { EVENTUAL } from './related.ts'

const NESTED = 1_100
const ITEMS = 20

/** A group that holds many groups, each of which holds one user. */
async function aStar(t: TestContext): Promise<{ server: TestServer; staff: ObjectId; user: ObjectId }> {
  const server = await aServer(t)
  const { store, tenant, services } = server
  const [staff, user] = [services.newId(), services.newId()]
  await store.write(tenant, { at: 0, app: null, user: null, requestId: null }, async transaction => {
    const { version } = transaction
    await transaction.putObject(anObject(transaction, staff), {})
    await transaction.putObject(anObject(transaction, user, { type: 'user' }), {})
    const edge = { relation: 'members', live: true, version } as const
    for (let index = 0; index < NESTED; index += 1) {
      const id = services.newId()
      await transaction.putObject(anObject(transaction, id), {})
      await transaction.putEdge({ ...edge, source: staff, target: id, targetType: 'group' })
      await transaction.putEdge({ ...edge, source: id, target: user, targetType: 'user' })
    }
  })
  return { server, staff, user }
}

for (const [name, path] of [
  ['a transitive list', (id: string) => `/groups/${id}/transitiveMembers`],
  ['a filtered one', (id: string) => `/groups/${id}/transitiveMembers?$filter=startswith(displayName,'x')&$count=true`],
  ['a number', (id: string) => `/groups/${id}/transitiveMembers/$count`],
  ['a list of groups, filtered', () => "/groups?$filter=description eq 'x'&$count=true"],
  ['a batch', null],
] as const) {
  test(`a short request does not wait for a long one: ${name} (DELTA-165)`, async t => {
    const { server, staff, user } = await aStar(t)
    // Signed beside the event loop, in a time of its own.
    await server.token()
    const order: string[] = []
    const long =
      path === null
        ? answersOf(server, gets(...Array(ITEMS).fill(`/groups/${staff}/members?$top=100`)))
        : server.call(`/v1.0${path(staff)}`, EVENTUAL)
    const short = server.call(`/v1.0/users/${user}`)
    await Promise.all([long.then(() => order.push('long')), short.then(() => order.push('short'))])
    assert.deepEqual(order, ['short', 'long'])
  })
}

/** The same server where memberships seem to be more than a test would make. */
function withMany(
  t: TestContext,
  server: TestServer,
  seems: Partial<Pick<Snapshot, 'groupsWithin' | 'eachTarget'>>,
): TestServer {
  const { store } = server
  const snapshotOf = (snapshot: Snapshot): Snapshot =>
    new Proxy(snapshot, {
      get: (target, name) => {
        const value: unknown = Reflect.get(name in seems ? seems : target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  return aSibling(t, server, {
    store: { ...store, survey: (tenant, work) => store.survey(tenant, snapshot => work(snapshotOf(snapshot))) },
  })
}

test('of a batch that asks for too much what is beyond is 503, and the rest is answered (DELTA-165)', async t => {
  const { server, staff, user } = await aStar(t)
  const wide = withMany(t, server, { groupsWithin: () => Array(450_000).fill(user) })
  const lists = Array(8).fill(`/groups/${staff}/transitiveMembers`)
  const answer = await answersOf(wide, gets(...lists, `/users/${user}`))
  const statuses = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(id => answer(String(id)).status)
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200, 503, 503, 200])
  assert.equal(answer('7').headers['Retry-After'], '1')
  assert.equal((await wide.call(`/v1.0/groups/${staff}/transitiveMembers`)).status, 200)
})

test('a transitive read of too many memberships is refused, and one that can do without them is answered (DELTA-166)', async t => {
  const { server, staff, user } = await aStar(t)
  const list = `/v1.0/groups/${staff}/transitiveMembers`
  const TOO_MANY = Array(500_001).fill(user)
  const asked = [list, `${list}?$count=true`, `${list}/$count`, `${list}?$filter=id eq '${user}'&$count=true`]
  const codes = async (wide: TestServer) => {
    const replies = await Promise.all(asked.map(path => wide.call(path, EVENTUAL)))
    return replies.map(({ status, body }) => (status === 200 ? (body['@odata.count'] ?? null) : body.error.code))
  }
  const refused = 'Directory_ResultSizeLimitExceeded'
  assert.deepEqual(await codes(withMany(t, server, { groupsWithin: () => TOO_MANY })), Array(4).fill(refused))
  assert.deepEqual(await codes(withMany(t, server, { eachTarget: () => TOO_MANY })), [
    null,
    null,
    'Request_UnsupportedQuery',
    refused,
  ])
})

test('work pauses after every slice, whatever its parts', async () => {
  const pauses = (work: Work, parts: readonly number[]) => parts.map(rows => work.spend(rows) !== null)
  assert.deepEqual(pauses(newWork(), [499, 1, 499, 1]), [false, true, false, true])
  assert.deepEqual(pauses(newWork(), [500, 20, 500]), [true, false, true])
})

test('a request alone has the bound of a batch, and is told of itself (DELTA-165)', () => {
  const work = newWork()
  work.spend(3_000_000)
  assert.throws(
    () => work.spend(1),
    refusal('serviceNotAvailable', 'The request, with those of its batch, asks for too much'),
  )
})
