import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { DEMO_TENANT } from '../../src/cli/demo/demo.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { groupId, link, numbers, personId, tenantOf } from '../store/tenant.ts'
import { anAdministered, posted, refused } from './anAdministered.ts'
import { aCaller, aFolder, aServing, askToken, endWith, PROGRAM, run, start } from './aProgram.ts'

const GROUP = { displayName: 'One', mailEnabled: false, mailNickname: 'one', securityEnabled: true }

test('a tenant that is deleted beside a running server is gone for it at once, with its apps and tokens (DELTA-210)', async t => {
  const directory = await anAdministered(t)
  const made = await directory.json('tenant', 'create', '--display-name', 'Second', '--domain', 'second.example')
  const tenantId = String(made['tenantId'])
  const app = await directory.json('app', 'create', '--roles', 'Group.ReadWrite.All', '--tenant', tenantId)
  const ready = directory.serving.ready
  const tokenUrl = ready.tokenUrl.replace(ready.tenantId, tenantId)
  const [clientId, clientSecret] = [String(app['clientId']), String(app['clientSecret'])]
  const [call, own] = [await aCaller({ ...ready, tokenUrl, clientId, clientSecret }), await aCaller(ready)]
  assert.equal((await call('/v1.0/groups', posted(GROUP))).status, 201)
  assert.equal((await own('/v1.0/groups', posted(GROUP))).status, 201)
  refused(await directory.tidemark('tenant', 'delete', tenantId), /There is no terminal to ask on: give --yes/)
  assert.equal((await call('/v1.0/groups')).status, 200)
  const deleted = await directory.json('tenant', 'delete', tenantId, '--yes')
  assert.deepEqual(deleted, { tenantId, displayName: 'Second', rows: deleted['rows'] })
  assert.ok(Number(deleted['rows']) >= 3, 'the group, its name and the commit')
  const answer = await call('/v1.0/groups/delta')
  assert.equal(answer.status, 401)
  assert.equal(((await answer.json()) as { error: { code: string } }).error.code, 'InvalidAuthenticationToken')
  assert.equal((await call('/v1.0/groups', posted(GROUP))).status, 401)
  const token = await askToken(tokenUrl, clientId, clientSecret)
  assert.equal(((await token.json()) as { error: string }).error, 'invalid_tenant')
  assert.equal((await own('/v1.0/groups')).status, 200)
  assert.deepEqual(
    JSON.parse((await directory.tidemark('tenant', 'list', '--json')).stdout).map(
      ({ tenantId }: { tenantId: string }) => tenantId,
    ),
    [directory.tenantId],
  )
  refused(
    await directory.tidemark('tenant', 'delete', tenantId, '--yes'),
    /^There is no tenant '.*': 'tidemark tenant list'/,
  )
  const again = await directory.json('tenant', 'create', '--domain', 'second.example')
  assert.equal(again['domain'], 'second.example')
})

test('the tenant of the demonstration is not deleted, and what is no tenant is refused', async t => {
  const directory = await anAdministered(t, '--demo')
  refused(
    await directory.tidemark('tenant', 'delete', DEMO_TENANT.id, '--yes'),
    /^The demonstration has one tenant: delete its file instead\.$/m,
  )
  refused(
    await directory.tidemark('tenant', 'delete', 'second.example', '--yes'),
    /^There is no tenant 'second\.example'/,
  )
  refused(await directory.tidemark('tenant', 'delete', '--yes'), /^Missing required argument 'tenant-id'\.$/m)
})

test('a tenant is of an organization unless it is made for its customers, and of no third kind', async t => {
  const directory = await anAdministered(t)
  assert.equal((await directory.json('tenant', 'create'))['kind'], 'workforce')
  assert.equal(
    (await directory.json('tenant', 'create', '--kind', 'external', '--domain', 'shop.example'))['kind'],
    'external',
  )
  const { stdout } = await directory.tidemark('tenant', 'list')
  assert.match(stdout, / external +shop\.example +0\n?/)
  refused(
    await directory.tidemark('tenant', 'create', '--kind', 'b2c'),
    /^--kind must be one of workforce, external, not 'b2c'\.$/m,
  )
})

test('a deletion that a signal ends has deleted the tenant, and housekeeping takes the rest', async t => {
  const database = join(aFolder(t), 'directory.db')
  const store = openSqliteStore({ path: database })
  const { id, commit } = await tenantOf(store, 1)
  await commit(transaction => link(transaction, groupId(1), 'members', ...numbers(40_000).map(personId)))
  await store.close()
  const deleting = start([process.execPath, PROGRAM, 'tenant', 'delete', id, '--yes', '--database', database])
  endWith(t, deleting)
  const watching = new DatabaseSync(database, { readOnly: true })
  t.after(() => watching.close())
  const counted = (sql: string): number => Number(watching.prepare(`SELECT count(*) AS rows FROM ${sql}`).get()?.rows)
  while (counted('deleted_tenants') === 0 && deleting.child.exitCode === null) await setImmediate()
  const { code, stdout, stderr } = await deleting.kill('SIGTERM')
  assert.deepEqual(
    { code, stdout, stderr },
    {
      code: 1,
      stdout: '',
      stderr: 'Ended by SIGTERM: the tenant is deleted, and housekeeping takes away what is left of it.\n',
    },
  )
  const left = counted('edges')
  assert.ok(left > 0 && left < 40_000, `${left}`)
  refused(await run(['tenant', 'delete', id, '--yes', '--database', database]), /^There is no tenant '/)
  assert.equal((await run(['housekeep', '--database', database])).code, 0)
  assert.deepEqual([counted('edges'), counted('commits')], [0, 0])
})

test('a server whose last tenant is deleted goes on, lets nobody in, and makes a new one at its next start', async t => {
  const { serving, tidemark, json, database, tenantId } = await anAdministered(t)
  const call = await aCaller(serving.ready)
  assert.equal((await json('tenant', 'delete', tenantId, '--yes'))['tenantId'], tenantId)
  assert.equal((await call('/v1.0/groups')).status, 401)
  refused(await tidemark('app', 'list'), /^There is no tenant yet: 'tidemark tenant create' makes one\.$/m)
  assert.equal((await serving.kill('SIGTERM')).code, 0)
  const { ready } = await aServing(t, ['--database', database])
  assert.notEqual(ready.tenantId, tenantId)
  assert.equal((await (await aCaller(ready))('/v1.0/groups')).status, 200)
})
