import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { DEMO_TENANT } from '../../src/cli/demo/demo.ts'
import { type Administered, anAdministered, posted, refused } from './anAdministered.ts'
import { aCaller, aFolder, aServing, askToken, run } from './aProgram.ts'

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What the server answers to a request for a token: 200, or why not. */
async function tokenStatus({ serving }: Administered, app: Record<string, unknown>, tenant = String(app['tenantId'])) {
  const tokenUrl = serving.ready.tokenUrl.replace(serving.ready.tenantId, tenant)
  const answer = await askToken(tokenUrl, String(app['clientId']), String(app['clientSecret']))
  return answer.status
}

test('an app that is made beside a running server gets tokens at once, and may do what it was granted and no more', async t => {
  const directory = await anAdministered(t)
  const app = await directory.json('app', 'create', '--roles', 'GroupMember.Read.All', '--display-name', 'Mirror')
  assert.match(String(app['clientId']), GUID)
  assert.deepEqual(
    [app['tenantId'], app['displayName'], app['roles'], app['secrets']],
    [directory.tenantId, 'Mirror', ['GroupMember.Read.All'], 1],
  )
  const call = await aCaller({
    ...directory.serving.ready,
    clientId: String(app['clientId']),
    clientSecret: String(app['clientSecret']),
  })
  assert.equal((await call('/v1.0/groups/delta')).status, 200)
  assert.equal((await call('/v1.0/groups', posted({}))).status, 403)
  assert.ok(
    !readFileSync(directory.database).includes(String(app['clientSecret'])),
    'the secret is kept as a hash alone',
  )
})

test('a grant counts from the next token on, and a role that is none is refused by its name', async t => {
  const directory = await anAdministered(t)
  const app = await directory.json('app', 'create', '--roles', 'User.Read.All')
  const clientId = String(app['clientId'])
  refused(
    await directory.tidemark('app', 'grant', clientId, '--roles', 'Groups.Read'),
    /'Groups\.Read', which is no role/,
  )
  const granted = await directory.json('app', 'grant', clientId, '--roles', 'group.read.all, User.Read.All')
  assert.deepEqual(granted['roles'], ['Group.Read.All', 'User.Read.All'])
  const call = await aCaller({ ...directory.serving.ready, clientId, clientSecret: String(app['clientSecret']) })
  assert.equal((await call('/v1.0/groups')).status, 200)
})

test('a rotated secret ends the one before, unless that is kept until the next time', async t => {
  const directory = await anAdministered(t)
  const first = await directory.json('app', 'create', '--roles', 'Group.Read.All')
  const clientId = String(first['clientId'])
  const second = await directory.json('app', 'rotate-secret', clientId, '--keep-last')
  assert.deepEqual([await tokenStatus(directory, first), await tokenStatus(directory, second)], [200, 200])
  const third = await directory.json('app', 'rotate-secret', clientId)
  assert.deepEqual(
    [await tokenStatus(directory, first), await tokenStatus(directory, second), await tokenStatus(directory, third)],
    [401, 401, 200],
  )
})

test('a deleted app gets no token, and is not there to be changed', async t => {
  const directory = await anAdministered(t)
  const app = await directory.json('app', 'create', '--roles', 'Group.Read.All')
  const clientId = String(app['clientId'])
  assert.match((await directory.tidemark('app', 'delete', clientId)).stdout, /is deleted\.\n$/)
  assert.ok((await tokenStatus(directory, app)) >= 400)
  for (const words of [
    ['grant', clientId, '--roles', 'Group.Read.All'],
    ['rotate-secret', clientId],
    ['delete', clientId],
  ]) {
    refused(await directory.tidemark('app', ...words), /^There is no app '/)
  }
})

test('commands on one app at once are all done', async t => {
  const directory = await anAdministered(t)
  const app = await directory.json('app', 'create', '--roles', 'User.Read.All')
  const clientId = String(app['clientId'])
  const [rotated, granted] = await Promise.all([
    directory.json('app', 'rotate-secret', clientId),
    directory.tidemark('app', 'grant', clientId, '--roles', 'Group.Read.All'),
  ])
  assert.equal(granted.code, 0)
  assert.deepEqual([await tokenStatus(directory, app), await tokenStatus(directory, rotated)], [401, 200])
  const [one] = JSON.parse((await directory.tidemark('app', 'list', '--json')).stdout).filter(
    (listed: { clientId: string }) => listed.clientId === clientId,
  )
  assert.deepEqual(one.roles, ['Group.Read.All'])
})

test('a server that starts again names the first app, and none where all were deleted', async t => {
  const database = join(aFolder(t), 'directory.db')
  const first = await aServing(t, ['--database', database])
  for (const name of ['B', 'C', 'D']) {
    await run(['app', 'create', '--roles', 'Group.Read.All', '--display-name', name, '--database', database])
  }
  await first.kill('SIGTERM')
  const second = await aServing(t, ['--database', database])
  assert.equal(second.ready.clientId, first.ready.clientId)
  for (const { clientId } of JSON.parse((await run(['app', 'list', '--json', '--database', database])).stdout)) {
    assert.equal((await run(['app', 'delete', clientId, '--database', database])).code, 0)
  }
  await second.kill('SIGTERM')
  const third = await aServing(t, ['--database', database])
  assert.deepEqual([third.ready.clientId, third.ready.clientSecret], [null, null])
})

test('the list of apps tells all but the secrets, in a table or as JSON', async t => {
  const directory = await anAdministered(t)
  const app = await directory.json('app', 'create', '--roles', 'Group.Read.All', '--display-name', 'Mirror')
  const { stdout } = await directory.tidemark('app', 'list')
  assert.match(stdout, /^Client id +Name +Secrets +Certificates +Public +Redirect URIs +Scopes +Roles\n/)
  assert.ok(stdout.includes(`${app['clientId']}  Mirror`))
  const listed = await directory.json('app', 'list')
  assert.equal(listed['length'], 2)
  assert.ok(!JSON.stringify(listed).includes('tidemark_'))
})

test('a second tenant is served at once, knows nothing of the first, and has to be named from then on', async t => {
  const directory = await anAdministered(t)
  const tenant = await directory.json('tenant', 'create', '--display-name', 'Second', '--domain', 'second.example')
  const tenantId = String(tenant['tenantId'])
  refused(await directory.tidemark('app', 'create', '--roles', 'Group.ReadWrite.All'), /There are 2 tenants: say which/)
  refused(await directory.tidemark('app', 'list', '--tenant', 'nobody'), /There is no tenant 'nobody'/)
  const app = await directory.json('app', 'create', '--roles', 'Group.ReadWrite.All', '--tenant', tenantId)
  assert.equal(await tokenStatus(directory, app), 200)
  assert.ok((await tokenStatus(directory, app, directory.tenantId)) >= 400, 'the first tenant does not know the app')
  const { stdout } = await directory.tidemark('tenant', 'list')
  assert.match(stdout, /^Tenant +Name +Kind +Domains +Apps\n/)
  assert.match(stdout, new RegExp(`${tenantId} +Second +workforce +second\\.example +1\n`))
})

test('a domain belongs to one tenant, and what is no domain or no name is refused', async t => {
  const directory = await anAdministered(t)
  await directory.json('tenant', 'create', '--domain', 'taken.example')
  refused(
    await directory.tidemark('tenant', 'create', '--domain', 'Taken.example'),
    /'taken\.example' is that of the tenant/,
  )
  refused(await directory.tidemark('tenant', 'create', '--domain', 'no domain'), /must be a domain such as/)
  refused(
    await directory.tidemark('tenant', 'create', '--display-name', ' '),
    /--display-name must be 1 to 256 characters/,
  )
  assert.equal((await directory.json('tenant', 'list'))['length'], 2)
})

test("the demonstration's app is its server's alone", async t => {
  const directory = await anAdministered(t, '--demo')
  refused(
    await directory.tidemark('app', 'create', '--roles', 'Group.Read.All', '--tenant', DEMO_TENANT.id),
    /The demonstration has one app/,
  )
  refused(
    await directory.tidemark('app', 'rotate-secret', directory.serving.ready.clientId),
    /The demonstration has one app/,
  )
})

test('audit lists the last commits with who made them, when, and by which request', async t => {
  const directory = await anAdministered(t)
  assert.equal((await directory.tidemark('audit', '--json')).stdout, '')
  const call = await aCaller(directory.serving.ready)
  const ids: string[] = []
  for (const name of ['First', 'Second', 'Third']) {
    const { status, headers } = await call(
      '/v1.0/groups',
      posted({ displayName: name, mailEnabled: false, mailNickname: name, securityEnabled: true }),
    )
    assert.equal(status, 201)
    ids.push(String(headers.get('request-id')))
  }
  const { stdout } = await directory.tidemark('audit', '--last', '2', '--json')
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ version, app, user, requestId }) => ({ version, app, user, requestId })),
    [
      { version: 3, app: directory.serving.ready.clientId, user: null, requestId: ids[2] },
      { version: 2, app: directory.serving.ready.clientId, user: null, requestId: ids[1] },
    ],
  )
  assert.match(lines[0].at, /^\d{4}-\d\d-\d\dT/)
  const table = await directory.tidemark('audit')
  assert.match(table.stdout, /^Version +When +App +User +Request\n/)
  assert.equal(table.stdout.trimEnd().split('\n').length, 4)
})
