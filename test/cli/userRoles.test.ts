import assert from 'node:assert/strict'
import test from 'node:test'
import { type Administered, anAdministered, posted, refused } from './anAdministered.ts'
import { aCaller } from './aProgram.ts'

interface User {
  readonly id: string
  readonly userPrincipalName: string
}

async function aUser({ serving, tenantId }: Administered, name: string): Promise<User> {
  const call = await aCaller(serving.ready)
  const userPrincipalName = `${name}@${tenantId.slice(0, 8)}.tidemark.example`
  const body = {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName,
    passwordProfile: { password: 'not kept' },
  }
  const answer = await call('/v1.0/users', posted(body))
  assert.equal(answer.status, 201)
  return (await answer.json()) as User
}

test('a user gets directory roles by name or template id, whatever it is named by, and loses them', async t => {
  const directory = await anAdministered(t)
  const ada = await aUser(directory, 'ada')
  const added = await directory.json(
    ...['user', 'role', 'add', ada.userPrincipalName.toUpperCase()],
    ...['groups administrator', '88D8E3E3-8F55-4A1E-953A-9B9898B8876B', 'Groups Administrator'],
  )
  const row = { userId: ada.id, displayName: 'ada', userPrincipalName: ada.userPrincipalName }
  assert.deepEqual(added, { ...row, roles: ['Directory Readers', 'Groups Administrator'] })
  assert.deepEqual(await directory.json('user', 'role', 'list'), [added])
  const table = (await directory.tidemark('user', 'role', 'list')).stdout
  assert.match(table, /^User id +Name +userPrincipalName +Roles\n/)
  assert.ok(table.includes(`${ada.id}  ada   ${ada.userPrincipalName}  Directory Readers, Groups Administrator`))
  const { stdout } = await directory.tidemark('user', 'role', 'remove', ada.id, 'Directory Readers')
  assert.equal(stdout, `User ${ada.id} (${ada.userPrincipalName}) has from its next token on: Groups Administrator.\n`)
  const again = await directory.tidemark('user', 'role', 'remove', ada.id, 'Directory Readers')
  refused(again, /^The user is no Directory Readers: it has Groups Administrator\.$/m)
  assert.deepEqual((await directory.json('user', 'role', 'remove', ada.id, 'Groups Administrator'))['roles'], [])
  assert.deepEqual(await directory.json('user', 'role', 'list'), [])
})

test('an unknown role or user is refused with those that come nearest', async t => {
  const directory = await anAdministered(t)
  const ada = await aUser(directory, 'ada')
  const role = (...words: string[]) => directory.tidemark('user', 'role', ...words)
  refused(
    await role('add', ada.id, 'Gruops Administrator'),
    /^'Gruops Administrator' is no directory role that counts here: Groups Administrator, /,
  )
  refused(await role('add', ada.id, 'qqq'), /: Application Administrator, .*, Yammer Administrator\.$/m)
  refused(await role('add', ada.id, ada.id), /is no directory role/)
  refused(
    await role('add', ada.userPrincipalName.replace('ada', 'adda'), 'Directory Readers'),
    new RegExp(`nearest are ${ada.userPrincipalName}\\.$`, 'm'),
  )
  refused(
    await role('add', 'zoe', 'Directory Readers'),
    /There is no user 'zoe' in the tenant .*: name one by its id or userPrincipalName\.$/m,
  )
  refused(await role('add', directory.tenantId, 'Directory Readers'), /^There is no user '/)
  refused(await role('add', ada.id), /Missing required argument 'role'/)
  refused(await directory.tidemark('user', 'role', 'list', '--tenant', ada.id), /^There is no tenant '/)
  assert.deepEqual(await directory.json('user', 'role', 'list'), [])
})

test('a user in the recycle bin keeps its roles and is named by its id alone', async t => {
  const directory = await anAdministered(t)
  const ada = await aUser(directory, 'ada')
  const call = await aCaller(directory.serving.ready)
  await directory.json('user', 'role', 'add', ada.userPrincipalName, 'Global Reader')
  assert.equal((await call(`/v1.0/users/${ada.id}`, { method: 'DELETE' })).status, 204)
  const role = (...words: string[]) => directory.tidemark('user', 'role', ...words)
  refused(await role('add', ada.userPrincipalName, 'Directory Readers'), /^There is no user 'ada@/)
  assert.deepEqual((await directory.json('user', 'role', 'add', ada.id, 'Directory Readers'))['roles'], [
    'Directory Readers',
    'Global Reader',
  ])
  assert.equal((await call(`/v1.0/directory/deletedItems/${ada.id}`, { method: 'DELETE' })).status, 204)
  assert.deepEqual(await directory.json('user', 'role', 'list'), [])
  refused(await role('add', ada.id, 'Directory Readers'), /^There is no user '/)
})
