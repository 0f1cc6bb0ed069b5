import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aServer, BASE } from './aServer.ts'
import { assertRefused, notFound } from './refusal.ts'

test('contacts are read, alone and in lists, and written by nobody (DELTA-188)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ida = await directory.contact('Ida')
  const { body } = await server.call(`/v1.0/contacts/${ida.id}`)
  assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#contacts/$entity`)
  assert.deepEqual([body.id, body.displayName, body.mail, body.proxyAddresses], [ida.id, 'Ida', null, []])
  assert.deepEqual((await server.call('/v1.0/contacts?$select=id')).body.value, [{ id: ida.id }])
  const notAllowed = { status: 405, code: 'Request_BadRequest' }
  await assertRefused(server, '/v1.0/contacts', { method: 'POST', body: { displayName: 'Eve' } }, notAllowed)
  const path = `/v1.0/contacts/${ida.id}`
  await assertRefused(server, path, { method: 'PATCH', body: { displayName: 'Eve' } }, notAllowed)
  await assertRefused(server, path, { method: 'DELETE' }, notAllowed)
  const denied = { status: 403, code: 'Authorization_RequestDenied' }
  await assertRefused(server, `/v1.0/directoryObjects/${ida.id}`, { method: 'DELETE' }, denied)
  await ida.delete()
  await assertRefused(server, path, {}, notFound(ida.id))
})
