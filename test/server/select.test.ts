import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader } from './aReader.ts'
import { aServer } from './aServer.ts'

/** What GET of one group shows by default (learn.microsoft.com, graph/api/group-get), `id` apart. */
const GROUP_DEFAULTS = [
  'deletedDateTime',
  'classification',
  'createdDateTime',
  'description',
  'displayName',
  'expirationDateTime',
  'groupTypes',
  'isAssignableToRole',
  'mail',
  'mailEnabled',
  'mailNickname',
  'membershipRule',
  'membershipRuleProcessingState',
  'onPremisesDomainName',
  'onPremisesLastSyncDateTime',
  'onPremisesNetBiosName',
  'onPremisesProvisioningErrors',
  'onPremisesSamAccountName',
  'onPremisesSecurityIdentifier',
  'onPremisesSyncEnabled',
  'preferredDataLocation',
  'preferredLanguage',
  'proxyAddresses',
  'renewedDateTime',
  'resourceBehaviorOptions',
  'resourceProvisioningOptions',
  'securityEnabled',
  'securityIdentifier',
  'serviceProvisioningErrors',
  'theme',
  'visibility',
]

const GROUP_SET = {
  classification: 'Confidential',
  description: 'all of us',
  preferredDataLocation: 'EUR',
  preferredLanguage: 'de-AT',
  resourceBehaviorOptions: ['WelcomeEmailDisabled'],
  resourceProvisioningOptions: ['Team'],
  theme: 'Teal',
}

test('without $select a round shows of a group what GET shows by default, as far as it was set (DELTA-20)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).team('Staff', { ...GROUP_SET, uniqueName: 'staff' })
  const { '@odata.context': context, ...shown } = (await server.call(`/v1.0/groups/${staff.id}`)).body
  assert.ok(context)
  assert.equal(GROUP_DEFAULTS.length + 1, 32)
  assert.deepEqual(Object.keys(shown).sort(), ['id', ...GROUP_DEFAULTS].sort())
  const [item, ...others] = await aReader(server).round()
  assert.deepEqual(others, [])
  const everSet = Object.entries(shown).filter(([, value]) => value !== null && JSON.stringify(value) !== '[]')
  assert.deepEqual(item, Object.fromEntries(everSet))
  for (const name of Object.keys(GROUP_SET)) assert.ok(name in (item ?? {}), name)
  const [selected] = await aReader(server, `/v1.0/groups/delta?$select=${GROUP_DEFAULTS}`).round()
  assert.deepEqual(selected, item)
})

test('without $select a round shows the members of a group and not its owners (DELTA-20)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const staff = await directory.group('Staff', { members: [ann], owners: [bob] })
  const reader = aReader(server)
  const [item] = await reader.round()
  assert.deepEqual(reader.membersOf(staff), [ann.id])
  assert.equal('owners@delta' in (item ?? {}), false)
})

test('a round shows id and what is selected, and nothing else (DELTA-20)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const staff = await directory.group('Staff', { members: [ann], owners: [ann], uniqueName: 'staff' })
  const entries = [{ '@odata.type': '#microsoft.graph.user', id: ann.id }]
  const items: [select: string, item: object][] = [
    ['id', {}],
    ['displayName', { displayName: 'Staff' }],
    ['DISPLAYNAME,uniquename', { displayName: 'Staff', uniqueName: 'staff' }],
    ['members', { 'members@delta': entries }],
    ['owners,displayName', { displayName: 'Staff', 'owners@delta': entries }],
    ['description', {}],
  ]
  for (const [select, item] of items) {
    assert.deepEqual(await aReader(server, `/v1.0/groups/delta?$select=${select}`).round(), [{ id: staff.id, ...item }])
  }
})

test('a change outside of what is selected tells nothing (DELTA-21)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const staff = await directory.group('Staff', { owners: [ann] })
  const followed: [select: string, unseen: () => Promise<void>, seen: () => Promise<void>][] = [
    ['?$select=displayName', () => staff.set({ description: 'a' }), () => staff.set({ displayName: 'A' })],
    ['?$select=displayName', () => staff.add(ann), () => staff.set({ displayName: 'B' })],
    ['?$select=displayName', () => staff.remove(ann), () => staff.set({ displayName: 'C' })],
    ['?$select=members', () => staff.set({ displayName: 'D' }), () => staff.add(bob)],
    ['?$select=members', () => staff.addOwner(bob), () => staff.remove(bob)],
    ['?$select=owners', () => staff.add(bob), () => staff.removeOwner(bob)],
    ['', () => staff.addOwner(bob), () => staff.remove(bob)],
    ['', () => staff.set({ uniqueName: 'staff' }), () => staff.set({ description: 'b' })],
    ['?$select=id', () => staff.set({ displayName: 'E', description: null }), () => staff.delete()],
  ]
  for (const [query, unseen, seen] of followed) {
    const reader = aReader(server, `/v1.0/groups/delta${query}`)
    await reader.round()
    await unseen()
    assert.deepEqual(await reader.round(), [], query)
    await seen()
    const told = await reader.round()
    assert.deepEqual(
      told.map(item => item.id),
      [staff.id],
      query,
    )
  }
})

test('with owners selected, owners@delta follows them as members@delta does the members (DELTA-22)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const staff = await directory.group('Staff', { members: [bob], owners: [ann] })
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName,members,owners')
  const user = { '@odata.type': '#microsoft.graph.user' }
  const removed = { '@removed': { reason: 'deleted' } }
  const properties = { id: staff.id, displayName: 'Staff' }
  assert.deepEqual(await reader.round(), [
    { ...properties, 'members@delta': [{ ...user, id: bob.id }], 'owners@delta': [{ ...user, id: ann.id }] },
  ])
  await staff.addOwner(bob)
  assert.deepEqual(await reader.round(), [{ ...properties, 'owners@delta': [{ ...user, id: bob.id }] }])
  await staff.removeOwner(ann)
  await staff.remove(bob)
  assert.deepEqual(await reader.round(), [
    {
      ...properties,
      'members@delta': [{ ...user, id: bob.id, ...removed }],
      'owners@delta': [{ ...user, id: ann.id, ...removed }],
    },
  ])
  assert.deepEqual([...(reader.copy.get(staff.id)?.owners ?? [])], [bob.id])
})

test('selecting what the resource does not have is 400, and the message names it (DELTA-23)', async t => {
  const { call } = await aServer(t)
  const refused: [collection: string, select: string, named: string][] = [
    ['groups', 'colour', 'colour'],
    ['groups', 'displayName,colour', 'colour'],
    ['groups', 'members/displayName', 'members/displayName'],
    ['groups', 'microsoft.graph.group/displayName', 'microsoft.graph.group/displayName'],
    ['groups', 'memberOf', 'memberOf'],
    ['groups', 'userPrincipalName', 'userPrincipalName'],
    ['users', 'members', 'members'],
    ['users', 'mailEnabled', 'mailEnabled'],
  ]
  for (const [collection, select, named] of refused) {
    const { status, body } = await call(`/v1.0/${collection}/delta?$select=${select}`)
    assert.equal(status, 400, select)
    assert.equal(body.error.code, 'BadRequest')
    assert.ok(body.error.message.includes(`'${named}'`), body.error.message)
  }
  for (const select of ['', ',', 'displayName,']) {
    const { status, body } = await call(`/v1.0/groups/delta?$select=${select}`)
    assert.equal(status, 400, select)
    assert.equal(body.error.code, 'BadRequest')
  }
})

test('a change to an Exchange-stored property tells nothing (DELTA-24)', async t => {
  const server = await aServer(t)
  const team = await aDirectory(server).team('Team')
  const reader = aReader(server)
  await reader.round()
  for (const name of ['hideFromAddressLists', 'allowExternalSenders', 'autoSubscribeNewMembers']) {
    const { status } = await server.call(`/v1.0/groups/${team.id}`, { method: 'PATCH', body: { [name]: true } })
    assert.equal(status, 200)
    assert.equal((await server.call(`/v1.0/groups/${team.id}?$select=${name}`)).body[name], true)
    assert.deepEqual(await reader.round(), [], name)
  }
})

test('selecting an Exchange-stored property on a collection is 501, on one group it is shown (DELTA-24)', async t => {
  const server = await aServer(t)
  const team = await aDirectory(server).team('Team')
  for (const path of ['groups/delta', 'groups', 'directory/deletedItems/microsoft.graph.group']) {
    for (const select of ['hideFromAddressLists', 'displayName,HIDEFROMOUTLOOKCLIENTS']) {
      const { status, body } = await server.call(`/v1.0/${path}?$select=${select}`)
      assert.equal(status, 501, path)
      assert.equal(body.error.code, 'NotImplemented')
    }
  }
  const one = await server.call(`/v1.0/groups/${team.id}?$select=hideFromAddressLists`)
  assert.deepEqual([one.status, one.body.hideFromAddressLists], [200, false])
})

test('$select=* names all that the directory keeps, and an Exchange-stored property by its name is 501 (DELTA-24)', async t => {
  const server = await aServer(t)
  const group = await aDirectory(server).group('Staff')
  const every = await server.call('/v1.0/groups/delta?$select=*')
  assert.equal(every.status, 200)
  assert.equal(every.body.value[0].id, group.id)
  assert.equal('hideFromAddressLists' in every.body.value[0], false)
  assert.equal((await server.call('/v1.0/groups?$select=*')).status, 200)
  for (const path of ['/v1.0/groups', '/v1.0/groups/delta']) {
    const refused = await server.call(`${path}?$select=*,hideFromAddressLists`)
    assert.equal(refused.status, 501)
    assert.equal(refused.body.error.code, 'NotImplemented')
  }
})
