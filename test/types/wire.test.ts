import assert from 'node:assert/strict'
import test from 'node:test'
import type { Device, Group, OrgContact, ServicePrincipal, User } from '@microsoft/microsoft-graph-types'
import type { ObjectType } from '../../src/core/fact.ts'
import type { PropertyKind } from '../../src/core/property.ts'
import { propertiesOf } from '../../src/core/resource.ts'
import { aDirectory } from '../server/aDirectory.ts'
import { aServer } from '../server/aServer.ts'
import {
  ANNOTATIONS,
  asMicrosoftDelta,
  asMicrosoftDevice,
  asMicrosoftGroup,
  asMicrosoftOrgContact,
  asMicrosoftServicePrincipal,
  asMicrosoftUser,
  DEVICE_KINDS,
  GROUP_EXTRAS,
  GROUP_KINDS,
  ORG_CONTACT_KINDS,
  SERVICE_PRINCIPAL_KINDS,
  USER_EXTRAS,
  USER_KINDS,
} from './wire.ts'

/** Whether an answer's value is what a property of its kind can be: the values behind the types of `wire.ts`. */
const FITS: Readonly<Record<PropertyKind, (value: unknown) => boolean>> = {
  string: value => value === null || typeof value === 'string',
  boolean: value => value === null || typeof value === 'boolean',
  integer: value => value === null || Number.isInteger(value),
  dateTime: value => value === null || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(String(value)),
  strings: value => Array.isArray(value) && value.every(item => typeof item === 'string'),
  object: value => value === null,
  objects: value => Array.isArray(value) && value.every(item => typeof item === 'object'),
}

function assertShaped(body: object, kinds: Readonly<Record<string, PropertyKind>>, extras: object): void {
  for (const [name, value] of Object.entries(body)) {
    const kind = kinds[name]
    if (kind === undefined) assert.ok(name === 'id' || name in extras, `${name} is not known`)
    else assert.ok(FITS[kind](value), `${name} is ${JSON.stringify(value)}`)
  }
}

test("the names and kinds that are held against Microsoft's types are those of the tables", () => {
  const kindsOf = (type: ObjectType) =>
    Object.fromEntries([...propertiesOf(type)].map(([name, { kind }]) => [name, kind]))
  assert.deepEqual(kindsOf('group'), GROUP_KINDS)
  assert.deepEqual(kindsOf('user'), USER_KINDS)
  assert.deepEqual(kindsOf('device'), DEVICE_KINDS)
  assert.deepEqual(kindsOf('servicePrincipal'), SERVICE_PRINCIPAL_KINDS)
  assert.deepEqual(kindsOf('orgContact'), ORG_CONTACT_KINDS)
})

test("a group with all its properties is one of Microsoft's, apart from the listed extras", async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const club = await directory.team('Club', { description: 'All of us', theme: 'Teal', uniqueName: 'club' })
  const staff = await directory.group('Staff')
  for (const { id } of [club, staff]) {
    const { body } = await server.call(`/v1.0/groups/${id}?$select=*`)
    assertShaped(body, GROUP_KINDS, GROUP_EXTRAS)
    const shown = [...propertiesOf('group')].filter(([, rule]) => !rule.unshown)
    for (const [name] of shown) assert.ok(name in body, `${name} is not shown`)
    const group: Group = asMicrosoftGroup(body)
    assert.equal(group.id, id)
  }
})

test("a user with all its properties is one of Microsoft's, apart from the listed extras", async t => {
  const server = await aServer(t)
  const ada = await aDirectory(server).user('Ada')
  await ada.set({
    businessPhones: ['+32 2 555 01 23'],
    employeeHireDate: '2024-02-29T00:00:00Z',
    mail: 'ada@example.com',
  })
  const { body } = await server.call(`/v1.0/users/${ada.id}?$select=*`)
  assertShaped(body, USER_KINDS, USER_EXTRAS)
  for (const name of Object.keys(USER_KINDS)) assert.ok(name in body, `${name} is not shown`)
  const user: User = asMicrosoftUser(body)
  assert.equal(user.displayName, 'Ada')
})

test("devices, service principals and contacts with all their properties are Microsoft's, apart from the listed extras", async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [box, bot, ida] = [
    await directory.device('Box'),
    await directory.servicePrincipal('Bot'),
    await directory.contact('Ida'),
  ]
  const shown = async (path: string, kinds: Readonly<Record<string, PropertyKind>>) => {
    const { body } = await server.call(`/v1.0/${path}?$select=*`)
    assertShaped(body, kinds, ANNOTATIONS)
    for (const name of Object.keys(kinds)) assert.ok(name in body, `${name} is not shown`)
    return body
  }
  const device: Device = asMicrosoftDevice(await shown(`devices/${box.id}`, DEVICE_KINDS))
  const principal: ServicePrincipal = asMicrosoftServicePrincipal(
    await shown(`servicePrincipals/${bot.id}`, SERVICE_PRINCIPAL_KINDS),
  )
  const contact: OrgContact = asMicrosoftOrgContact(await shown(`contacts/${ida.id}`, ORG_CONTACT_KINDS))
  assert.deepEqual([device.displayName, principal.displayName, contact.displayName], ['Box', 'Bot', 'Ida'])
})

test("items of delta pages, the bin and lists of members are Microsoft's, apart from the listed extras", async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const inner = await directory.group('Inner')
  const staff = await directory.group('Staff', { members: [ada, inner], owners: [ada], description: 'All of us' })
  const first = await server.call('/v1.0/groups/delta?$select=displayName,description,members,owners,groupTypes')
  await staff.remove(ada)
  await inner.delete()
  const second = await server.call(first.body['@odata.deltaLink'])
  for (const item of [...first.body.value, ...second.body.value]) {
    assertShaped(item, GROUP_KINDS, GROUP_EXTRAS)
    const group: Group = asMicrosoftDelta(item)
    assert.ok(group.id)
  }
  const deleted = (await server.call(`/v1.0/directory/deletedItems/${inner.id}`)).body
  assertShaped(deleted, GROUP_KINDS, GROUP_EXTRAS)
  const { value } = (await server.call(`/v1.0/groups/${staff.id}/owners`)).body
  for (const owner of value) assertShaped(owner, USER_KINDS, USER_EXTRAS)
  assert.equal(value.length, 1)
})

test('every extra names where it is documented', () => {
  for (const page of Object.values({ ...ANNOTATIONS, ...GROUP_EXTRAS, ...USER_EXTRAS })) {
    assert.match(page, /^(graph\/(api\/(resources\/)?)?[a-z-]+|github\.com\/[\w/-]+: [\w./]+)$/)
  }
})
