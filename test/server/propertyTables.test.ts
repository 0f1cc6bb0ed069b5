import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader } from './aReader.ts'
import { aServer } from './aServer.ts'
import { userBody } from './bodies.ts'
import { assertRefused, badRequest, invalidValue } from './refusal.ts'

const EVENTUAL = { consistencylevel: 'eventual' }

test('what nobody can set reads as null, an empty collection, or what Graph shows from the beginning (DELTA-170)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const ann = await directory.user('Ann')
  const ofGroup = {
    accessType: null,
    isFavorite: false,
    isSubscribedByMail: true,
    unseenConversationsCount: 0,
    unseenCount: 0,
    unseenMessagesCount: 0,
    infoCatalogs: [],
    organizationId: null,
    welcomeMessageEnabled: null,
    assignedLabels: [],
    licenseProcessingState: null,
  }
  const ofUser = {
    aboutMe: null,
    birthday: '0001-01-01T00:00:00Z',
    deviceEnrollmentLimit: 5,
    employeeOrgData: null,
    imAddresses: [],
    licenseAssignmentStates: [],
    mailboxSettings: null,
    onPremisesDistinguishedName: null,
    signInActivity: null,
    skills: [],
  }
  for (const [path, values] of [
    [`groups/${staff.id}`, ofGroup],
    [`users/${ann.id}`, ofUser],
  ] as const) {
    const { body } = await server.call(`/v1.0/${path}?$select=${Object.keys(values).join(',')}`)
    const { '@odata.context': _, ...shown } = body
    assert.deepEqual(shown, values)
  }
  for (const [path, property] of [
    [`groups/${staff.id}`, 'accessType'],
    [`groups/${staff.id}`, 'unseenCount'],
    [`users/${ann.id}`, 'signInActivity'],
    [`users/${ann.id}`, 'deviceEnrollmentLimit'],
  ] as const) {
    const body = { [property]: 1 }
    await assertRefused(server, `/v1.0/${path}`, { method: 'PATCH', body }, badRequest(new RegExp(`'${property}'`)))
  }
})

test('isArchived and hasMembersWithLicenseErrors are never shown, and the second can be filtered by (DELTA-170)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const path = `/v1.0/groups/${staff.id}`
  const { body } = await server.call(`${path}?$select=id,isArchived,hasMembersWithLicenseErrors`)
  assert.deepEqual(Object.keys(body), ['@odata.context', 'id'])
  const all = (await server.call(`${path}?$select=*`)).body
  assert.ok(!('isArchived' in all) && 'accessType' in all)
  const found = async (filter: string) => {
    const reply = await server.call(`/v1.0/groups?$count=true&$filter=${encodeURIComponent(filter)}`, {
      headers: EVENTUAL,
    })
    assert.equal(reply.status, 200, filter)
    return reply.body.value.length
  }
  assert.equal(await found('hasMembersWithLicenseErrors eq true'), 0)
  assert.equal(await found('hasMembersWithLicenseErrors ne true'), 1)
  assert.equal(await found('assignedLicenses/$count eq 0'), 1)
  assert.equal(await found('assignedLicenses/$count ne 0'), 0)
})

test('what people say of themselves is kept and shown on one user by name, and tells nothing to rounds (DELTA-171)', async t => {
  const server = await aServer(t)
  const ann = await aDirectory(server).user('Ann')
  const reader = aReader(server, '/v1.0/users/delta')
  await reader.round()
  const said = {
    aboutMe: 'I count things.',
    birthday: '1990-02-28T00:00:00Z',
    interests: ['tides', 'charts'],
    preferredName: 'Annie',
  }
  await ann.set(said)
  assert.deepEqual(await reader.round(), [])
  const { body } = await server.call(`/v1.0/users/${ann.id}?$select=${Object.keys(said).join(',')}`)
  const { '@odata.context': _, ...shown } = body
  assert.deepEqual(shown, said)
  assert.ok(!('aboutMe' in (await server.call(`/v1.0/users/${ann.id}`)).body))
  for (const path of ['/v1.0/users?$select=aboutMe', '/v1.0/users/delta?$select=skills']) {
    await assertRefused(server, path, {}, { status: 501, code: 'NotImplemented' })
  }
  await ann.set({ aboutMe: null, interests: [] })
  const later = (await server.call(`/v1.0/users/${ann.id}?$select=aboutMe,interests`)).body
  assert.deepEqual([later.aboutMe, later.interests], [null, []])
  const nothing = { birthday: null }
  await assertRefused(server, `/v1.0/users/${ann.id}`, { method: 'PATCH', body: nothing }, badRequest(/'birthday'/))
})

test('what people say of themselves is refused at creation, and beside other properties later (DELTA-177)', async t => {
  const server = await aServer(t)
  const ann = await aDirectory(server).user('Ann')
  const path = `/v1.0/users/${ann.id}`
  const body = { ...userBody(server, 'bob'), skills: ['tides'] }
  await assertRefused(server, '/v1.0/users', { method: 'POST', body }, badRequest(/'skills'/))
  const both = { jobTitle: 'Analyst', aboutMe: 'I count things.' }
  await assertRefused(server, path, { method: 'PATCH', body: both }, badRequest(/'aboutMe'.*together/))
  for (const [name, value] of Object.entries(both)) await ann.set({ [name]: value })
  const { body: shown } = await server.call(`${path}?$select=jobTitle,aboutMe`)
  assert.deepEqual([shown.jobTitle, shown.aboutMe], ['Analyst', 'I count things.'])
})

test('employeeOrgData holds its two texts and nothing else (DELTA-177)', async t => {
  const server = await aServer(t)
  const ann = await aDirectory(server).user('Ann')
  const path = `/v1.0/users/${ann.id}`
  await ann.set({
    employeeOrgData: { '@odata.type': '#microsoft.graph.employeeOrgData', COSTCENTER: '7', division: null },
  })
  const { body } = await server.call(`${path}?$select=employeeOrgData`)
  assert.deepEqual(body.employeeOrgData, { costCenter: '7', division: null })
  for (const employeeOrgData of [{ team: 'a' }, { division: 7 }, ['a'], 'a']) {
    await assertRefused(
      server,
      path,
      { method: 'PATCH', body: { employeeOrgData } },
      invalidValue('employeeOrgData', 'User'),
    )
  }
  await ann.set({ employeeOrgData: null })
})

test('lists know the names of options, properties and words of a filter in any case, with $ or without (DELTA-2)', async t => {
  const server = await aServer(t)
  const [one] = await aDirectory(server).groups('One', 'Two')
  const query = "%24FILTER=DISPLAYNAME+EQ+'one'&Select=ID%2CDisplayname&%24Top=1&orderBy=displayname%20DESC&$COUNT=True"
  const { status, body } = await server.call(`/V1.0/GROUPS/?${query}`, { headers: EVENTUAL })
  assert.equal(status, 200)
  assert.equal(body['@odata.count'], 1)
  assert.deepEqual(body.value, [{ id: one?.id, displayName: 'One' }])
})
