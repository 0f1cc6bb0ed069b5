import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aServer, BASE } from './aServer.ts'
import { assertRefused, badRequest, invalidValue, notFound } from './refusal.ts'

test('a service principal is made of an appId, enabled and of the type Application (DELTA-187)', async t => {
  const server = await aServer(t)
  const appId = randomUUID()
  const { status, headers, body } = await server.call('/v1.0/servicePrincipals', { method: 'POST', body: { appId } })
  assert.equal(status, 201)
  assert.equal(headers['location'], `${BASE}/v1.0/servicePrincipals/${body.id}`)
  assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#servicePrincipals/$entity`)
  assert.deepEqual(
    [body.appId, body.displayName, body.accountEnabled, body.servicePrincipalType, body.servicePrincipalNames],
    [appId, null, true, 'Application', [appId]],
  )
  const disabled = { appId: randomUUID(), displayName: 'Off', accountEnabled: false, tags: ['a'] }
  const second = (await server.call('/v1.0/servicePrincipals', { method: 'POST', body: disabled })).body
  assert.deepEqual([second.displayName, second.accountEnabled, second.tags], ['Off', false, ['a']])
})

test('one without an appId, with none that could be, or with that of another is refused (DELTA-187)', async t => {
  const server = await aServer(t)
  const refuse = (body: object, refusal: ReturnType<typeof badRequest>) =>
    assertRefused(server, '/v1.0/servicePrincipals', { method: 'POST', body }, refusal)
  const required = "A value is required for property 'appId' of resource 'ServicePrincipal'."
  await refuse({ displayName: 'Nobody' }, badRequest(required))
  await refuse({ appId: 'app' }, invalidValue('appId', 'ServicePrincipal'))
  const keyed = { appId: randomUUID(), tokenEncryptionKeyId: 'key' }
  await refuse(keyed, invalidValue('tokenEncryptionKeyId', 'ServicePrincipal'))
  const own = { appId: randomUUID(), servicePrincipalType: 'ManagedIdentity' }
  await refuse(own, badRequest(/'servicePrincipalType'.*read-only/))
  const appId = randomUUID()
  const { id } = (await server.call('/v1.0/servicePrincipals', { method: 'POST', body: { appId } })).body
  const taken = badRequest('Another object with the same value for property appId already exists.')
  await refuse({ appId: appId.toUpperCase() }, taken)
  await server.call(`/v1.0/servicePrincipals/${id}`, { method: 'DELETE' })
  assert.equal((await server.call('/v1.0/servicePrincipals', { method: 'POST', body: { appId } })).status, 201)
  await assertRefused(server, `/v1.0/directory/deletedItems/${id}/restore`, { method: 'POST' }, taken)
})

test('a service principal is found, changed and deleted by its id and by its appId (DELTA-186)', async t => {
  const server = await aServer(t)
  const appId = randomUUID()
  const { id } = (await server.call('/v1.0/servicePrincipals', { method: 'POST', body: { appId } })).body
  for (const name of [`servicePrincipals/${id}`, `servicePrincipals(appId='${appId.toUpperCase()}')`]) {
    assert.equal((await server.call(`/v1.0/${name}`)).body.id, id)
    assert.equal((await server.call(`/v1.0/${name}`, { method: 'PATCH', body: { notes: name } })).status, 204)
    assert.equal((await server.call(`/v1.0/${name}?$select=notes`)).body.notes, name)
  }
  assert.equal((await server.call(`/v1.0/servicePrincipals(appId='${appId}')`, { method: 'DELETE' })).status, 204)
  await assertRefused(server, `/v1.0/servicePrincipals/${id}`, {}, notFound(id))
})

test('a deleted service principal lies in the recycle bin, from where it comes back or goes for good (DELTA-189)', async t => {
  const server = await aServer(t)
  const bot = await aDirectory(server).servicePrincipal('Bot')
  await bot.delete()
  const listed = (await server.call('/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal')).body
  assert.deepEqual(
    listed.value.map(({ id, deletedDateTime }: { id: string; deletedDateTime: string }) => [id, deletedDateTime]),
    [[bot.id, '2026-01-15T09:00:00Z']],
  )
  const deleted = (await server.call(`/v1.0/directory/deletedItems/${bot.id}`)).body
  assert.equal(deleted['@odata.type'], '#microsoft.graph.servicePrincipal')
  await bot.restore()
  assert.equal((await server.call(`/v1.0/servicePrincipals/${bot.id}`)).body.displayName, 'Bot')
  await bot.delete()
  await bot.purge()
  await assertRefused(server, `/v1.0/directory/deletedItems/${bot.id}`, {}, notFound(bot.id))
})
