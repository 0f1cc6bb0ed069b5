import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aNeighbour } from './aNeighbour.ts'
import { aServer, BASE, copyStore, type TestServer } from './aServer.ts'
import { userBody } from './bodies.ts'
import { assertRefused, assertStands, badRequest, headOf, invalidValue, notFound, standingOf } from './refusal.ts'

const PASSWORD = 'opensesame-52-nobody-may-keep-this'

/** What a GET of one user shows by default (learn.microsoft.com, graph/api/user-get), as of a new one. */
function defaultsOf({ domain }: TestServer) {
  return {
    businessPhones: [],
    displayName: 'ada',
    givenName: null,
    jobTitle: null,
    mail: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: null,
    userPrincipalName: `ada@${domain}`,
  }
}

/** All that the server keeps, as bytes. */
async function bytesOf(server: TestServer): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-'))
  try {
    await copyStore(server.store, join(folder, 'copy.db'))
    return readFileSync(join(folder, 'copy.db'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('a user is created with 201, its Location, the context of one user and the default properties (DELTA-89)', async t => {
  const server = await aServer(t)
  const body = userBody(server, 'ada')
  const reply = await server.call('/v1.0/users', { method: 'POST', body })
  const { '@odata.context': context, id, ...properties } = reply.body
  assert.equal(reply.status, 201)
  assert.equal(reply.headers['location'], `${BASE}/v1.0/users/${id}`)
  assert.equal(context, `${BASE}/v1.0/$metadata#users/$entity`)
  assert.deepEqual(properties, defaultsOf(server))
  assert.deepEqual((await server.call(`/v1.0/users/${id}`)).body, reply.body)
})

test('no password is told or kept, of a new user or of a new password (DELTA-89)', async t => {
  const server = await aServer(t)
  const body = {
    ...userBody(server, 'ada'),
    passwordProfile: { password: PASSWORD, forceChangePasswordNextSignIn: true },
  }
  const created = await server.call('/v1.0/users', { method: 'POST', body })
  const path = `/v1.0/users/${created.body.id}`
  const head = await headOf(server)
  const changed = await server.call(path, { method: 'PATCH', body: { passwordProfile: body.passwordProfile } })
  assert.equal(changed.status, 204)
  assert.equal(await headOf(server), head)
  const shown = [
    created,
    await server.call(`${path}?$select=passwordProfile,displayName`),
    await server.call(`${path}?$select=*`),
    await server.call('/v1.0/users/delta'),
    await server.call('/v1.0/users/delta?$select=passwordProfile'),
  ]
  for (const reply of shown) {
    assert.ok(reply.status < 300)
    assert.ok(!JSON.stringify(reply.body).includes(PASSWORD))
  }
  assert.equal(shown[1]?.body.passwordProfile, null)
  const kept = await bytesOf(server)
  assert.ok(kept.includes(`ada@${server.domain}`))
  assert.ok(!kept.includes(PASSWORD))
})

test('each of the five properties that a user must have is asked for by its name (DELTA-89)', async t => {
  const server = await aServer(t)
  const required = ['accountEnabled', 'displayName', 'mailNickname', 'passwordProfile', 'userPrincipalName']
  for (const property of required) {
    const refusal = badRequest(`A value is required for property '${property}' of resource 'User'.`)
    const { [property]: _, ...body } = userBody(server, 'ada') as Record<string, unknown>
    await assertRefused(server, '/v1.0/users', { method: 'POST', body }, refusal)
    await assertRefused(server, '/v1.0/users', { method: 'POST', body: { ...body, [property]: null } }, refusal)
  }
})

test('a passwordProfile without a password is refused', async t => {
  const server = await aServer(t)
  const ada = await aDirectory(server).user('Ada')
  for (const passwordProfile of [{}, { password: '' }, { password: 7 }, { password: null }, 'secret', []]) {
    const refusal = invalidValue('passwordProfile', 'User')
    const body = { ...userBody(server, 'ben'), passwordProfile }
    await assertRefused(server, '/v1.0/users', { method: 'POST', body }, refusal)
    const changes = { jobTitle: 'new', passwordProfile }
    await assertRefused(server, `/v1.0/users/${ada.id}`, { method: 'PATCH', body: changes }, refusal)
  }
})

test('a userPrincipalName that another user has, in whatever case, is refused (DELTA-90)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  await directory.user('ada')
  const ben = await directory.user('ben')
  const taken = badRequest('Another object with the same value for property userPrincipalName already exists.')
  for (const userPrincipalName of [`ada@${server.domain}`, `ADA@${server.domain.toUpperCase()}`]) {
    const body = { ...userBody(server, 'cleo'), userPrincipalName }
    await assertRefused(server, '/v1.0/users', { method: 'POST', body }, taken)
    const changes = { jobTitle: 'new', userPrincipalName }
    await assertRefused(server, `/v1.0/users/${ben.id}`, { method: 'PATCH', body: changes }, taken)
  }
})

test("a userPrincipalName outside the tenant's domains, another tenant's too, is refused (DELTA-90)", async t => {
  const server = await aServer(t)
  const { tenant } = await aNeighbour(server)
  const ada = await aDirectory(server).user('ada')
  const domains = ['example.com', `${tenant.slice(0, 8)}.tidemark.example`, `sub.${server.domain}`, `${server.domain}.`]
  for (const domain of domains) {
    const refusal = badRequest(/The domain portion of the userPrincipalName property is invalid/)
    const body = userBody({ domain }, 'new')
    await assertRefused(server, '/v1.0/users', { method: 'POST', body }, refusal)
    const { userPrincipalName } = body
    await assertRefused(server, `/v1.0/users/${ada.id}`, { method: 'PATCH', body: { userPrincipalName } }, refusal)
  }
})

test('a userPrincipalName is an alias and one of the domains, and nothing else', async t => {
  const server = await aServer(t)
  const { domain } = server
  for (const name of [
    'ada',
    `@${domain}`,
    `a@b@${domain}`,
    `a da@${domain}`,
    `ädä@${domain}`,
    `${'a'.repeat(65)}@${domain}`,
    `ada.@${domain}`,
    '',
    7,
  ]) {
    const body = { ...userBody(server, 'ada'), userPrincipalName: name }
    await assertRefused(server, '/v1.0/users', { method: 'POST', body }, invalidValue('userPrincipalName', 'User'))
  }
})

test('a domain is the same in any case, and another one with a letter that only Unicode takes for k (DELTA-90)', async t => {
  const server = await aServer(t)
  const domain = 'kiosk.example'
  await server.store.putTenant({
    id: server.tenant,
    kind: 'workforce',
    displayName: 'Kiosk',
    defaultDomain: domain,
    domains: [domain],
  })
  const create = (name: string, of: string) =>
    server.call('/v1.0/users', {
      method: 'POST',
      body: { ...userBody(server, name), userPrincipalName: `${name}@${of}` },
    })
  assert.equal((await create('ada', 'KIOSK.Example')).status, 201)
  const refused = await create('bob', '\u212aiosk.example')
  assert.equal(refused.status, 400)
  assert.match(refused.body.error.message, /is not one of the verified domains \(kiosk\.example\)/)
})

test('a userPrincipalName is free in any verified domain, and again once its user is deleted (DELTA-90)', async t => {
  const server = await aServer(t)
  const { tenant, domain, store, call } = server
  const domains = [domain, 'ours.example']
  await store.putTenant({ id: tenant, kind: 'workforce', displayName: 'Test', defaultDomain: domain, domains })
  for (const one of domains) {
    const reply = await call('/v1.0/users', { method: 'POST', body: userBody({ domain: one }, 'ada') })
    assert.equal(reply.status, 201, JSON.stringify(reply.body))
    assert.equal((await call(`/v1.0/users/${reply.body.id}`, { method: 'DELETE' })).status, 204)
  }
  const again = await call('/v1.0/users', { method: 'POST', body: userBody(server, 'ada') })
  assert.equal(again.status, 201)
})

test('a user is read, changed and deleted by its id or its userPrincipalName, in whatever case (DELTA-91)', async t => {
  const server = await aServer(t)
  const { call, domain } = server
  const ada = await aDirectory(server).user('Ada')
  const names = [ada.id, ada.id.toUpperCase(), `ada@${domain}`, `Ada@${domain.toUpperCase()}`, `ada%40${domain}`]
  for (const [index, name] of names.entries()) {
    const changed = await call(`/v1.0/users/${name}`, { method: 'PATCH', body: { jobTitle: `Title ${index}` } })
    assert.deepEqual([changed.status, changed.body], [204, null])
    const { status, body } = await call(`/v1.0/users('${name}')`)
    assert.equal(status, 200)
    assert.deepEqual([body.id, body.jobTitle], [ada.id, `Title ${index}`])
  }
  const deleted = await call(`/v1.0/users/ada@${domain}`, { method: 'DELETE' })
  assert.deepEqual([deleted.status, deleted.body], [204, null])
})

test('a deleted user is found in the recycle bin, and at its old places no more (DELTA-91)', async t => {
  const server = await aServer(t)
  const { call, domain } = server
  const ada = await aDirectory(server).user('Ada')
  await ada.delete()
  const bin = await call('/v1.0/directory/deletedItems/microsoft.graph.user')
  assert.deepEqual(
    bin.body.value.map(({ id }: { id: string }) => id),
    [ada.id],
  )
  for (const name of [ada.id, `ada@${domain}`]) {
    for (const how of [{}, { method: 'PATCH', body: { jobTitle: 'new' } }, { method: 'DELETE' }] as const) {
      await assertRefused(server, `/v1.0/users/${name}`, how, notFound(name))
    }
  }
})

test('a PATCH of a user changes only what it gives, and null clears what may be null', async t => {
  const server = await aServer(t)
  const ada = await aDirectory(server).user('ada')
  const path = `/v1.0/users/${ada.id}`
  const before = (await server.call(path)).body
  await ada.set({ jobTitle: 'Analyst', businessPhones: ['+32 2 555 01 23'], usageLocation: 'BE' })
  const after = { ...before, jobTitle: 'Analyst', businessPhones: ['+32 2 555 01 23'] }
  assert.deepEqual((await server.call(path)).body, after)
  await ada.set({ jobTitle: null, businessPhones: [] })
  assert.deepEqual((await server.call(path)).body, before)
  for (const property of ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'businessPhones']) {
    const body = { givenName: 'new', [property]: null }
    await assertRefused(server, path, { method: 'PATCH', body }, badRequest(new RegExp(`'${property}'`)))
  }
  const standing = await standingOf(server)
  await ada.set({ displayName: 'ada', jobTitle: null })
  await assertStands(server, standing)
})

test('what the directory keeps of a user itself is refused at creation and later', async t => {
  const server = await aServer(t)
  const ada = await aDirectory(server).user('ada')
  const kept = {
    id: ada.id,
    createdDateTime: '2026-01-01T00:00:00Z',
    deletedDateTime: null,
    creationType: 'Invitation',
    lastPasswordChangeDateTime: '2026-01-01T00:00:00Z',
    onPremisesSyncEnabled: true,
    proxyAddresses: [],
    securityIdentifier: 'S-1-12-1-1-2-3-4',
    assignedLicenses: [],
    assignedPlans: [],
    provisionedPlans: [],
    identities: [],
  }
  for (const [property, value] of Object.entries(kept)) {
    const refusal = badRequest(new RegExp(`'${property}'`))
    const body = { ...userBody(server, 'ben'), [property]: value }
    await assertRefused(server, '/v1.0/users', { method: 'POST', body }, refusal)
    const changes = { jobTitle: 'new', [property]: value }
    await assertRefused(server, `/v1.0/users/${ada.id}`, { method: 'PATCH', body: changes }, refusal)
  }
})

test('text, dates and countries of a user have their bounds, and what is just inside is kept', async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).user('ada')
  const inside = {
    givenName: 'g'.repeat(64),
    jobTitle: 'j'.repeat(128),
    streetAddress: 's'.repeat(1024),
    employeeId: '1234567890123456',
    usageLocation: 'be',
    employeeHireDate: '2024-02-29T23:30:00-01:00',
    userType: 'guest',
  }
  const path = `/v1.0/users/${id}`
  assert.equal((await server.call(path, { method: 'PATCH', body: inside })).status, 204)
  const { body } = await server.call(`${path}?$select=${Object.keys(inside).join(',')}`)
  assert.deepEqual(body, {
    '@odata.context': body['@odata.context'],
    ...inside,
    employeeHireDate: '2024-03-01T00:30:00Z',
    userType: 'Guest',
  })
  const outside: readonly (readonly [string, unknown])[] = [
    ['givenName', 'g'.repeat(65)],
    ['jobTitle', 'j'.repeat(129)],
    ['streetAddress', 's'.repeat(1025)],
    ['employeeId', '12345678901234567'],
    ['usageLocation', 'BEL'],
    ['usageLocation', 'B1'],
    ['businessPhones', ['+32 2 555 01 23', '+32 2 555 01 24']],
    ['userType', 'Robot'],
    ['employeeHireDate', '2026-02-30T00:00:00Z'],
    ['employeeHireDate', '2026-13-01T00:00:00Z'],
    ['employeeHireDate', '9999-12-31T23:59:59-14:00'],
    ['employeeHireDate', '0000-01-01T00:00:00+14:00'],
    ['employeeHireDate', '2026-01-01'],
    ['employeeHireDate', 'yesterday'],
  ]
  for (const [property, value] of outside) {
    const changes = { surname: 'new', [property]: value }
    await assertRefused(server, path, { method: 'PATCH', body: changes }, invalidValue(property, 'User'))
  }
})
