import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, reference } from './aDirectory.ts'
import { aServer } from './aServer.ts'
import { assertRefused, notFound } from './refusal.ts'

test('a group is named by its id in three forms, and by its uniqueName in any case (DELTA-152)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const { id } = await directory.group('Staff', { uniqueName: 'a/b' })
  for (const name of [`groups/${id}`, `groups('${id}')`, `groups(%27${id.toUpperCase()}%27)`]) {
    assert.equal((await server.call(`/v1.0/${name}`)).body.id, id, name)
  }
  // A slash cannot stand in a segment of a path, whatever its disguise.
  await assertRefused(server, "/v1.0/groups(uniqueName='a%2Fb')", {}, { status: 400, code: 'BadRequest' })
  const crew = await directory.group('Crew', { uniqueName: "The Crew's (own)" })
  for (const name of [
    "groups(uniqueName='The%20Crew''s%20(own)')",
    "Groups(UNIQUENAME='the crew''s (OWN)')".replaceAll(' ', '%20'),
    'groups%28uniqueName%3D%27The%20Crew%27%27s%20%28own%29%27%29',
    "groups/(uniqueName='the%20crew''s%20(own)')",
  ]) {
    const { status, body } = await server.call(`/beta/${name}`)
    assert.deepEqual([status, body.id], [200, crew.id], name)
  }
})

test('a user is named by its id and its userPrincipalName, with and without quotes (DELTA-152)', async t => {
  const server = await aServer(t)
  const body = {
    accountEnabled: true,
    displayName: "Ann O'Neill",
    mailNickname: 'ann',
    passwordProfile: { password: 'correct horse' },
    userPrincipalName: `ann.o'neill@${server.domain}`,
  }
  const { id } = (await server.call('/v1.0/users', { method: 'POST', body })).body
  for (const name of [
    `users/${id}`,
    `users('${id}')`,
    `users/ann.o'neill@${server.domain}`,
    `users/Ann.O%27Neill%40${server.domain}`,
    `users('ann.o''neill@${server.domain}')`,
    `users(userPrincipalName='ANN.o''neill@${server.domain}')`,
  ]) {
    const reply = await server.call(`/v1.0/${name}`)
    assert.deepEqual([reply.status, reply.body.id], [200, id], name)
    assert.equal((await server.call(`/v1.0/${name}/memberOf`)).status, 200, name)
  }
})

test('all that can be done to a group or a user is done under each of its names (DELTA-152)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = [await directory.user('Ann'), await directory.user('Bob')]
  const staff = await directory.team('Staff', { uniqueName: 'staff', owners: [ann] })
  const group = "/v1.0/groups(uniqueName='staff')"
  const user = `/v1.0/users(userPrincipalName='bob@${server.domain}')`
  const ref = { '@odata.id': reference(bob) }
  const requests: readonly (readonly [number, string, string, object?])[] = [
    [204, 'PATCH', group, { description: 'new' }],
    [204, 'POST', `${group}/members/$ref`, ref],
    [204, 'POST', `${group}/owners/$ref`, ref],
    [200, 'GET', `${group}/members`],
    [200, 'GET', `${group}/transitiveMembers/microsoft.graph.user`],
    [200, 'GET', `${group}/memberOf`],
    [200, 'POST', `${group}/getMemberGroups`, { securityEnabledOnly: false }],
    [204, 'POST', `${group}/validateProperties`, { displayName: 'new' }],
    [204, 'PATCH', user, { jobTitle: 'new' }],
    [200, 'GET', `${user}/ownedObjects`],
    [200, 'POST', `${user}/checkMemberGroups`, { groupIds: [staff.id] }],
    [204, 'DELETE', `${group}/members('${bob.id}')/$ref`],
    [204, 'DELETE', `${group}/owners/${ann.id}/$ref`],
    [204, 'DELETE', user],
    [204, 'DELETE', group],
  ]
  for (const [status, method, path, body] of requests) {
    const reply = await server.call(path, { method: method as 'GET', ...(body === undefined ? {} : { body }) })
    assert.equal(reply.status, status, `${method} ${path}: ${JSON.stringify(reply.body)}`)
  }
  assert.equal((await server.call(`/v1.0/directory/deletedItems('${staff.id}')`)).body.description, 'new')
  assert.equal((await server.call(`/v1.0/directory/deletedItems/${bob.id}`)).body.jobTitle, 'new')
})

test('links of a list name its object by id, however it was asked (DELTA-152)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff', { uniqueName: 'staff', members: await directory.users(2) })
  const { body } = await server.call("/v1.0/groups(uniqueName='staff')/members?$top=1")
  assert.ok(body['@odata.nextLink'].includes(`/v1.0/groups/${staff.id}/members?`))
  assert.equal((await server.call(body['@odata.nextLink'])).body.value.length, 1)
})

test('a name that nothing live has is 404, and one in the recycle bin is none (DELTA-152)', async t => {
  const server = await aServer(t)
  const gone = await aDirectory(server).group('Gone', { uniqueName: 'gone' })
  await gone.delete()
  for (const name of ['gone', 'never', '', gone.id]) {
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const call = method === 'PATCH' ? { method, body: { description: 'new' } } : { method }
      await assertRefused(server, `/v1.0/groups(uniqueName='${name}')`, call, notFound(name))
    }
  }
  await assertRefused(server, "/v1.0/users(userPrincipalName='nobody@x')", {}, notFound('nobody@x'))
})

test('what is no alternate key of its collection names nothing (DELTA-152)', async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).group('Staff', { uniqueName: 'staff' })
  for (const path of [
    "groups(displayName='Staff')",
    `groups(id='${id}')`,
    "users(uniqueName='staff')",
    "directoryObjects(uniqueName='staff')",
    "directory/deletedItems(uniqueName='staff')",
    `groups/${id}/members(userPrincipalName='x')/$ref`,
    "groups('staff')",
    `groups/('${id}')`,
    `(uniqueName='staff')`,
  ]) {
    const { status, body } = await server.call(`/v1.0/${path}`)
    assert.equal(status, 400, path)
    assert.ok(['BadRequest', 'Request_BadRequest'].includes(body.error.code))
  }
})
