import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aServer, BASE } from './aServer.ts'
import { assertRefused } from './refusal.ts'

const BAD_SELECT = { status: 400, code: 'BadRequest' }

test('a GET shows what was never set as null, or as an empty collection (DELTA-92)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const ada = await directory.user('Ada')
  const unset = {
    [`/v1.0/groups/${staff.id}`]: {
      description: null,
      theme: null,
      uniqueName: null,
      proxyAddresses: [],
      assignedLabels: [],
      onPremisesSyncEnabled: null,
      licenseProcessingState: null,
    },
    [`/v1.0/users/${ada.id}`]: { jobTitle: null, city: null, businessPhones: [], otherMails: [], assignedPlans: [] },
  }
  for (const [path, properties] of Object.entries(unset)) {
    const { status, body } = await server.call(`${path}?$select=${Object.keys(properties).join(',')}`)
    const { '@odata.context': _, ...shown } = body
    assert.equal(status, 200)
    assert.deepEqual(shown, properties)
  }
})

test('a GET without $select shows the default properties and no other (DELTA-92)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff', { uniqueName: 'staff' })
  const ada = await directory.user('Ada')
  await ada.set({ city: 'Ghent', accountEnabled: false })
  const group = (await server.call(`/v1.0/groups/${staff.id}`)).body
  const user = (await server.call(`/v1.0/users/${ada.id}`)).body
  assert.equal(Object.keys(group).length, 1 + 32)
  assert.equal(Object.keys(user).length, 1 + 11)
  assert.equal(group['@odata.context'], `${BASE}/v1.0/$metadata#groups/$entity`)
  assert.equal(user['@odata.context'], `${BASE}/v1.0/$metadata#users/$entity`)
  assert.ok(!('uniqueName' in group) && !('members' in group))
  assert.ok(!('city' in user) && !('accountEnabled' in user))
})

test('a GET with $select shows exactly what it names, in whatever case, and says so in its context (DELTA-92)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff', { description: 'All of us' })
  const ada = await directory.user('Ada')
  const group = await server.call(`/v1.0/groups('${staff.id}')?%24Select=DisplayName,+description&unknown=1`)
  assert.deepEqual(group.body, {
    '@odata.context': `${BASE}/v1.0/$metadata#groups(displayName,description)/$entity`,
    description: 'All of us',
    displayName: 'Staff',
  })
  const user = await server.call(`/beta/users/${ada.id}?select=id,accountEnabled`)
  assert.deepEqual(user.body, {
    '@odata.context': `${BASE}/beta/$metadata#users(id,accountEnabled)/$entity`,
    id: ada.id,
    accountEnabled: true,
  })
})

test('a $select of what one object does not have is refused with the name', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const ada = await directory.user('Ada')
  for (const name of ['jobTitle', 'members', 'members/id', '', '__proto__', 'displayName;']) {
    const message = name === '' ? /empty/ : new RegExp(`'${name}'`)
    await assertRefused(server, `/v1.0/groups/${staff.id}?$select=id,${name}`, {}, { ...BAD_SELECT, message })
  }
  await assertRefused(server, `/v1.0/users/${ada.id}?$select=mailEnabled`, {}, BAD_SELECT)
  const twice = { status: 400, code: 'Request_BadRequest' }
  await assertRefused(server, `/v1.0/groups/${staff.id}?$select=id&select=id`, {}, twice)
})

test('a group is not found among the users, nor a user among the groups', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const ada = await directory.user('Ada')
  const gone = { status: 404, code: 'Request_ResourceNotFound' }
  await assertRefused(server, `/v1.0/users/${staff.id}`, {}, gone)
  await assertRefused(server, `/v1.0/groups/${ada.id}`, {}, gone)
  await assertRefused(server, `/v1.0/groups/${ada.id}/members`, {}, gone)
  await assertRefused(server, `/v1.0/users/${staff.id}`, { method: 'DELETE' }, gone)
  await assertRefused(server, `/v1.0/groups/${ada.id}`, { method: 'DELETE' }, gone)
})

test('an answer is JSON whatever is accepted, and a format other than JSON is refused', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const path = `/v1.0/groups/${staff.id}`
  const plain = await server.call(path)
  for (const accept of ['text/html', 'application/json;odata.metadata=minimal', 'application/json;q=1', '*/*', '']) {
    const reply = await server.call(path, { headers: { accept } })
    assert.deepEqual([reply.status, reply.body], [200, plain.body])
    assert.equal(reply.headers['content-type'], plain.headers['content-type'])
  }
  assert.equal((await server.call(`${path}?$format=json`)).status, 200)
  await assertRefused(server, `${path}?$format=xml`, {}, BAD_SELECT)
})
