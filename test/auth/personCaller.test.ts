import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../src/auth/caller.ts'
import { DIRECTORY_ROLES, type DirectoryRole } from '../../src/auth/directoryRoles.ts'
import { issueDelegatedToken, issuerOf } from '../../src/auth/issuer/issuer.ts'
import { aPlainApp } from './aPlainApp.ts'
import {
  APP,
  assertAccepted,
  assertRefused,
  BASE,
  forge,
  MALFORMED,
  NOW,
  OF_USER,
  OTHER_TENANT,
  ring,
  TENANT,
  USER,
  WRONG_AUDIENCE,
} from './aToken.ts'

const NO_PERSON = 'The user of the access token is deleted or disabled.'

function aPerson(scopes: readonly string[], directoryRoles: readonly DirectoryRole[] = [], isGuest = false): Caller {
  return {
    kind: 'person',
    tenant: TENANT,
    app: APP,
    user: USER,
    isGuest,
    scopes: new Set(scopes),
    directoryRoles: new Set(directoryRoles),
  }
}

test('a delegated token of the local issuer tells the tenant, the app, the user, its scopes and directory roles', async () => {
  const app = aPlainApp({ clientId: APP, tenant: TENANT, displayName: 'App', roles: [] })
  const user = { id: USER, displayName: 'Größe', userPrincipalName: 'groesse@example.org' }
  const scopes = ['User.Read', 'Group.Read.All']
  const directoryRoles: DirectoryRole[] = ['Groups Administrator', 'User Administrator']
  const grant = { tenant: TENANT, app, audience: BASE, now: NOW, issuer: issuerOf(BASE, TENANT), ring }
  const token = await issueDelegatedToken({ ...grant, user, scopes, directoryRoles })
  assert.deepEqual(await assertAccepted(token), aPerson(scopes, directoryRoles))
})

test('a token of a user says so in idtyp, or does not say', async () => {
  const caller = aPerson(['Group.Read.All', 'User.Read.All'])
  assert.deepEqual(await assertAccepted(forge(OF_USER)), caller)
  assert.deepEqual(await assertAccepted(forge({ ...OF_USER, idtyp: 'user' })), caller)
})

test('of a user the scopes count and not the roles, of an app the roles and not the directory roles', async () => {
  const roles = ['Group.ReadWrite.All']
  assert.deepEqual(await assertAccepted(forge({ ...OF_USER, scp: 'User.Read', roles })), aPerson(['User.Read']))
  const wids = [DIRECTORY_ROLES['Global Administrator']]
  const app = { kind: 'app', tenant: TENANT, app: APP, roles: new Set(['Group.Read.All']) }
  assert.deepEqual(await assertAccepted(forge({ wids })), app)
})

test('scopes are taken by their whole names', async () => {
  const scp = 'group.read.all Group.Read.AllX Group.Read.All,User.Read.All'
  assert.deepEqual(await assertAccepted(forge({ ...OF_USER, scp })), aPerson(scp.split(' ')))
})

test('directory roles are known by their template ids, and others are passed over', async () => {
  const wids = [
    DIRECTORY_ROLES['User Administrator'],
    'b79fbf4d-3ef9-4689-8143-76b194e85509',
    'Global Administrator',
    DIRECTORY_ROLES['Directory Writers'].toUpperCase(),
  ]
  const caller = await assertAccepted(forge({ ...OF_USER, wids, scp: 'User.Read' }))
  assert.deepEqual(caller, aPerson(['User.Read'], ['User Administrator']))
})

test('whether the user is a guest is told by the directory and by no claim', async () => {
  const check = { person: async () => ({ user: USER, isGuest: true }) }
  const caller = await assertAccepted(forge({ ...OF_USER, acct: 0, scp: 'User.Read' }), check)
  assert.deepEqual(caller, aPerson(['User.Read'], [], true))
})

/** One test a token: each is named by what is wrong with it. */
function refuses(message: string, tokens: Record<string, () => string>): void {
  for (const [what, make] of Object.entries(tokens)) {
    test(`a token of a user ${what} is refused`, async () => assertRefused(`Bearer ${make()}`, message))
  }
}

refuses(MALFORMED, {
  'without scp, an ID token for instance,': () => forge({ ...OF_USER, scp: undefined }),
  'with an empty scp': () => forge({ ...OF_USER, scp: '' }),
  'whose scp is a blank': () => forge({ ...OF_USER, scp: ' ' }),
  'with two blanks in scp': () => forge({ ...OF_USER, scp: 'User.Read  Group.Read.All' }),
  'with a tab in scp': () => forge({ ...OF_USER, scp: 'User.Read\tGroup.Read.All' }),
  'whose scp is a list': () => forge({ ...OF_USER, scp: ['Group.Read.All'] }),
  'whose scp is null': () => forge({ ...OF_USER, scp: null }),
  'without oid': () => forge({ ...OF_USER, oid: undefined }),
  'whose oid is no GUID': () => forge({ ...OF_USER, oid: 'me' }),
  'whose oid is in upper case': () => forge({ ...OF_USER, oid: USER.toUpperCase() }),
  'whose oid is a list': () => forge({ ...OF_USER, oid: [USER] }),
  'whose wids are one text': () => forge({ ...OF_USER, wids: DIRECTORY_ROLES['Global Administrator'] }),
  'whose wids are not all texts': () => forge({ ...OF_USER, wids: [DIRECTORY_ROLES['Global Administrator'], 7] }),
  'that says to be of a device': () => forge({ ...OF_USER, idtyp: 'device' }),
  'whose idtyp is App': () => forge({ ...OF_USER, idtyp: 'App' }),
  'whose idtyp is null': () => forge({ ...OF_USER, idtyp: null }),
})

refuses(WRONG_AUDIENCE, {
  'for the app itself, as ID tokens are,': () => forge({ ...OF_USER, aud: APP, nonce: 'n' }),
})

test('a token of a user that is not there, is deleted or disabled is refused in words of its own', async () => {
  await assertRefused(`Bearer ${forge({ ...OF_USER, oid: '00000000-2222-4333-8444-555555555555' })}`, NO_PERSON)
  await assertRefused(`Bearer ${forge(OF_USER)}`, NO_PERSON, { person: async () => null })
})

test('a user is looked up in the tenant of its token, once both are proven', async () => {
  const asked: string[] = []
  const person = async (tenant: string, user: string) => {
    asked.push(`${tenant} ${user}`)
    return null
  }
  await assertRefused(`Bearer ${forge({ ...OF_USER, exp: 0 })}`, 'Lifetime validation failed, the token is expired.', {
    person,
  })
  const elsewhere = forge({ ...OF_USER, tid: OTHER_TENANT, iss: issuerOf(BASE, OTHER_TENANT) })
  await assertRefused(`Bearer ${elsewhere}`, MALFORMED, { person })
  assert.deepEqual(asked, [])
  await assertRefused(`Bearer ${forge(OF_USER)}`, NO_PERSON, { person })
  assert.deepEqual(asked, [`${TENANT} ${USER}`])
})

test('what fails while a user is looked up is no refusal', async () => {
  const person = () => Promise.reject(new Error('disk'))
  await assert.rejects(assertAccepted(forge(OF_USER), { person }), { message: 'disk' })
})
