import assert from 'node:assert/strict'
import test from 'node:test'
import { housekeep } from '../../src/server/housekeeping.ts'
import { UnknownTenant } from '../../src/store/store.ts'
import { aNeighbour } from './aNeighbour.ts'
import { aReader } from './aReader.ts'
import { aServer, aSibling } from './aServer.ts'
import { assertEnvelope, assertRefused, badRequest, type Refusal } from './refusal.ts'

const MALFORMED: Refusal = {
  status: 401,
  code: 'InvalidAuthenticationToken',
  message: 'CompactToken parsing failed with error code: 80049217',
}

test('tokens of a deleted tenant are 401 from the next request on, and other tenants do not notice (DELTA-210)', async t => {
  const server = await aServer(t)
  const { tenant, group } = await aNeighbour(server)
  const administrator = await server.administrator(tenant)
  const reader = aReader(server, undefined, { tenant })
  await reader.round()
  const own = aReader(server)
  await own.round()
  assert.equal((await server.call(`/v1.0/groups/${group.id}`, { tenant })).status, 200)
  await server.store.deleteTenant(tenant)
  for (const path of ['/v1.0/groups', `/v1.0/groups/${group.id}`, '/v1.0/groups/delta', reader.link, '/beta/$batch']) {
    assertEnvelope(await server.call(path, { tenant }), MALFORMED)
    assertEnvelope(await server.call(path, { tenant, as: administrator }), MALFORMED)
  }
  await assertRefused(server, reader.link, {}, badRequest(/./))
  const named = await server.call(`/${tenant}/v2.0/.well-known/openid-configuration`, { roles: null })
  assert.equal(named.status, 404)
  assert.equal((await server.call(`/v1.0/groups/${group.id}`)).status, 404)
  await own.round()
  await housekeep(server.services, server.clock.now())
  assert.equal(await server.store.sweep(), 0, 'housekeeping has taken all of it away')
  await own.round()
})

test('a request whose tenant is deleted while it is under way is 401 as well, each item of a batch by itself (DELTA-210)', async t => {
  const server = await aServer(t)
  const { tenant } = await aNeighbour(server)
  const store = {
    ...server.store,
    read: async () => {
      throw new UnknownTenant('gone')
    },
  }
  const late = aSibling(t, server, { store })
  assertEnvelope(await late.call('/v1.0/groups', { tenant }), MALFORMED)
  const requests = ['1', '2'].map(id => ({ id, method: 'GET', url: '/groups' }))
  const { status, body } = await late.call('/v1.0/$batch', { method: 'POST', body: { requests }, tenant })
  assert.equal(status, 200)
  assert.deepEqual(
    body.responses.map((answer: { status: number }) => answer.status),
    [401, 401],
  )
})

test('housekeeping passes over a tenant that is deleted meanwhile', async t => {
  const server = await aServer(t)
  const { tenant } = await aNeighbour(server)
  const { store } = server
  const { services } = aSibling(t, server, {
    store: {
      ...store,
      tenants: async () => {
        const found = await store.tenants()
        await store.deleteTenant(tenant)
        return found
      },
    },
  })
  assert.deepEqual(await housekeep(services, server.clock.now()), { purged: 0, tombstones: 0, records: 0 })
  assert.deepEqual(
    (await store.tenants()).map(({ id }) => id),
    [server.tenant],
  )
})
