import assert from 'node:assert/strict'
import test from 'node:test'
import { readAddress } from '../../src/odata/address.ts'
import { charge } from '../../src/server/throttle/charging.ts'
import { NO_THROTTLE } from '../../src/server/throttle/throttle.ts'
import type { ThrottleProblem } from '../../src/server/throttle/throttleProblem.ts'
import { answersOf, gets, type ItemReply, JSON_HEADERS } from './aBatch.ts'
import { aDirectory } from './aDirectory.ts'
import { aServer, type Reply, type TestServer } from './aServer.ts'
import { limited, unitsOf } from './limited.ts'
import { headOf } from './refusal.ts'

const APP = 'a11ce000-0000-4000-8000-000000000001'
const LATEST = '/v1.0/groups/delta?$deltatoken=latest'

function assertThrottled({ status, headers, body }: Reply | ItemReply, waitS: number): void {
  assert.equal(status, 429, JSON.stringify(body))
  assert.equal(headers['retry-after'] ?? headers['Retry-After'], String(waitS))
  const { code, message, innerError } = body.error
  assert.deepEqual([code, message], ['TooManyRequests', 'Please retry again later.'])
  const { date, 'request-id': requestId, 'client-request-id': clientRequestId, ...inner } = innerError
  assert.deepEqual(inner, { code: '429', message: 'Please retry after', status: '429' })
  assert.ok(date && requestId && clientRequestId)
}

/** How many of the same request are let through before one is refused. */
async function passing(server: TestServer, path: string, headers: Record<string, string> = {}): Promise<number> {
  for (let passed = 0; passed < 20; passed += 1) {
    if ((await server.call(path, { headers })).status === 429) return passed
  }
  throw new Error(`${path} is not limited.`)
}

test('a round goes on with the same link when its reader has waited as long as a 429 asks (DELTA-213)', async t => {
  const server = await limited(await aServer(t), unitsOf('3/10s'))
  const link: string = (await server.call(LATEST)).body['@odata.deltaLink']
  for (const _ of [2, 3]) assert.equal((await server.call(link)).status, 200)
  server.clock.advance(3_500)
  const refused = await server.call(link)
  assertThrottled(refused, 7)
  assert.equal(refused.headers['x-ms-throttle-scope'], `Tenant_Application/ReadWrite/${APP}/${server.tenant}`)
  assert.equal(refused.headers['x-ms-throttle-information'], 'ResourceUnitLimitExceeded')
  assert.equal(refused.headers['x-ms-resource-unit'], '1')
  server.clock.advance(6_499)
  assertThrottled(await server.call(link), 1)
  server.clock.advance(1)
  assert.deepEqual((await server.call(link)).body.value, [])
})

test('a write that is refused has done nothing, and reads are answered meanwhile (DELTA-213)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  await limited(server, { writes: '1/10s' })
  const path = `/v1.0/groups/${staff.id}`
  const write = () => server.call(path, { method: 'PATCH', body: { description: 'changed' } })
  assert.equal((await server.call(path, { method: 'PATCH', body: { theme: 'Blue' } })).status, 204)
  const head = await headOf(server)
  const refused = await write()
  assertThrottled(refused, 10)
  assert.equal(refused.headers['x-ms-throttle-scope'], `Tenant_Application/Write/${APP}/${server.tenant}`)
  assert.equal(refused.headers['x-ms-throttle-information'], 'WriteLimitExceeded')
  assert.equal(await headOf(server), head)
  assert.equal((await server.call(path)).body.description, null)
  server.clock.advance(10_000)
  assert.equal((await write()).status, 204)
})

test('a tenant of 50 users is of medium size, and one of 501 is large (DELTA-212)', async t => {
  const server = await aServer(t)
  await limited(server, { 'small-units': '2/10s', 'medium-units': '3/10s', 'large-units': '4/10s' })
  const { controls } = server.services
  const { throttle } = controls
  let users = 0
  const more = async (count: number): Promise<void> => {
    controls.throttle = NO_THROTTLE
    for (const end = users + count; users < end; users += 1) await aDirectory(server).user(`user${users}`)
    controls.throttle = throttle
    // So long a tenant is taken to be as large as it was.
    server.clock.advance(60_000)
  }
  await more(49)
  assert.equal(await passing(server, '/v1.0/groups'), 2)
  await more(1)
  assert.equal(await passing(server, '/v1.0/groups'), 3)
  await more(450)
  assert.equal(await passing(server, '/v1.0/groups'), 3)
  await more(1)
  assert.equal(await passing(server, '/v1.0/groups'), 4)
})

test('an app is limited in each tenant for itself and in all of them together (DELTA-212)', async t => {
  const server = await limited(await aServer(t), { ...unitsOf('3/10s'), 'app-units': '4/20s' })
  const other = await server.addTenant()
  assert.equal(await passing(server, '/v1.0/groups'), 3)
  assert.equal((await server.call('/v1.0/groups', { tenant: other })).status, 200)
  const refused = await server.call('/v1.0/groups', { tenant: other })
  assertThrottled(refused, 20)
  assert.equal(refused.headers['x-ms-throttle-scope'], `Application/ReadWrite/${APP}/${other}`)
})

test('every answer tells what its request costs, whatever it is and also where nothing is limited (DELTA-214)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const paths: readonly (readonly [string, number, string])[] = [
    ['/v1.0/groups/delta', 200, '1'],
    [`/v1.0/groups/${staff.id}/members`, 200, '3'],
    ['/v1.0/users?$expand=manager', 400, '3'],
    ['/v1.0/groups/00000000-0000-4000-8000-000000000000', 404, '1'],
    ['/v1.0/nothing', 400, '1'],
    ['/v1.0/$metadata', 200, '1'],
  ]
  for (const [path, status, units] of paths) {
    const reply = await server.call(path)
    assert.deepEqual([reply.status, reply.headers['x-ms-resource-unit']], [status, units], path)
    assert.equal(reply.headers['x-ms-throttle-limit-percentage'], undefined)
  }
  const denied = await server.call('/v1.0/groups', { roles: [] })
  assert.deepEqual([denied.status, denied.headers['x-ms-resource-unit']], [403, '1'])
  const unknown = await server.call('/v1.0/groups', { roles: null })
  assert.deepEqual([unknown.status, unknown.headers['x-ms-resource-unit']], [401, undefined])
})

test('requests that fail count, and those that are refused count against what refuses them alone (DELTA-215)', async t => {
  const server = await limited(await aServer(t), { ...unitsOf('3/10s'), 'app-units': '5/10s' })
  const other = await server.addTenant()
  const missing = '/v1.0/groups/00000000-0000-4000-8000-000000000000'
  assert.equal(await passing(server, missing), 3)
  for (const used of ['1.66', '1.80', '1.80']) {
    const { headers } = await server.call(missing)
    assert.equal(headers['x-ms-throttle-limit-percentage'], used)
  }
  const elsewhere = [1, 2].map(() => server.call('/v1.0/groups', { tenant: other }))
  assert.deepEqual(
    (await Promise.all(elsewhere)).map(({ status }) => status),
    [200, 200],
  )
  assert.equal((await server.call('/v1.0/groups', { tenant: other })).status, 429)
})

test('from four fifths of a limit on an answer tells how much of it is used (DELTA-216)', async t => {
  const server = await limited(await aServer(t), unitsOf('7/10s'))
  const told: unknown[] = []
  for (let asked = 1; asked <= 9; asked += 1) {
    told.push((await server.call('/v1.0/groups')).headers['x-ms-throttle-limit-percentage'])
  }
  assert.deepEqual(told, [undefined, undefined, undefined, undefined, undefined, '0.85', '1.00', '1.14', '1.28'])
})

test('a request of low priority leaves the last fifth of a limit to the others, however often it comes (DELTA-217)', async t => {
  const server = await limited(await aServer(t), unitsOf('10/10s'))
  const low = { 'x-ms-throttle-priority': 'Low' }
  assert.equal(await passing(server, '/v1.0/groups', low), 8)
  for (const _ of [1, 2, 3]) assertThrottled(await server.call('/v1.0/groups', { headers: low }), 10)
  const high = await server.call('/v1.0/groups', { headers: { 'x-ms-throttle-priority': 'High' } })
  assert.deepEqual([high.status, high.headers['x-ms-throttle-limit-percentage']], [200, '0.90'])
  assert.equal(await passing(server, '/v1.0/groups', { 'x-ms-throttle-priority': 'no priority' }), 1)
})

test('each request of a batch is limited by itself, and the batch costs nothing (DELTA-218)', async t => {
  const server = await aServer(t)
  const [staff] = await aDirectory(server).groups('Staff')
  assert.ok(staff)
  await limited(server, { ...unitsOf('6/10s'), writes: '1/10s' })
  const path = `/groups/${staff.id}`
  const head = await headOf(server)
  const patch = (id: string, body: object, more: object = {}) => ({
    id,
    method: 'PATCH',
    url: path,
    headers: JSON_HEADERS,
    body,
    ...more,
  })
  const answer = await answersOf(server, [
    patch('a', { description: 'one' }),
    patch('b', { theme: 'Blue' }),
    patch('c', { theme: 'Red' }, { dependsOn: ['b'] }),
    ...gets(`${path}/members`, path, path),
  ])
  assert.equal(answer('a').status, 204)
  assertThrottled(answer('b'), 10)
  assert.equal(answer('b').headers['x-ms-throttle-information'], 'WriteLimitExceeded')
  assert.equal(answer('c').status, 424)
  assert.deepEqual(
    ['1', '2', '3'].map(id => [answer(id).status, answer(id).headers['x-ms-resource-unit']]),
    [
      [200, '3'],
      [200, '1'],
      [200, '1'],
    ],
  )
  assert.equal(await headOf(server), head + 1)
  const all = await server.call('/v1.0/$batch', { method: 'POST', body: { requests: gets(path, path) } })
  assert.equal(all.status, 200)
  assert.equal(all.headers['x-ms-resource-unit'], undefined)
  for (const item of all.body.responses) assertThrottled(item, 10)
})

test('requests that come side by side are let through as many as one after the other (DELTA-212)', async t => {
  const server = await limited(await aServer(t), unitsOf('5/10s'))
  const replies = await Promise.all(Array.from({ length: 20 }, () => server.call('/v1.0/groups')))
  assert.equal(replies.filter(({ status }) => status === 200).length, 5)
  assert.equal(replies.filter(({ status }) => status === 429).length, 15)
})

test('the body of a request that is refused is not waited for (DELTA-213)', async t => {
  const server = await limited(await aServer(t), { writes: '1/10s' })
  await server.call('/v1.0/groups', { method: 'POST', body: {} })
  assertThrottled(await server.call('/v1.0/groups', { method: 'POST', body: '{"no' }), 10)
})

test('an app whose name no header could hold is refused like any other (DELTA-213)', async t => {
  const { services, tenant } = await limited(await aServer(t), unitsOf('1/10s'))
  const caller = { kind: 'app', tenant, app: 'Zürich\r\n€', roles: new Set<string>() } as const
  const asked = { caller, method: 'GET', address: readAddress('/v1.0/groups'), headers: {} }
  await charge(asked, services)
  await assert.rejects(charge(asked, services), ({ headers }: ThrottleProblem) => {
    assert.equal(headers['x-ms-throttle-scope'], `Tenant_Application/ReadWrite/Z?rich???/${tenant}`)
    return true
  })
})
