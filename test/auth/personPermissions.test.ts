import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../src/auth/caller.ts'
import type { DirectoryRole } from '../../src/auth/directoryRoles.ts'
import { allows, authorize, preauthorize, seesHiddenMembers } from '../../src/auth/permission/permissions.ts'
import { PERMISSIONS, type Permission, ROLES, SCOPES } from '../../src/auth/permission/permissionTable.ts'
import { parseObjectId, parseTenantId } from '../../src/core/id.ts'
import { Problem } from '../../src/core/problem.ts'

const ROWS = Object.keys(PERMISSIONS) as Permission[]
const OPEN: Permission[] = ['batch', 'description', 'me']
const TENANT = parseTenantId('11111111-2222-4333-8444-555555555555')

function anApp(...roles: string[]): Caller {
  return { kind: 'app', tenant: TENANT, app: 'app', roles: new Set(roles) }
}

function aPerson(scopes: readonly string[], directoryRoles: readonly DirectoryRole[] = [], isGuest = false): Caller {
  return {
    ...{ kind: 'person', tenant: TENANT, app: 'app', isGuest },
    user: parseObjectId('22222222-2222-4333-8444-555555555555'),
    scopes: new Set(scopes),
    directoryRoles: new Set(directoryRoles),
  }
}

test('what is open is open to whoever has a good token, and nothing else is', () => {
  const allowed = ROWS.filter(permission => allows(aPerson(['openid'], ['Global Administrator']), permission))
  assert.deepEqual(allowed, OPEN)
})

test('what no app may by itself it may on behalf of people', () => {
  assert.ok(!allows(anApp(...ROLES), 'deletedGroups.purge'))
  assert.ok(allows(aPerson(['Group.ReadWrite.All']), 'deletedGroups.purge'))
})

test('a name counts exactly, and roles are no scopes', () => {
  for (const name of ['group.readwrite.all', 'Group.ReadWrite.AllX', 'Group.ReadWrite', '', '*', '__proto__']) {
    for (const caller of [anApp(name), aPerson([name])]) {
      assert.deepEqual(
        ROWS.filter(permission => allows(caller, permission)),
        OPEN,
        name,
      )
    }
  }
  assert.ok(!allows(aPerson(['Group.Create']), 'groups.create'))
  assert.ok(!allows(anApp('Directory.AccessAsUser.All'), 'users.list'))
})

test('a role of its own opens nothing to a person without a scope, and a scope opens no writes without a role', () => {
  assert.ok(!allows(aPerson(['User.Read.All'], ['Global Administrator']), 'users.create'))
  assert.ok(!allows(aPerson(['User.ReadWrite.All']), 'users.create'))
  assert.ok(!allows(aPerson(['User.ReadWrite.All'], ['Groups Administrator']), 'users.create'))
  assert.ok(allows(aPerson(['User.ReadWrite.All'], ['User Administrator']), 'users.create'))
})

test('a guest sees what is its own, and the rest with any directory role', () => {
  const scopes = [...SCOPES]
  assert.ok(!allows(aPerson(scopes, [], true), 'groups.list'))
  const reader = aPerson(scopes, ['Directory Readers'], true)
  assert.ok(allows(reader, 'groups.list') && !allows(reader, 'users.create'))
})

test('Member.Read.Hidden shows hidden members: to apps, and everywhere to administrators of groups and users', () => {
  assert.ok(seesHiddenMembers(anApp('Member.Read.Hidden')))
  assert.ok(!seesHiddenMembers(anApp(...ROLES.filter(role => role !== 'Member.Read.Hidden'))))
  const scopes = ['Member.Read.Hidden']
  assert.ok(!seesHiddenMembers(aPerson(scopes)))
  assert.ok(!seesHiddenMembers(aPerson(scopes, ['Directory Readers', 'Privileged Role Administrator'])))
  for (const role of ['User Administrator', 'Helpdesk Administrator', 'Global Reader'] as const) {
    assert.ok(seesHiddenMembers(aPerson(scopes, [role])), role)
    assert.ok(!seesHiddenMembers(aPerson(['Group.Read.All'], [role])), role)
  }
})

test("a refusal says so in Graph's words, and what is allowed passes", () => {
  authorize(anApp('GroupMember.Read.All'), 'groups.delta')
  preauthorize(aPerson(['Group.ReadWrite.All']), 'groups.update')
  for (const refusal of [
    () => authorize(anApp('GroupMember.Read.All'), 'groups.create'),
    () => preauthorize(aPerson(['GroupMember.Read.All'], ['Global Administrator']), 'groups.update'),
  ]) {
    assert.throws(
      refusal,
      (error: unknown) =>
        error instanceof Problem &&
        error.code === 'Authorization_RequestDenied' &&
        error.message === 'Insufficient privileges to complete the operation.',
    )
  }
})
