import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader } from './aReader.ts'
import { aServer, type TestServer } from './aServer.ts'
import { assertEnvelope, type Refusal } from './refusal.ts'

const UNSUPPORTED: Refusal = {
  status: 400,
  code: 'Request_UnsupportedQuery',
  message: 'Change enumeration is not supported for requested tenant.',
}
const DENIED: Refusal = {
  status: 403,
  code: 'Authorization_RequestDenied',
  message: 'Insufficient privileges to complete the operation.',
}
const ROUNDS = ['groups', 'users', 'directoryObjects'].map(name => `/v1.0/${name}/delta`)

async function become(kind: 'workforce' | 'external', { store, tenant }: TestServer): Promise<void> {
  const known = await store.tenant(tenant)
  assert.ok(known)
  await store.putTenant({ ...known, kind })
}

test('in an external tenant no round is begun or followed, and all else is as elsewhere (DELTA-222)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const reader = aReader(server)
  await reader.round()
  await become('external', server)
  const staff = await directory.group('Staff', { members: [await directory.user('Ada')] })
  for (const path of ROUNDS) {
    for (const more of ['', '()', '?$deltatoken=latest', '?$select=displayName', '?$filter=wrong', '?$skiptoken=x']) {
      assertEnvelope(await server.call(path + more), UNSUPPORTED)
    }
  }
  assertEnvelope(await server.call(reader.link), UNSUPPORTED)
  const requests = [{ id: '1', method: 'GET', url: '/groups/delta' }]
  const batch = await server.call('/v1.0/$batch', { method: 'POST', body: { requests } })
  assert.deepEqual(
    [batch.body.responses[0].status, batch.body.responses[0].body.error.code],
    [UNSUPPORTED.status, UNSUPPORTED.code],
  )
  for (const path of ['groups', `groups/${staff.id}/members`, 'users', `groups/${staff.id}`]) {
    assert.equal((await server.call(`/v1.0/${path}`)).status, 200, path)
  }
  await staff.delete()
  await become('workforce', server)
  await reader.round()
})

test('in an external tenant who may not follow changes is told that first, and other tenants follow theirs (DELTA-222)', async t => {
  const server = await aServer(t)
  const other = await server.addTenant()
  await become('external', server)
  for (const path of ROUNDS.slice(0, 2)) {
    assertEnvelope(await server.call(path, { roles: ['Organization.Read.All'] }), DENIED)
    assert.equal((await server.call(path, { tenant: other })).status, 200)
  }
})
