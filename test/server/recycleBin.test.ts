import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { aDirectory, reference } from './aDirectory.ts'
import { aReader } from './aReader.ts'
import { aServer, BASE } from './aServer.ts'

const BIN = '/v1.0/directory/deletedItems'
const V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('the recycle bin is listed by type, in pages like any list (DELTA-66)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const groups = await directory.groups('One', 'Two', 'Three', 'Four')
  const users = await directory.users(2)
  for (const object of [...groups.slice(0, 3), ...users]) await object.delete()
  for (const [collection, type, deleted] of [
    ['groups', 'group', groups.slice(0, 3)],
    ['users', 'user', users],
  ] as const) {
    for (const cast of [`microsoft.graph.${type}`, `graph.${type}`, `Microsoft.Graph.${type.toUpperCase()}`]) {
      const { status, body } = await server.call(`${BIN}/${cast}`)
      assert.equal(status, 200)
      assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#${collection}`)
      assert.deepEqual(
        body.value.map((object: { id: string }) => object.id),
        deleted.map(({ id }) => id).sort(),
      )
      assert.ok(body.value.every((object: { deletedDateTime?: string }) => type === 'user' || object.deletedDateTime))
    }
    const ids: string[] = []
    let link: string | undefined = `${BIN}/microsoft.graph.${type}?$top=1&$select=id`
    for (let pages = 0; link !== undefined; pages += 1) {
      assert.ok(pages < deleted.length)
      const { body } = await server.call(link)
      assert.equal(body.value.length, 1)
      ids.push(body.value[0].id)
      link = body['@odata.nextLink']
    }
    assert.deepEqual(ids, deleted.map(({ id }) => id).sort())
  }
})

test('the recycle bin without a type, or with one that has none, is refused (DELTA-66)', async t => {
  const { call } = await aServer(t)
  for (const path of [BIN, `${BIN}/`, `${BIN}/microsoft.graph.device`, `${BIN}/group`]) {
    const { status, body } = await call(path)
    assert.equal(status, 400, path)
    assert.equal(body.error.code, 'Request_BadRequest')
  }
})

test('an object in the bin is shown with its type, as what it was (DELTA-67)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff', { description: 'all of us' })
  const ann = await directory.user('Ann')
  const before = (await server.call(`/v1.0/groups/${staff.id}`)).body
  server.clock.advance(5_000)
  await staff.delete()
  await ann.delete()
  const { status, body } = await server.call(`${BIN}/${staff.id}`)
  assert.equal(status, 200)
  assert.deepEqual(body, {
    ...before,
    '@odata.context': `${BASE}/v1.0/$metadata#directoryObjects/$entity`,
    '@odata.type': '#microsoft.graph.group',
    deletedDateTime: '2026-01-15T09:00:05Z',
  })
  const user = (await server.call(`${BIN}/${ann.id}`)).body
  assert.deepEqual([user['@odata.type'], user.id, user.displayName], ['#microsoft.graph.user', ann.id, 'Ann'])
})

test('a restore gives back the object with its type, as it was (DELTA-68)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const staff = await directory.group('Staff', { description: 'all of us', members: [ann] })
  for (const [path, object, type] of [
    [`/v1.0/groups/${staff.id}`, staff, 'group'],
    [`/v1.0/users/${ann.id}`, ann, 'user'],
  ] as const) {
    const before = (await server.call(path)).body
    await object.delete()
    const { status, body } = await server.call(`${BIN}/${object.id}/restore`, { method: 'POST' })
    assert.equal(status, 200)
    assert.deepEqual(body, {
      ...before,
      '@odata.context': `${BASE}/v1.0/$metadata#directoryObjects/$entity`,
      '@odata.type': `#microsoft.graph.${type}`,
    })
    assert.deepEqual((await server.call(path)).body, before)
  }
  assert.deepEqual(await staff.members(), [ann.id])
})

test('a purge is 204 and final (DELTA-68)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const administrator = await server.administrator()
  const as = { ...administrator, scopes: ['Group.ReadWrite.All', 'User.DeleteRestore.All'] }
  for (const object of [await directory.group('Staff'), await directory.user('Ann')]) {
    await object.delete()
    const { status, body } = await server.call(`${BIN}/${object.id}`, { method: 'DELETE', as })
    assert.deepEqual([status, body], [204, null])
    assert.equal((await server.call(`${BIN}/${object.id}`)).status, 404)
    assert.equal((await server.call(`${BIN}/${object.id}/restore`, { method: 'POST' })).status, 404)
  }
})

test('what is not in the bin can be neither read there, nor restored, nor purged (DELTA-68)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const live = [await directory.group('Staff'), await directory.user('Ann')]
  const other = aDirectory(server, { tenant: await server.addTenant() })
  const foreign = await other.group('Foreign')
  await foreign.delete()
  for (const id of [...live.map(object => object.id), foreign.id, randomUUID()]) {
    for (const reply of [
      await server.call(`${BIN}/${id}`),
      await server.call(`${BIN}/${id}/restore`, { method: 'POST' }),
      await server.call(`${BIN}/${id}`, { method: 'DELETE' }),
    ]) {
      assert.deepEqual([reply.status, reply.body.error.code], [404, 'Request_ResourceNotFound'])
    }
  }
  await foreign.restore()
  assert.equal((await server.call('/v1.0/groups')).body.value.length, 1)
})

test('a restore whose name another object has taken is 400, and restores nothing (DELTA-69)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const pairs = [
    [await directory.team('Team'), () => directory.team('TEAM')],
    [await directory.group('Staff', { uniqueName: 'us' }), () => directory.group('Others', { uniqueName: 'US' })],
    [await directory.user('Ann'), () => directory.user('ANN')],
  ] as const
  const groups = aReader(server)
  const users = aReader(server, '/v1.0/users/delta')
  for (const [object, take] of pairs) {
    await object.delete()
    const taker = await take()
    await groups.round()
    await users.round()
    const { status, body } = await server.call(`${BIN}/${object.id}/restore`, { method: 'POST' })
    assert.deepEqual([status, body.error.code], [400, 'Request_BadRequest'])
    assert.equal((await server.call(`${BIN}/${object.id}`)).status, 200)
    assert.deepEqual([await groups.round(), await users.round()], [[], []])
    await taker.delete()
    await object.restore()
  }
})

test('a mailNickname that a security group has taken does not hinder a restore', async t => {
  const directory = aDirectory(await aServer(t))
  const team = await directory.team('Team')
  await team.delete()
  await directory.group('Team')
  await team.restore()
})

test('a user whose name was taken can be restored under another', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  await ann.delete()
  await directory.user('Ann')
  const users = aReader(server, '/v1.0/users/delta?$select=userPrincipalName')
  await users.round()
  const body = { newUserPrincipalName: `anne@${server.domain}` }
  assert.equal((await server.call(`${BIN}/${ann.id}/restore`, { method: 'POST', body })).status, 200)
  assert.deepEqual(await users.round(), [{ id: ann.id, userPrincipalName: `anne@${server.domain}` }])
})

test('ids are random GUIDs, made by the server (DELTA-71)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const objects = [...(await directory.groups('One', 'Two', 'Three')), ...(await directory.users(3))]
  const ids = objects.map(object => object.id)
  assert.equal(new Set(ids).size, 6)
  for (const id of ids) assert.match(id, V4)
  const body = { id: randomUUID(), displayName: 'Own', mailNickname: 'own', mailEnabled: false, securityEnabled: true }
  assert.equal((await server.call('/v1.0/groups', { method: 'POST', body })).status, 400)
})

test('the id of a purged object names nothing any more (DELTA-71)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [staff, board] = await directory.groups('Staff', 'Board')
  const ann = await directory.user('Ann')
  assert.ok(staff && board)
  for (const object of [staff, ann]) {
    await object.delete()
    await object.purge()
  }
  const members = `/v1.0/groups/${board.id}/members`
  for (const id of [staff.id, ann.id]) {
    for (const reply of [
      await server.call(`/v1.0/groups/${id}`),
      await server.call(`/v1.0/groups/${id}/members`),
      await server.call(`/v1.0/users/${id}`),
      await server.call(`/v1.0/groups/${id}`, { method: 'PATCH', body: { description: 'x' } }),
      await server.call(`/v1.0/groups/${id}`, { method: 'DELETE' }),
      await server.call(`/v1.0/users/${id}`, { method: 'DELETE' }),
      await server.call(`${BIN}/${id}/restore`, { method: 'POST' }),
      await server.call(`${members}/$ref`, { method: 'POST', body: { '@odata.id': reference({ id }) } }),
      await server.call(`${members}/${id}/$ref`, { method: 'DELETE' }),
    ]) {
      assert.deepEqual([reply.status, reply.body.error.code], [404, 'Request_ResourceNotFound'])
    }
    assert.deepEqual(await aReader(server, `/v1.0/groups/delta?$filter=id+eq+'${id}'`).round(), [])
  }
})
