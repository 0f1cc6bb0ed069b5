import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, reference } from './aDirectory.ts'
import { aServer } from './aServer.ts'
import { SECURITY, userBody } from './bodies.ts'
import { assertRefused, assertStands, badRequest, invalidValue, standingOf } from './refusal.ts'

test('names of properties and references are matched in any case (DELTA-108)', async t => {
  const server = await aServer(t)
  const ada = await aDirectory(server).user('Ada')
  const body = {
    DISPLAYNAME: 'Staff',
    mailenabled: false,
    MailNickName: 'staff',
    securityenabled: true,
    DescripTion: 'x',
  }
  const links = { 'Members@OData.Bind': [reference(ada)], 'OWNERS@odata.bind': [reference(ada)] }
  const created = await server.call('/v1.0/groups', { method: 'POST', body: { ...body, ...links } })
  assert.equal(created.status, 201)
  assert.deepEqual([created.body.displayName, created.body.description], ['Staff', 'x'])
  for (const relation of ['members', 'owners']) {
    const { value } = (await server.call(`/v1.0/groups/${created.body.id}/${relation}`)).body
    assert.equal(value.length, 1)
  }
  const user = Object.entries(userBody(server, 'ben')).map(([name, value]) => [name.toUpperCase(), value])
  assert.equal((await server.call('/v1.0/users', { method: 'POST', body: Object.fromEntries(user) })).status, 201)
  const path = `/v1.0/groups/${created.body.id}/members`
  await server.call(`${path}/${ada.id}/$ref`, { method: 'DELETE' })
  const again = await server.call(`${path}/$ref`, { method: 'POST', body: { '@OData.ID': reference(ada) } })
  assert.equal(again.status, 204)
})

test('annotations are ignored, whatever they hold (DELTA-108)', async t => {
  const server = await aServer(t)
  const annotations = {
    '@odata.context': 'x',
    '@odata.type': 7,
    '@odata.id': [],
    'displayName@odata.type': '#String',
    'members@odata.count': 3,
  }
  const group = await server.call('/v1.0/groups', { method: 'POST', body: { ...SECURITY, ...annotations } })
  assert.equal(group.status, 201)
  const user = await server.call('/v1.0/users', {
    method: 'POST',
    body: { ...userBody(server, 'ada'), ...annotations },
  })
  assert.equal(user.status, 201)
  const standing = await standingOf(server)
  const changed = await server.call(`/v1.0/groups/${group.body.id}`, { method: 'PATCH', body: annotations })
  assert.equal(changed.status, 204)
  await assertStands(server, standing)
})

test('a name that the resource does not have is refused with the name (DELTA-108)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const ada = await directory.user('Ada')
  for (const name of [
    'nonsense',
    'id',
    'members',
    'owners',
    'jobTitles',
    '',
    ' displayName',
    'display name',
    'ownerIds',
    'toString',
  ]) {
    const refusal = badRequest(new RegExp(`'${name}'`))
    for (const [path, whole] of [
      ['groups', SECURITY],
      ['users', userBody(server, 'ben')],
    ] as const) {
      await assertRefused(server, `/v1.0/${path}`, { method: 'POST', body: { ...whole, [name]: 'x' } }, refusal)
    }
    for (const [path, change] of [
      [`groups/${staff.id}`, { description: 'new' }],
      [`users/${ada.id}`, { givenName: 'new' }],
    ] as const) {
      await assertRefused(server, `/v1.0/${path}`, { method: 'PATCH', body: { ...change, [name]: 'x' } }, refusal)
    }
  }
})

const TEXT = [7, true, [], {}, ['x']]
const BOOLEAN = ['true', 0, 1, [], {}]
const TEXTS = ['x', 7, {}, [7], [null], [['x']]]

test('a value of the wrong type is refused with the name of its property (DELTA-108)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const ada = await directory.user('Ada')
  const ofGroup: Readonly<Record<string, readonly unknown[]>> = {
    displayName: TEXT,
    description: TEXT,
    mailNickname: TEXT,
    visibility: [...TEXT, 'Secret', ''],
    theme: [...TEXT, 'Black'],
    uniqueName: TEXT,
    mailEnabled: BOOLEAN,
    securityEnabled: BOOLEAN,
    groupTypes: [...TEXTS, ['Distribution'], ['']],
  }
  const ofUser: Readonly<Record<string, readonly unknown[]>> = {
    displayName: TEXT,
    jobTitle: TEXT,
    userPrincipalName: TEXT,
    accountEnabled: BOOLEAN,
    businessPhones: TEXTS,
    otherMails: TEXTS,
    employeeHireDate: [...TEXT, '2026', 'now'],
    passwordProfile: ['x', 7, true, []],
  }
  for (const [table, resource, place, change, whole] of [
    [ofGroup, 'Group', `groups/${staff.id}`, { classification: 'new' }, SECURITY],
    [ofUser, 'User', `users/${ada.id}`, { givenName: 'new' }, userBody(server, 'ben')],
  ] as const) {
    for (const [property, values] of Object.entries(table)) {
      for (const value of values) {
        const refusal = invalidValue(property, resource)
        const body = { ...change, [property]: value }
        await assertRefused(server, `/v1.0/${place}`, { method: 'PATCH', body }, refusal)
        const [collection] = place.split('/')
        const created = { ...whole, [property]: value }
        await assertRefused(server, `/v1.0/${collection}`, { method: 'POST', body: created }, refusal)
      }
    }
  }
  for (const value of ['x', 7, null, {}, [7], [null]]) {
    const body = { ...SECURITY, 'members@odata.bind': value }
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body }, badRequest())
  }
})

test('an @odata.bind of no relation is 400 and named, other annotations are ignored (DELTA-108)', async t => {
  const server = await aServer(t)
  for (const name of ['owner@odata.bind', 'memberOf@odata.bind', 'manager@odata.bind']) {
    const refused = await server.call('/v1.0/groups', { method: 'POST', body: { ...SECURITY, [name]: [] } })
    assert.equal(refused.status, 400)
    assert.ok(refused.body.error.message.includes(`'${name}'`))
  }
  const annotated = { ...SECURITY, '@odata.type': '#microsoft.graph.group', 'displayName@odata.type': '#String' }
  assert.equal((await server.call('/v1.0/groups', { method: 'POST', body: annotated })).status, 201)
})

test('a value of the length that is allowed is taken, a longer one refused, at creation and later (DELTA-151)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const ada = await directory.user('Ada')
  const text = (length: number) => 'x'.repeat(length)
  const texts = (count: number, length: number) => Array.from({ length: count }, () => text(length))
  const ofGroup = {
    classification: [text(256), text(257)],
    description: [text(1024), text(1025)],
    preferredDataLocation: [text(64), text(65)],
    preferredLanguage: [text(64), text(65)],
    uniqueName: [text(128), text(129)],
  }
  const ofUser = {
    businessPhones: [texts(1, 64), texts(1, 65), texts(2, 1)],
    city: [text(128), text(129)],
    faxNumber: [text(64), text(65)],
    mail: [text(320), text(321)],
    otherMails: [texts(250, 250), texts(251, 1), texts(1, 251)],
    passwordProfile: [{ password: text(1009) }, { password: text(1010) }, { password: 'x', more: texts(99, 99) }],
    preferredLanguage: [text(64), text(65)],
  }
  for (const [table, resource, place, whole] of [
    [ofGroup, 'Group', `groups/${staff.id}`, SECURITY],
    [ofUser, 'User', `users/${ada.id}`, userBody(server, 'ben')],
  ] as const) {
    for (const [property, [allowed, ...longer]] of Object.entries(table)) {
      for (const value of longer) {
        const body = { [property]: value }
        const refusal = invalidValue(property, resource)
        await assertRefused(server, `/v1.0/${place}`, { method: 'PATCH', body }, refusal)
        const collection = `/v1.0/${resource.toLowerCase()}s`
        await assertRefused(server, collection, { method: 'POST', body: { ...whole, ...body } }, refusal)
      }
      const taken = await server.call(`/v1.0/${place}`, { method: 'PATCH', body: { [property]: allowed } })
      assert.equal(taken.status, 204, property)
    }
  }
})
