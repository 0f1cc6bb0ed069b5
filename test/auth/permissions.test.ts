import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../src/auth/caller.ts'
import { allows, authorize, seesHiddenMembers } from '../../src/auth/permission/permissions.ts'
import { PERMISSIONS, type Permission, ROLES, type Role } from '../../src/auth/permission/permissionTable.ts'
import { parseTenantId } from '../../src/core/id.ts'
import { Problem } from '../../src/core/problem.ts'

const ROWS = Object.keys(PERMISSIONS) as Permission[]
const OPEN: Permission[] = ['batch', 'description', 'me']
/** Whatever asks for a role. */
const ALL = ROWS.filter(permission => !OPEN.includes(permission))

function anApp(...roles: string[]): Caller {
  const tenant = parseTenantId('11111111-2222-4333-8444-555555555555')
  return { kind: 'app', tenant, app: 'app', roles: new Set(roles) }
}

/** That an app with these roles alone may do exactly this. */
function assertMay(roles: readonly Role[], permissions: readonly Permission[]): void {
  const allowed = ALL.filter(permission => allows(anApp(...roles), permission))
  assert.deepEqual(allowed.toSorted(), permissions.toSorted())
}

const READS_MEMBERSHIP: Permission[] = [
  'groups.list',
  'groups.get',
  'groups.delta',
  'groups.members.list',
  'groups.owners.list',
  'groups.memberOf.list',
  'groups.transitiveMemberOf.list',
  'users.memberOf.list',
]
/** What a group may be called is told to those who read all of groups. */
const CHECKS_NAMES: Permission[] = ['groups.validate', 'directoryObjects.validate']
const READS_BIN_OF_GROUPS: Permission[] = ['deletedGroups.list', 'deletedGroups.get']
const READS_ORGANIZATION: Permission[] = ['organization.read']
/** What all of groups is besides: the groups of a contact, and their changes among those of directory objects. */
const READS_ALL_OF_GROUPS: Permission[] = ['contacts.memberOf.list', 'directoryObjects.delta.group']
const READS_DEVICES: Permission[] = [
  'devices.list',
  'devices.get',
  'devices.memberOf.list',
  'directoryObjects.delta.device',
]
const READS_APPLICATIONS: Permission[] = [
  'servicePrincipals.list',
  'servicePrincipals.get',
  'servicePrincipals.memberOf.list',
  'servicePrincipals.ownedObjects.list',
  'deletedServicePrincipals.list',
  'deletedServicePrincipals.get',
  'directoryObjects.delta.servicePrincipal',
]
/** Who reads contacts may make them members too, with the right to change the group. */
const READS_CONTACTS: Permission[] = [
  'contacts.list',
  'contacts.get',
  'groups.members.add.orgContact',
  'directoryObjects.delta.orgContact',
]
/** What it takes, beside changing a group, to make a member of what is neither a person nor a group. */
const ADDS_OTHERS: Permission[] = [
  'groups.members.add.device',
  'groups.members.add.servicePrincipal',
  'groups.members.add.orgContact',
]
/** What it takes besides to write groups that are assignable to roles. */
const WRITES_GROUPS_OF_ROLES: Permission[] = ['groups.roleAssignable.create', 'groups.roleAssignable.write']
/** What no app may by itself. */
const FOR_PEOPLE: Permission[] = ['deletedGroups.purge']
const READS_USERS: Permission[] = [
  'users.list',
  'users.get',
  'users.delta',
  'directoryObjects.delta.user',
  'users.ownedObjects.list',
  'deletedUsers.list',
  'deletedUsers.get',
]

test('an app without roles may do nothing', () => {
  assertMay([], [])
})

test('whoever has a good token may send a batch, and be told that an app is nobody', () => {
  assert.deepEqual(
    ROWS.filter(permission => allows(anApp(), permission)),
    OPEN,
  )
})

test('the two roles of an organization read it and nothing else', () => {
  assertMay(['Organization.Read.All'], READS_ORGANIZATION)
  assertMay(['Organization.ReadWrite.All'], READS_ORGANIZATION)
})

test('GroupMember.Read.All reads groups, follows them by delta and lists members, and writes nothing', () => {
  assertMay(['GroupMember.Read.All'], READS_MEMBERSHIP)
})

test('GroupMember.ReadWrite.All adds and removes members too, but changes no property, no owner and no group', () => {
  assertMay(['GroupMember.ReadWrite.All'], [...READS_MEMBERSHIP, 'groups.members.add', 'groups.members.remove'])
})

test('Group.Create creates groups and does nothing else', () => {
  assertMay(['Group.Create'], ['groups.create'])
})

test('Group.Create with User.Read.All may name owners and members at creation', () => {
  assertMay(
    ['Group.Create', 'User.Read.All'],
    [...READS_USERS, 'users.memberOf.list', 'groups.create', 'groups.create.bind'],
  )
})

test('Group.Read.All reads groups and their recycle bin, and no users', () => {
  assertMay(['Group.Read.All'], [...READS_MEMBERSHIP, ...READS_BIN_OF_GROUPS, ...READS_ALL_OF_GROUPS, ...CHECKS_NAMES])
})

test('Group.ReadWrite.All does everything with groups but to purge them or to write those of roles, and with users only tells where they belong', () => {
  const others = [...ADDS_OTHERS, ...WRITES_GROUPS_OF_ROLES, ...FOR_PEOPLE]
  const groups = ALL.filter(permission => /^(groups|deletedGroups)\./.test(permission) && !others.includes(permission))
  const beside: Permission[] = ['users.memberOf.list', 'directoryObjects.validate', ...READS_ALL_OF_GROUPS]
  assertMay(['Group.ReadWrite.All'], [...groups, ...beside])
})

test('Directory.ReadWrite.All writes objects of every type but deletes, restores and purges none', () => {
  const denied: Permission[] = [
    'groups.delete',
    'groups.update.exchange',
    'groups.validate',
    'users.delete',
    'devices.delete',
    'servicePrincipals.delete',
    'deletedGroups.restore',
    'deletedGroups.purge',
    'deletedUsers.restore',
    'deletedUsers.purge',
    'deletedServicePrincipals.restore',
    'deletedServicePrincipals.purge',
    ...WRITES_GROUPS_OF_ROLES,
  ]
  assertMay(
    ['Directory.ReadWrite.All'],
    ALL.filter(permission => !denied.includes(permission)),
  )
})

test('Directory.Read.All reads all and writes nothing', () => {
  const reads = [...READS_MEMBERSHIP, ...READS_BIN_OF_GROUPS, ...READS_USERS, ...READS_ORGANIZATION]
  const others = [...READS_ALL_OF_GROUPS, ...READS_DEVICES, ...READS_APPLICATIONS, ...READS_CONTACTS]
  const objects: Permission[] = ['directoryObjects.get', 'directoryObjects.validate']
  const binds: Permission[] = ['groups.create.bind', 'groups.create.bind.servicePrincipal']
  assertMay(['Directory.Read.All'], [...reads, ...others, ...objects, ...binds])
  assert.ok(!allows(anApp('Directory.Read.All'), 'groups.create'))
})

test('the basic roles read no more than Graph names for them', () => {
  const basic: Permission[] = ['groups.members.list', 'groups.transitiveMemberOf.list']
  assertMay(['Group.ReadBasic.All'], ['groups.get', ...basic])
  assertMay(['GroupMember.ReadBasic.All'], basic)
})

test('User.Read.All reads users and where they belong, and naming them is all that it adds to the right to create groups', () => {
  assertMay(['User.Read.All'], [...READS_USERS, 'users.memberOf.list', 'groups.create.bind'])
})

test('User.ReadWrite.All creates, changes and deletes users, and cannot bring them back', () => {
  assertMay(
    ['User.ReadWrite.All'],
    [...READS_USERS, 'users.memberOf.list', 'users.create', 'users.update', 'users.delete', 'groups.create.bind'],
  )
})

test('User.DeleteRestore.All deletes, restores and purges users', () => {
  assertMay(['User.DeleteRestore.All'], ['users.delete', 'deletedUsers.restore', 'deletedUsers.purge'])
})

test('the roles of devices read and change them, and make them members with the right to change a group', () => {
  const writes: Permission[] = ['devices.create', 'devices.update', 'devices.delete', 'groups.members.add.device']
  assertMay(['Device.Read.All'], READS_DEVICES)
  assertMay(['Device.ReadWrite.All'], [...READS_DEVICES, ...writes])
})

test('the roles of applications read and change service principals, their bin too, and name them in new groups', () => {
  const writes: Permission[] = [
    'servicePrincipals.create',
    'servicePrincipals.update',
    'servicePrincipals.delete',
    'deletedServicePrincipals.restore',
    'deletedServicePrincipals.purge',
    'groups.members.add.servicePrincipal',
  ]
  const reads: Permission[] = [...READS_APPLICATIONS, 'groups.create.bind.servicePrincipal']
  assertMay(['Application.Read.All'], reads)
  assertMay(['Application.ReadWrite.All'], [...reads, ...writes])
})

test('OrgContact.Read.All reads contacts, and their groups only with a right to read groups', () => {
  assertMay(['OrgContact.Read.All'], READS_CONTACTS)
})

test("the demonstration app's roles do everything with all objects by their own paths", () => {
  assertMay(
    [
      'Group.ReadWrite.All',
      'User.ReadWrite.All',
      'User.DeleteRestore.All',
      'Device.ReadWrite.All',
      'Application.ReadWrite.All',
      'OrgContact.Read.All',
      'RoleManagement.ReadWrite.Directory',
    ],
    ALL.filter(permission => ![...READS_ORGANIZATION, ...FOR_PEOPLE, 'directoryObjects.get'].includes(permission)),
  )
})

test('Member.Read.Hidden shows hidden members and grants nothing by itself; no other role shows them', () => {
  assertMay(['Member.Read.Hidden'], [])
  assert.ok(seesHiddenMembers(anApp('Member.Read.Hidden')))
  assert.ok(!seesHiddenMembers(anApp(...ROLES.filter(role => role !== 'Member.Read.Hidden'))))
})

test('RoleManagement.ReadWrite.Directory opens nothing without the right to write a group', () => {
  assertMay(['RoleManagement.ReadWrite.Directory'], WRITES_GROUPS_OF_ROLES)
})

test('all roles together leave to people what no app may by itself', () => {
  assertMay(
    ROLES,
    ALL.filter(permission => !FOR_PEOPLE.includes(permission)),
  )
})

test('a role counts by its exact name', () => {
  for (const role of ['group.readwrite.all', 'Group.ReadWrite.AllX', 'Group.ReadWrite', '', '*', '__proto__']) {
    assert.ok(!ALL.some(permission => allows(anApp(role), permission)), role)
  }
})

test("a refusal says so in Graph's words, and what is allowed passes", () => {
  authorize(anApp('GroupMember.Read.All'), 'groups.delta')
  assert.throws(
    () => authorize(anApp('GroupMember.Read.All'), 'groups.create'),
    (error: unknown) =>
      error instanceof Problem &&
      error.code === 'Authorization_RequestDenied' &&
      error.message === 'Insufficient privileges to complete the operation.',
  )
})
