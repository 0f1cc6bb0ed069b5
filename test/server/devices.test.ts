import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { headOf } from './aReader.ts'
import { aServer, BASE } from './aServer.ts'
import { deviceBody } from './bodies.ts'
import { assertRefused, badRequest, invalidValue, notFound } from './refusal.ts'

test('a device is made of what names it, and shown with all that was never set as null (DELTA-185)', async t => {
  const server = await aServer(t)
  const sent = deviceBody('Box')
  const { status, headers, body } = await server.call('/v1.0/devices', { method: 'POST', body: sent })
  assert.equal(status, 201)
  assert.equal(headers['location'], `${BASE}/v1.0/devices/${body.id}`)
  const { '@odata.context': context, id, ...properties } = body
  assert.equal(context, `${BASE}/v1.0/$metadata#devices/$entity`)
  for (const [name, value] of Object.entries(sent)) assert.deepEqual(properties[name], value, name)
  const { profileType, registrationDateTime, trustType, physicalIds, deletedDateTime } = properties
  assert.deepEqual([profileType, registrationDateTime], ['RegisteredDevice', '2026-01-15T09:00:00Z'])
  assert.deepEqual([trustType, physicalIds, deletedDateTime], [null, [], null])
  assert.deepEqual((await server.call(`/v1.0/devices/${id}`)).body, body)
  const listed = (await server.call('/v1.0/devices?$select=displayName')).body
  assert.deepEqual(listed.value, [{ displayName: 'Box' }])
})

test('a device that lacks what it must have, or has what cannot be, is refused (DELTA-185)', async t => {
  const server = await aServer(t)
  const whole = deviceBody('Box')
  for (const name of Object.keys(whole)) {
    const { [name as keyof typeof whole]: _, ...body } = whole
    const refusal = badRequest(`A value is required for property '${name}' of resource 'Device'.`)
    await assertRefused(server, '/v1.0/devices', { method: 'POST', body }, refusal)
  }
  const securityIds = [[], {}, [7], [{ type: 'x' }], [{ key: 'not base64' }], [{ key: 'abc' }], [{ nonsense: 1 }]]
  const wrong: readonly (readonly [name: string, value: unknown])[] = [
    ['deviceId', 'box'],
    ['deviceId', 7],
    ['accountEnabled', 'yes'],
    ['displayName', ''],
    ['operatingSystem', 'x'.repeat(129)],
    ['profileType', 'Toaster'],
    ['physicalIds', 'one'],
    ...securityIds.map(value => ['alternativeSecurityIds', value] as const),
  ]
  for (const [name, value] of wrong) {
    const body = { ...whole, [name]: value }
    await assertRefused(server, '/v1.0/devices', { method: 'POST', body }, invalidValue(name, 'Device'))
  }
  const readOnly = { ...whole, manufacturer: 'Acme' }
  await assertRefused(server, '/v1.0/devices', { method: 'POST', body: readOnly }, badRequest(/'manufacturer'/))
  const several = { ...whole, alternativeSecurityIds: [{ type: 1, identityProvider: null, key: '' }, {}] }
  assert.equal((await server.call('/v1.0/devices', { method: 'POST', body: several })).status, 201)
})

test('the parts of a security id are known in any case, and annotations are passed over (DELTA-108, DELTA-185)', async t => {
  const server = await aServer(t)
  const id = { '@odata.type': '#microsoft.graph.alternativeSecurityId', Type: 2, KEY: 'c2VjcmV0' }
  const sent = { ...deviceBody('Box'), alternativeSecurityIds: [id] }
  const { status, body } = await server.call('/v1.0/devices', { method: 'POST', body: sent })
  assert.equal(status, 201)
  assert.deepEqual(body.alternativeSecurityIds, [{ type: 2, key: 'c2VjcmV0' }])
})

test('no two devices have one deviceId, in whatever case, and a deleted one gives it free (DELTA-185)', async t => {
  const server = await aServer(t)
  const first = deviceBody('Box')
  const { id } = (await server.call('/v1.0/devices', { method: 'POST', body: first })).body
  const second = { ...deviceBody('Other'), deviceId: first.deviceId.toUpperCase() }
  const taken = badRequest('Another object with the same value for property deviceId already exists.')
  await assertRefused(server, '/v1.0/devices', { method: 'POST', body: second }, taken)
  assert.equal((await server.call(`/v1.0/devices/${id}`, { method: 'DELETE' })).status, 204)
  assert.equal((await server.call('/v1.0/devices', { method: 'POST', body: second })).status, 201)
})

test('a device is found, changed and deleted by its id and by its deviceId (DELTA-186)', async t => {
  const server = await aServer(t)
  const sent = deviceBody('Box')
  const { id } = (await server.call('/v1.0/devices', { method: 'POST', body: sent })).body
  for (const name of [`devices/${id}`, `devices('${id}')`, `devices(deviceId='${sent.deviceId}')`]) {
    const path = `/v1.0/${name}`
    assert.equal((await server.call(path)).body.id, id, name)
    assert.equal((await server.call(path, { method: 'PATCH', body: { displayName: name } })).status, 204)
    assert.equal((await server.call(`/v1.0/devices/${id}`)).body.displayName, name)
    assert.equal((await server.call(`${path}/memberOf`)).status, 200)
  }
  const head = await headOf(server)
  const same = { accountEnabled: true, operatingSystem: 'linux' }
  assert.equal((await server.call(`/v1.0/devices/${id}`, { method: 'PATCH', body: same })).status, 204)
  assert.equal(await headOf(server), head)
  const fixed = { method: 'PATCH', body: { deviceId: randomUUID() } } as const
  await assertRefused(server, `/v1.0/devices/${id}`, fixed, badRequest(/'deviceId'.*read-only/))
  await assertRefused(
    server,
    `/v1.0/devices(deviceId='${randomUUID()}')`,
    {},
    { status: 404, code: 'Request_ResourceNotFound' },
  )
  const gone = await server.call(`/v1.0/devices(deviceId='${sent.deviceId}')`, { method: 'DELETE' })
  assert.equal(gone.status, 204)
  await assertRefused(server, `/v1.0/devices/${id}`, {}, notFound(id))
})

test('a deleted device is gone for good: the recycle bin has none of its type (DELTA-189)', async t => {
  const server = await aServer(t)
  const box = await aDirectory(server).device('Box')
  await box.delete()
  await assertRefused(server, `/v1.0/directory/deletedItems/${box.id}`, {}, notFound(box.id))
  await assertRefused(server, `/v1.0/directory/deletedItems/${box.id}/restore`, { method: 'POST' }, notFound(box.id))
  const untold = await server.call('/v1.0/directory/deletedItems/microsoft.graph.device')
  assert.equal(untold.status, 400)
})

test('devices are listed by what is asked of them (DELTA-135)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [box, bin] = [await directory.device('Box'), await directory.device('Bin')]
  await bin.set({ operatingSystem: 'plan9', physicalIds: ['[USER]:1'] })
  const { deviceId } = (await server.call(`/v1.0/devices/${box.id}`)).body
  for (const [filter, expected] of [
    [`deviceId eq '${deviceId}'`, [box.id]],
    ["startsWith(displayName,'B')", [box.id, bin.id].sort()],
    ["operatingSystem eq 'Plan9'", [bin.id]],
    ["physicalIds/any(p:startsWith(p,'[user]'))", [bin.id]],
  ] as const) {
    const { status, body } = await server.call(`/v1.0/devices?$filter=${encodeURIComponent(filter)}&$select=id`)
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual(body.value.map((device: { id: string }) => device.id).sort(), expected, filter)
  }
  const unindexed = { status: 400, code: 'Request_UnsupportedQuery' }
  await assertRefused(server, "/v1.0/devices?$filter=manufacturer eq 'x'".replaceAll(' ', '%20'), {}, unindexed)
})
