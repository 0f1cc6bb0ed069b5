import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aServer, BASE } from './aServer.ts'
import { SECURITY, UNIFIED } from './bodies.ts'
import { assertRefused, assertStands, badRequest, headOf, invalidValue, standingOf } from './refusal.ts'

/** What a GET of one group shows by default (learn.microsoft.com, graph/api/group-get), as of a new security group. */
const DEFAULTS = {
  deletedDateTime: null,
  classification: null,
  createdDateTime: '2026-01-15T09:00:00Z',
  description: null,
  displayName: 'Staff',
  expirationDateTime: null,
  groupTypes: [],
  isAssignableToRole: null,
  mail: null,
  mailEnabled: false,
  mailNickname: 'staff',
  membershipRule: null,
  membershipRuleProcessingState: null,
  onPremisesDomainName: null,
  onPremisesLastSyncDateTime: null,
  onPremisesNetBiosName: null,
  onPremisesSamAccountName: null,
  onPremisesSecurityIdentifier: null,
  onPremisesSyncEnabled: null,
  preferredDataLocation: null,
  preferredLanguage: null,
  proxyAddresses: [],
  renewedDateTime: '2026-01-15T09:00:00Z',
  resourceBehaviorOptions: [],
  resourceProvisioningOptions: [],
  securityEnabled: true,
  serviceProvisioningErrors: [],
  theme: null,
  visibility: 'Private',
  onPremisesProvisioningErrors: [],
}

const MAIL_ENABLED = badRequest(
  'The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.',
)

test('a group is created with 201, its Location, the context of one group and the default properties (DELTA-72)', async t => {
  const { call } = await aServer(t)
  for (const version of ['v1.0', 'beta']) {
    const { status, headers, body } = await call(`/${version}/groups`, { method: 'POST', body: SECURITY })
    const { '@odata.context': context, id, securityIdentifier, ...properties } = body
    assert.equal(status, 201)
    assert.equal(headers['location'], `${BASE}/${version}/directoryObjects/${id}/Microsoft.DirectoryServices.Group`)
    assert.equal(context, `${BASE}/${version}/$metadata#groups/$entity`)
    assert.deepEqual(properties, DEFAULTS)
    assert.match(securityIdentifier, /^S-1-12-1(-\d+){4}$/)
    assert.deepEqual((await call(`/${version}/groups/${id}`)).body, body)
  }
})

test('a Microsoft 365 group is public and a security group private, unless visibility is given (DELTA-72)', async t => {
  const { call } = await aServer(t)
  const cases = [
    [SECURITY, 'Private'],
    [UNIFIED, 'Public'],
    [{ ...SECURITY, visibility: 'Public' }, 'Public'],
    [{ ...SECURITY, visibility: null }, 'Private'],
    [{ ...UNIFIED, mailNickname: 'inner', visibility: 'private' }, 'Private'],
    [{ ...UNIFIED, mailNickname: 'secret', visibility: 'HiddenMembership' }, 'HiddenMembership'],
    [{ ...UNIFIED, mailNickname: 'admins', securityEnabled: true, isAssignableToRole: true }, 'Private'],
  ] as const
  for (const [body, visibility] of cases) {
    const reply = await call('/v1.0/groups', { method: 'POST', body })
    assert.equal(reply.status, 201, JSON.stringify(reply.body))
    assert.equal(reply.body.visibility, visibility)
  }
})

test('a Microsoft 365 group has an address, made of its mailNickname, that follows it', async t => {
  const server = await aServer(t)
  const club = await aDirectory(server).team('Club')
  const addressOf = async () => {
    const { body } = await server.call(`/v1.0/groups/${club.id}?$select=mail,proxyAddresses`)
    return [body.mail, ...body.proxyAddresses]
  }
  assert.deepEqual(await addressOf(), [`club@${server.domain}`, `SMTP:club@${server.domain}`])
  await club.set({ mailNickname: 'Circle' })
  assert.deepEqual(await addressOf(), [`Circle@${server.domain}`, `SMTP:Circle@${server.domain}`])
})

test('each of the four properties that a group must have is asked for by its name (DELTA-73)', async t => {
  const server = await aServer(t)
  for (const property of ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled']) {
    const refusal = badRequest(`A value is required for property '${property}' of resource 'Group'.`)
    const { [property]: _, ...body } = { ...SECURITY } as Record<string, unknown>
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body }, refusal)
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body: { ...body, [property]: null } }, refusal)
  }
})

test('mail-enabled groups other than Microsoft 365 groups cannot be made, nor made of another (DELTA-77)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  for (const kind of [
    { mailEnabled: true },
    { mailEnabled: true, groupTypes: [] },
    { mailEnabled: true, securityEnabled: false },
    { mailEnabled: true, groupTypes: ['DynamicMembership'], membershipRule: 'user.city -eq "Ghent"' },
  ]) {
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body: { ...SECURITY, ...kind } }, MAIL_ENABLED)
  }
  await assertRefused(
    server,
    `/v1.0/groups/${staff.id}`,
    { method: 'PATCH', body: { mailEnabled: true } },
    MAIL_ENABLED,
  )
})

test('a group is of one of the two kinds, and stays of it', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff')
  const club = await directory.team('Club')
  const none = { ...SECURITY, securityEnabled: false }
  await assertRefused(server, '/v1.0/groups', { method: 'POST', body: none }, MAIL_ENABLED)
  const mailless = { ...UNIFIED, mailEnabled: false }
  await assertRefused(server, '/v1.0/groups', { method: 'POST', body: mailless }, MAIL_ENABLED)
  const toUnified = { groupTypes: ['Unified'], mailEnabled: true }
  const toSecurity = { groupTypes: [], mailEnabled: false, securityEnabled: true }
  const refusal = invalidValue('groupTypes')
  await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body: toUnified }, refusal)
  await assertRefused(server, `/v1.0/groups/${club.id}`, { method: 'PATCH', body: toSecurity }, refusal)
})

test('a PATCH is answered 204 without a body and changes only the properties that it gives (DELTA-78)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff', { description: 'All of us', classification: 'low' })
  const path = `/v1.0/groups/${staff.id}`
  const before = (await server.call(path)).body
  const reply = await server.call(path, { method: 'PATCH', body: { description: 'Some of us', theme: 'teal' } })
  assert.deepEqual([reply.status, reply.body, reply.headers['content-type']], [204, null, undefined])
  assert.deepEqual((await server.call(path)).body, { ...before, description: 'Some of us', theme: 'Teal' })
})

test('null clears every property of a group that may be null (DELTA-78)', async t => {
  const server = await aServer(t)
  const values = {
    classification: 'low',
    description: 'All of us',
    preferredDataLocation: 'EUR',
    preferredLanguage: 'en-US',
    theme: 'Pink',
    membershipRuleProcessingState: 'Paused',
  }
  const staff = await aDirectory(server).group('Staff', values)
  for (const property of Object.keys(values)) {
    await staff.set({ [property]: null })
    const { body } = await server.call(`/v1.0/groups/${staff.id}?$select=${property}`)
    assert.equal(body[property], null)
  }
})

test('null for a property that may not be null is refused (DELTA-78)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff', { uniqueName: 'staff' })
  const properties = ['displayName', 'groupTypes', 'mailEnabled', 'mailNickname', 'securityEnabled', 'visibility']
  for (const property of [...properties, 'uniqueName']) {
    const body = { description: 'new', [property]: null }
    await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body }, invalidValue(property))
  }
})

test('a PATCH of what is so already, or of nothing, is 204 and no version (DELTA-30)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff', { description: 'All of us' })
  const standing = await standingOf(server)
  for (const body of [{}, { description: 'All of us' }, { '@odata.type': '#microsoft.graph.group' }]) {
    const reply = await server.call(`/v1.0/groups/${staff.id}`, { method: 'PATCH', body })
    assert.equal(reply.status, 204)
  }
  await assertStands(server, standing)
})

test('what the directory keeps of a group itself is refused at its creation and later (DELTA-79)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const kept = {
    id: '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7',
    deletedDateTime: '2026-01-01T00:00:00Z',
    createdDateTime: '2026-01-01T00:00:00Z',
    expirationDateTime: '2026-01-01T00:00:00Z',
    renewedDateTime: '2026-01-01T00:00:00Z',
    mail: 'staff@example.com',
    proxyAddresses: ['SMTP:staff@example.com'],
    securityIdentifier: 'S-1-12-1-1-2-3-4',
    onPremisesDomainName: 'example.com',
    onPremisesLastSyncDateTime: '2026-01-01T00:00:00Z',
    onPremisesNetBiosName: 'EXAMPLE',
    onPremisesSamAccountName: 'staff',
    onPremisesSecurityIdentifier: 'S-1-5-21-1',
    onPremisesSyncEnabled: true,
    onPremisesProvisioningErrors: [],
    serviceProvisioningErrors: [],
    assignedLabels: [],
    assignedLicenses: [],
    licenseProcessingState: null,
    isManagementRestricted: false,
  }
  for (const [property, value] of Object.entries(kept)) {
    const refusal = badRequest(new RegExp(`'${property}'`))
    const body = { ...SECURITY, [property]: value }
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body }, refusal)
    const changes = { description: 'new', [property]: value }
    await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body: changes }, refusal)
  }
})

test('a uniqueName is given once, at creation or later, and takes no other value (DELTA-79)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const staff = await directory.group('Staff', { uniqueName: 'staff' })
  const crew = await directory.group('Crew')
  await crew.set({ uniqueName: 'crew' })
  for (const [group, name] of [
    [staff, 'staff'],
    [crew, 'crew'],
  ] as const) {
    const version = await headOf(server)
    await group.set({ uniqueName: name })
    assert.equal(await headOf(server), version)
    for (const value of ['other', name.toUpperCase(), '', null]) {
      const body = { description: 'new', uniqueName: value }
      await assertRefused(server, `/v1.0/groups/${group.id}`, { method: 'PATCH', body }, invalidValue('uniqueName'))
    }
  }
})

test('a uniqueName names one group of the tenant, in whatever case', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  await directory.group('Staff', { uniqueName: 'staff' })
  const crew = await directory.group('Crew')
  const taken = badRequest('Another object with the same value for property uniqueName already exists.')
  const body = { ...SECURITY, uniqueName: 'STAFF' }
  await assertRefused(server, '/v1.0/groups', { method: 'POST', body }, taken)
  const changes = { uniqueName: 'Staff' }
  await assertRefused(server, `/v1.0/groups/${crew.id}`, { method: 'PATCH', body: changes }, taken)
})

test('what can be set only at creation is refused in a PATCH', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  for (const body of [
    { isAssignableToRole: true },
    { resourceBehaviorOptions: ['HideGroupInOutlook'] },
    { resourceProvisioningOptions: ['Team'] },
    { visibility: 'HiddenMembership' },
  ]) {
    await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body }, badRequest())
  }
})

test('a write to a group that is not there, or is in the recycle bin, is 404', async t => {
  const server = await aServer(t)
  const gone = await aDirectory(server).group('Gone')
  await gone.delete()
  for (const id of [gone.id, '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7']) {
    const refusal = { status: 404, code: 'Request_ResourceNotFound' }
    const body = { displayName: 'new' }
    await assertRefused(server, `/v1.0/groups/${id}`, { method: 'PATCH', body }, refusal)
    await assertRefused(server, `/v1.0/groups/${id}`, { method: 'DELETE' }, refusal)
  }
})
