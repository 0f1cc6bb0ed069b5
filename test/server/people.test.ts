import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { DirectoryRole } from '../../src/auth/directoryRoles.ts'
import { type ObjectId, parseObjectId } from '../../src/core/id.ts'
import { aDirectory, type Named, reference } from './aDirectory.ts'
import { aServer, type SignedIn } from './aServer.ts'
import { SECURITY, UNIFIED } from './bodies.ts'
import { bin } from './operations.ts'
import { assertEnvelope, assertRefused, badRequest, type Refusal } from './refusal.ts'

const DENIED: Refusal = {
  status: 403,
  code: 'Authorization_RequestDenied',
  message: 'Insufficient privileges to complete the operation.',
}
const READING = ['Group.Read.All', 'User.Read.All', 'Directory.Read.All']
const WRITING = ['Group.ReadWrite.All', 'RoleManagement.ReadWrite.Directory']

function signedIn({ id }: Named, scopes: readonly string[], ...directoryRoles: DirectoryRole[]): SignedIn {
  return { user: parseObjectId(id), scopes, directoryRoles }
}

async function aDirectoryOfPeople(t: TestContext) {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ada, ben, gil] = [await directory.user('Ada'), await directory.user('Ben'), await directory.user('Gil')]
  await gil.set({ userType: 'Guest' })
  const ownersOf = async (id: string): Promise<ObjectId[]> => {
    const { body } = await server.call(`/v1.0/groups/${id}/owners`)
    return body.value.map((owner: Named) => owner.id).sort()
  }
  return { server, directory, ada, ben, gil, ownersOf }
}

test('a guest reads itself and the groups to which it belongs, and nothing else (DELTA-201)', async t => {
  const { server, directory, ada, gil } = await aDirectoryOfPeople(t)
  const joined = await directory.group('Joined', { members: [gil, ada] })
  const owned = await directory.group('Owned', { members: [ada], owners: [gil] })
  const other = await directory.group('Other', { members: [ada] })
  const as = signedIn(gil, READING)
  const get = (path: string) => server.call(`/v1.0/${path}`, { as })
  for (const { id } of [joined, owned]) {
    for (const end of ['', '/members', '/owners', '/memberOf', '/transitiveMembers', '?$expand=members']) {
      assert.equal((await get(`groups/${id}${end}`)).status, 200, end)
    }
  }
  for (const path of [
    ...['', '/members', '/owners', '/memberOf', '/transitiveMembers'].map(end => `groups/${other.id}${end}`),
    ...['groups', 'users', 'groups/delta', 'users/delta', 'devices', 'contacts', 'servicePrincipals'],
    ...[`users/${ada.id}`, `users/${ada.id}/memberOf`, `directoryObjects/${ada.id}`],
    ...['directory/deletedItems/microsoft.graph.group', 'directory/deletedItems/microsoft.graph.user'],
  ]) {
    await assertRefused(server, `/v1.0/${path}`, { as }, DENIED)
  }
  for (const path of [
    ...['users/nobody@tidemark.example', "groups(uniqueName='nothing')", 'users/nobody@tidemark.example/memberOf'],
    ...[`groups/${ada.id}`, `groups/${ada.id}/members`, `users/${other.id}`],
  ]) {
    await assertRefused(server, `/v1.0/${path}`, { as }, DENIED)
  }
  const writer = { ...as, scopes: WRITING }
  for (const [method, path, body] of [
    ['PATCH', "groups(uniqueName='nothing')", { description: 'new' }],
    ['DELETE', "groups(uniqueName='nothing')", undefined],
    ['POST', "groups(uniqueName='nothing')/members/$ref", { '@odata.id': reference(ada) }],
    ['DELETE', `groups(uniqueName='nothing')/owners/${ada.id}/$ref`, undefined],
  ] as const) {
    await assertRefused(server, `/v1.0/${path}`, { method, ...(body && { body }), as: writer }, DENIED)
  }
  assert.equal((await get(`users/${gil.id}`)).status, 200)
  const { body } = await get(`groups/${joined.id}/members?$select=id,displayName`)
  assert.deepEqual(
    new Map(body.value.map((member: { id: string; displayName: unknown }) => [member.id, member.displayName])),
    new Map([
      [ada.id, null],
      [gil.id, 'Gil'],
    ]),
  )
  const named = `$select=id,displayName`
  for (const path of [
    `me/memberOf?${named}`,
    `users/${gil.id}/memberOf?${named}&$count=true&$filter=displayName eq 'Joined'`,
  ]) {
    const reply = await server.call(`/v1.0/${path}`, { as, headers: { consistencylevel: 'eventual' } })
    assert.deepEqual(
      reply.body.value.map((group: { displayName: unknown }) => group.displayName),
      ['Joined'],
      path,
    )
  }
  const reader = signedIn(gil, READING, 'Directory Readers')
  assert.equal((await server.call('/v1.0/groups/delta', { as: reader })).status, 200)
})

test('a person who creates a group is its owner and may not name itself; an administrator is that of a Microsoft 365 group alone, and may (DELTA-202)', async t => {
  const { server, ada, ben, ownersOf } = await aDirectoryOfPeople(t)
  const member = signedIn(ada, WRITING)
  const administrator = signedIn(ada, WRITING, 'Groups Administrator')
  const owners = (...people: readonly Named[]) => ({ 'owners@odata.bind': people.map(reference) })
  const create = async (as: SignedIn, body: object): Promise<ObjectId[]> => {
    const reply = await server.call('/v1.0/groups', { method: 'POST', body, as })
    assert.equal(reply.status, 201, JSON.stringify(reply.body))
    return ownersOf(reply.body.id)
  }
  let number = 0
  const team = (more: object = {}) => {
    number += 1
    return { ...UNIFIED, mailNickname: `team${number}`, ...more }
  }
  assert.deepEqual(await create(member, SECURITY), [ada.id])
  assert.deepEqual(await create(member, team()), [ada.id])
  assert.deepEqual(await create(member, team(owners(ben))), [ada.id, ben.id].sort())
  for (const body of [{ ...SECURITY, ...owners(ada) }, team(owners(ben, ada))]) {
    const refusal = badRequest(/already exist .* 'owners'/)
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body, as: member }, refusal)
  }
  assert.deepEqual(await create(administrator, SECURITY), [])
  assert.deepEqual(await create(administrator, team()), [ada.id])
  assert.deepEqual(await create(administrator, { ...SECURITY, ...owners(ada) }), [ada.id])
  assert.deepEqual(await create(administrator, team(owners(ada))), [ada.id])
})

test('a group that is assignable to roles is written with RoleManagement.ReadWrite.Directory besides, by its owners and those who administer roles (DELTA-203)', async t => {
  const { server, directory, ada, ben } = await aDirectoryOfPeople(t)
  const kind = { isAssignableToRole: true, visibility: 'Private' }
  const admins = await directory.group('Admins', { ...kind, owners: [ada] })
  const path = `/v1.0/groups/${admins.id}`
  const change = { method: 'PATCH', body: { description: 'new' } } as const
  const body = { ...SECURITY, ...kind }
  const roles = ['Group.ReadWrite.All']
  await assertRefused(server, path, { ...change, roles }, DENIED)
  await assertRefused(server, path, { ...change, roles: ['RoleManagement.ReadWrite.Directory'] }, DENIED)
  await assertRefused(server, '/v1.0/groups', { method: 'POST', body, roles }, DENIED)
  for (const [method, end, more] of [
    ['POST', '/members/$ref', { body: { '@odata.id': reference(ben) } }],
    ['DELETE', '', {}],
  ] as const) {
    for (const as of [
      signedIn(ada, ['Group.ReadWrite.All']),
      signedIn(ben, WRITING),
      signedIn(ben, WRITING, 'Groups Administrator', 'User Administrator'),
    ]) {
      await assertRefused(server, path + end, { method, ...more, as }, DENIED)
    }
  }
  for (const as of [
    signedIn(ada, WRITING),
    signedIn(ben, WRITING, 'Privileged Role Administrator'),
    signedIn(ben, WRITING, 'Global Administrator'),
  ]) {
    assert.equal((await server.call(path, { ...change, as })).status, 204)
  }
  await assertRefused(server, '/v1.0/groups', { method: 'POST', body, as: signedIn(ada, WRITING) }, DENIED)
  const creator = signedIn(ada, WRITING, 'Privileged Role Administrator')
  assert.equal((await server.call('/v1.0/groups', { method: 'POST', body, as: creator })).status, 201)
  await admins.delete()
  const groupsAdministrator = signedIn(ben, WRITING, 'Groups Administrator')
  await assertRefused(server, `${bin(admins.id)}/restore`, { method: 'POST', as: groupsAdministrator }, DENIED)
  await assertRefused(server, bin(admins.id), { method: 'DELETE', as: groupsAdministrator }, DENIED)
})

test('hidden members are shown with Member.Read.Hidden to those who administer groups or users, and to members in the group itself (DELTA-204)', async t => {
  const { server, directory, ada, ben } = await aDirectoryOfPeople(t)
  const hidden = await directory.team('Hidden', { members: [ada], visibility: 'HiddenMembership' })
  const scopes = ['Group.Read.All', 'Member.Read.Hidden']
  const path = `/v1.0/groups/${hidden.id}/members`
  const seen = async (as: SignedIn) => {
    const { body } = await server.call('/v1.0/groups/delta?$select=members', { as })
    return body.value.find((item: Named) => item.id === hidden.id)['members@delta']?.length ?? null
  }
  for (const as of [signedIn(ada, scopes), signedIn(ben, scopes, 'User Administrator')]) {
    assert.equal((await server.call(path, { as })).status, 200)
    assert.equal((await server.call(`/v1.0/groups/${hidden.id}?$expand=members`, { as })).body.members.length, 1)
  }
  for (const as of [
    signedIn(ada, ['Group.Read.All']),
    signedIn(ben, scopes),
    signedIn(ben, ['Group.Read.All'], 'User Administrator'),
  ]) {
    await assertRefused(server, path, { as }, DENIED)
    assert.equal(await seen(as), null)
  }
  assert.equal(await seen(signedIn(ben, scopes, 'User Administrator')), 1)
  assert.equal(await seen(signedIn(ada, scopes)), null)
})

test('from the next request on a token of a user that is deleted or disabled is 401, and good again when it is back (DELTA-205)', async t => {
  const { server, ada } = await aDirectoryOfPeople(t)
  const as = signedIn(ada, READING)
  const refusal: Refusal = {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'The user of the access token is deleted or disabled.',
  }
  const assertOut = async () => {
    const reply = await server.call('/v1.0/groups', { as })
    assertEnvelope(reply, refusal)
    assert.match(String(reply.headers['www-authenticate']), /^Bearer realm=""/)
  }
  const assertIn = async () => assert.equal((await server.call('/v1.0/groups', { as })).status, 200)
  await assertIn()
  await ada.set({ accountEnabled: false })
  await assertOut()
  await ada.set({ accountEnabled: true })
  await assertIn()
  await ada.delete()
  await assertOut()
  await ada.restore()
  await assertIn()
  await ada.delete()
  await ada.purge()
  await assertOut()
})

test('an app purges no group by itself, with whatever roles, but restores it; on behalf of an administrator it purges (DELTA-101)', async t => {
  const { server, directory, ada } = await aDirectoryOfPeople(t)
  const staff = await directory.group('Staff')
  const roles = ['Group.ReadWrite.All', 'Directory.ReadWrite.All']
  await staff.delete()
  await assertRefused(server, bin(staff.id), { method: 'DELETE', roles }, DENIED)
  assert.equal((await server.call(`${bin(staff.id)}/restore`, { method: 'POST', roles })).status, 200)
  await staff.delete()
  await assertRefused(server, bin(staff.id), { method: 'DELETE', as: signedIn(ada, WRITING) }, DENIED)
  const as = signedIn(ada, WRITING, 'Groups Administrator')
  assert.equal((await server.call(bin(staff.id), { method: 'DELETE', as })).status, 204)
})

test('/me is the user who has signed in, and /me/memberOf its groups (DELTA-206)', async t => {
  const { server, directory, ada } = await aDirectoryOfPeople(t)
  const staff = await directory.group('Staff', { members: [ada] })
  const as = signedIn(ada, READING)
  for (const [own, path] of [
    ['me', `users/${ada.id}`],
    ['me?$select=id,userType', `users/${ada.id}?$select=id,userType`],
    ['me/memberOf', `users/${ada.id}/memberOf`],
  ]) {
    assert.deepEqual((await server.call(`/v1.0/${own}`, { as })).body, (await server.call(`/v1.0/${path}`)).body)
  }
  const { body } = await server.call('/v1.0/me/memberOf', { as })
  assert.deepEqual(
    body.value.map((group: Named) => group.id),
    [staff.id],
  )
})

test('with User.Read a person reads its own user and where that belongs, and of nobody else more than an id (DELTA-224)', async t => {
  const { server, directory, ada, ben } = await aDirectoryOfPeople(t)
  const staff = await directory.group('Staff', { members: [ada, ben], owners: [ada] })
  for (const scope of ['User.Read', 'User.ReadWrite']) {
    const as = signedIn(ada, [scope])
    const upn = (await server.call(`/v1.0/users/${ada.id}`)).body.userPrincipalName
    for (const path of ['me', 'me/memberOf', `users/${ada.id}`, `users/${upn}`, `users/${ada.id}/ownedObjects`]) {
      assert.equal((await server.call(`/v1.0/${path}`, { as })).status, 200, path)
    }
    for (const path of ['users', 'users/delta', 'groups', `groups/${staff.id}`, `directoryObjects/${ada.id}`]) {
      await assertRefused(server, `/v1.0/${path}`, { as }, DENIED)
    }
    for (const path of ['', '/memberOf', '/transitiveMemberOf', '/ownedObjects']) {
      await assertRefused(server, `/v1.0/users/${ben.id}${path}`, { as }, DENIED)
      await assertRefused(server, `/v1.0/users/nobody@tidemark.example${path}`, { as }, DENIED)
    }
    const body = { displayName: 'new' }
    for (const { id } of [ada, ben]) {
      await assertRefused(server, `/v1.0/users/${id}`, { method: 'PATCH', body, as }, DENIED)
      await assertRefused(server, `/v1.0/users/${id}`, { method: 'DELETE', as }, DENIED)
    }
    const members = await server.call(`/v1.0/groups/${staff.id}/members?$select=id,displayName`, {
      as: signedIn(ada, [scope, 'GroupMember.Read.All']),
    })
    const names = members.body.value.map(({ id, displayName }: Record<string, string>) => [id, displayName])
    assert.deepEqual(
      new Map(names),
      new Map([
        [ada.id, ada.name],
        [ben.id, null],
      ]),
    )
  }
})

test('each request of a batch is judged for the person who sent it (DELTA-115, DELTA-200)', async t => {
  const { server, directory, ada } = await aDirectoryOfPeople(t)
  const [own, other] = [await directory.group('Own', { owners: [ada] }), await directory.group('Other')]
  const change = ({ id }: Named) => ({
    ...{ id, method: 'PATCH', url: `/groups/${id}`, headers: { 'Content-Type': 'application/json' } },
    body: { description: 'new' },
  })
  const body = { requests: [change(own), change(other), { id: 'me', method: 'GET', url: '/me' }] }
  const reply = await server.call('/v1.0/$batch', { method: 'POST', body, as: signedIn(ada, [...WRITING, ...READING]) })
  const statuses = reply.body.responses.map(({ id, status }: { id: string; status: number }) => [id, status])
  assert.deepEqual(Object.fromEntries(statuses), { [own.id]: 204, [other.id]: 403, me: 200 })
})

test('an app that may only create groups names its own service principal in them (DELTA-100)', async t => {
  const { server, directory, ada } = await aDirectoryOfPeople(t)
  const roles = ['Group.Create']
  const appId = 'a11ce000-0000-4000-8000-000000000001'
  const own = await server.call('/v1.0/servicePrincipals', { method: 'POST', body: { appId } })
  const other = await directory.servicePrincipal('Other')
  const body = (...owners: readonly Named[]) => ({ ...SECURITY, 'owners@odata.bind': owners.map(reference) })
  for (const owners of [[ada], [other], [own.body, ada]]) {
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body: body(...owners), roles }, DENIED)
  }
  const reply = await server.call('/v1.0/groups', { method: 'POST', body: body(own.body), roles })
  assert.equal(reply.status, 201)
})

test('a commit is recorded with the app that asked and the person on whose behalf, who are null where there was none (DELTA-209)', async t => {
  const { server, directory, ada } = await aDirectoryOfPeople(t)
  const staff = await directory.group('Staff')
  const as = signedIn(ada, WRITING, 'Global Administrator')
  const changed = await server.call(`/v1.0/groups/${staff.id}`, { method: 'PATCH', body: { description: 'Ada' }, as })
  assert.equal(changed.status, 204)
  const requests = [{ id: '1', method: 'DELETE', url: `/groups/${staff.id}` }]
  const { body } = await server.call('/v1.0/$batch', { method: 'POST', body: { requests }, as })
  const [ofBatch, alone, ofApp] = await server.store.commits(server.tenant, 3)
  assert.deepEqual(
    [ofBatch, alone, ofApp].map(commit => commit?.user),
    [ada.id, ada.id, null],
  )
  assert.equal(ofApp?.app, alone?.app)
  assert.deepEqual(
    [ofBatch?.requestId, alone?.requestId],
    [body.responses[0].headers['request-id'], changed.headers['request-id']],
  )
  const nothing = await server.call(`/v1.0/groups/${staff.id}`, { method: 'PATCH', body: { description: 'B' }, as })
  assert.equal(nothing.status, 404)
  assert.equal((await server.store.commits(server.tenant, 1))[0]?.version, ofBatch?.version)
})
