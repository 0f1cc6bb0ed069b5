import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader, linkOf, pageOf } from './aReader.ts'
import { aServer, BASE, pagesOf } from './aServer.ts'

const USERS = '/v1.0/users/delta'

/** What GET of one user shows by default (learn.microsoft.com, graph/api/user-get). */
const USER_DEFAULTS = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
]

const USER_SET = {
  businessPhones: ['+43 1 234'],
  givenName: 'Ann',
  jobTitle: 'Auditor',
  mail: 'ann@directory.example',
  mobilePhone: '+43 664 234',
  officeLocation: 'Vienna',
  preferredLanguage: 'de-AT',
  surname: 'Archer',
}

test('without $select a round shows of a user what GET shows by default (DELTA-20)', async t => {
  const server = await aServer(t)
  const ann = await aDirectory(server).user('Ann')
  await ann.set(USER_SET)
  const { '@odata.context': context, ...shown } = (await server.call(`/v1.0/users/${ann.id}`)).body
  assert.equal(context, `${BASE}/v1.0/$metadata#users/$entity`)
  assert.deepEqual(Object.keys(shown).sort(), USER_DEFAULTS)
  assert.equal(USER_DEFAULTS.length, 11)
  const reader = aReader(server, USERS)
  assert.deepEqual(await reader.round(), [shown])
  await ann.set({ accountEnabled: false, department: 'Audit' })
  assert.deepEqual(await reader.round(), [])
})

test('users/delta tells a new user, a deleted, a restored and a purged one (DELTA-65)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const reader = aReader(server, `${USERS}?$select=displayName,jobTitle`)
  await reader.round()
  const ann = await directory.user('Ann')
  await ann.set({ jobTitle: 'Auditor' })
  const whole = { id: ann.id, displayName: 'Ann', jobTitle: 'Auditor' }
  assert.deepEqual(await reader.round(), [whole])
  await ann.delete()
  assert.deepEqual(await reader.round(), [{ id: ann.id, '@removed': { reason: 'changed' } }])
  await ann.restore()
  assert.deepEqual(await reader.round({ prefer: 'return=minimal' }), [whole])
  await ann.delete()
  await ann.restore()
  assert.deepEqual(await reader.round({ prefer: 'return=minimal' }), [whole])
  await ann.delete()
  await ann.purge()
  assert.deepEqual(await reader.round(), [{ id: ann.id, '@removed': { reason: 'deleted' } }])
  assert.equal(reader.holds(ann), false)
  assert.deepEqual(await aReader(server, USERS).round(), [])
})

test('memberships and groups tell nothing in users/delta (DELTA-65)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const reader = aReader(server, USERS)
  const items = await reader.round()
  assert.ok(items.every(item => Object.keys(item).every(key => !key.includes('@'))))
  const staff = await directory.group('Staff', { members: [ann], owners: [ann] })
  await staff.add(bob)
  await staff.remove(ann)
  await staff.addOwner(bob)
  await staff.delete()
  await staff.purge()
  assert.deepEqual(await reader.round(), [])
})

test('a round of users has pages, minimal items and a filter as a round of groups has', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const directory = aDirectory(server)
  const users = await directory.users(5)
  const chosen = users.slice(1, 4).map(user => user.id)
  const filter = chosen.map(id => `id+eq+'${id}'`).join('+or+')
  const all = aReader(server, `${USERS}?$select=displayName,jobTitle`)
  const some = aReader(server, `${USERS}?$select=displayName,jobTitle&$filter=${filter}`)
  for (const reader of [all, some]) await reader.round()
  assert.deepEqual([all.pages.length, all.copy.size, some.copy.size], [3, 5, 3])
  for (const user of users) await user.set({ jobTitle: 'Auditor' })
  for (const [reader, ids] of [
    [all, users.map(user => user.id)],
    [some, chosen],
  ] as const) {
    const items = await reader.round({ prefer: 'return=minimal' })
    assert.deepEqual(
      items,
      ids.map(id => ({ id, jobTitle: 'Auditor' })),
    )
  }
})

test('a user deleted while the users are paged is gone at the end of the round (DELTA-42)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const users = await aDirectory(server).users(6)
  const reader = aReader(server, USERS)
  await reader.page()
  for (const user of users.slice(0, 5)) await user.delete()
  await users[0]?.purge()
  await users[1]?.restore()
  await reader.round()
  assert.deepEqual([...reader.copy.keys()].sort(), [users[1]?.id, users[5]?.id].sort())
})

test('a link of users lives and ends like one of groups (DELTA-49, DELTA-50)', async t => {
  const server = await aServer(t)
  const ann = await aDirectory(server).user('Ann')
  const first = `${USERS}?$select=displayName&$filter=id+eq+'${ann.id}'`
  const link = linkOf(pageOf(await server.call(first)))
  server.clock.advance(server.services.settings.tokenLifeMs)
  assert.equal((await server.call(link)).status, 200)
  server.clock.advance(1)
  const { status, headers } = await server.call(link)
  assert.equal(status, 410)
  const location = String(headers['location'])
  assert.ok(location.startsWith(`${BASE}${USERS}?`))
  const { value } = pageOf(await server.call(location))
  assert.deepEqual(value, pageOf(await server.call(first)).value)
})
