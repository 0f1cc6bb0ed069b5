import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import { openPresentStore, openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { type Store, UnknownTenant } from '../../../src/store/store.ts'
import { aPlainApp } from '../../auth/aPlainApp.ts'
import { groupId, link, numbers, personId, putGroup, putPerson, type TestTenant, tenantOf } from '../tenant.ts'

const APP = '11111111-0000-4000-8000-000000000001'

function aPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-sweep-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'directory.db')
}

function opened(t: TestContext, store: Store): Store {
  t.after(() => store.close())
  return store
}

/** A group of so many people, of whom one has a directory role, and an app. */
async function fill(tenant: TestTenant, people: number): Promise<void> {
  await tenant.commit(async transaction => {
    await putGroup(transaction, groupId(1), { keys: { uniqueName: 'one' }, properties: { displayName: 'One' } })
    for (const number of numbers(people)) await putPerson(transaction, personId(number))
    await link(transaction, groupId(1), 'members', ...numbers(people).map(personId))
  })
  await tenant.store.changeDirectoryRoles(tenant.id, personId(1), () => ['Directory Readers'])
  await tenant.store.putApp(aPlainApp({ clientId: APP, tenant: tenant.id }))
}

/** How many rows each table has. */
function rowsOf(path: string): Record<string, number> {
  const connection = new DatabaseSync(path, { readOnly: true })
  const tables = connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .all()
  const counts = tables.map(({ name }) => [
    String(name),
    Number(connection.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.n),
  ])
  connection.close()
  return Object.fromEntries(counts)
}

function rowsTogether(path: string): number {
  return Object.values(rowsOf(path)).reduce((sum, rows) => sum + rows, 0)
}

test('a sweep leaves nothing of a deleted tenant in any table, and all of the others', async t => {
  const path = aPath(t)
  const store = opened(t, openSqliteStore({ path }))
  await fill(await tenantOf(store, 1), 3)
  const before = rowsOf(path)
  assert.ok(
    Object.entries(before).every(([name, rows]) => rows > 0 || ['housekeeping', 'deleted_tenants'].includes(name)),
  )
  const second = await tenantOf(store, 2)
  await fill(second, 3)
  await store.deleteTenant(second.id)
  assert.ok((await store.sweep()) > 0)
  assert.deepEqual(rowsOf(path), { ...before, apps: 0, deleted_tenants: 1 })
  assert.equal(await store.sweep(), 0)
})

test('a sweep goes in steps that others write between, and one that is cut short is finished by the next', async t => {
  const path = aPath(t)
  const store = opened(t, openSqliteStore({ path }))
  const [big, other] = [await tenantOf(store, 1), await tenantOf(store, 2)]
  await fill(big, 2_500)
  await store.deleteTenant(big.id)
  const told: number[] = []
  const stopped = store.sweep(async rows => {
    told.push(rows)
    await other.commit(transaction => putGroup(transaction, groupId(told.length)))
    if (told.length === 2) throw new RangeError('enough')
  })
  await assert.rejects(stopped, RangeError)
  assert.deepEqual(told, [1_000, 2_000])
  assert.equal(rowsOf(path).edges, 500)
  assert.equal(await other.look(async ({ head }) => head), 2)
  const left = rowsTogether(path)
  assert.equal(await store.sweep(), left - rowsTogether(path))
  assert.deepEqual([rowsOf(path).edges, rowsOf(path).objects, rowsOf(path).commits], [0, 2, 2])
})

test('a tenant that another program deletes is gone at once, and its place in the file is no other tenant’s', async t => {
  const path = aPath(t)
  const server = opened(t, openSqliteStore({ path }))
  const tenant = await tenantOf(server, 1)
  await fill(tenant, 1)
  const command = opened(t, openPresentStore({ path }))
  const late = tenant.look(async snapshot => {
    await command.deleteTenant(tenant.id)
    return (await snapshot.object(groupId(1)))?.version
  })
  assert.equal(await late, 1, 'what reads sees one state to its end')
  assert.equal(await server.tenant(tenant.id), null)
  await assert.rejects(() => tenant.look(async ({ head }) => head), UnknownTenant)
  await assert.rejects(() => tenant.commit(transaction => putGroup(transaction, groupId(2))), UnknownTenant)
  const next = await tenantOf(command, 2)
  assert.equal(await next.look(snapshot => snapshot.object(groupId(1))), null)
  await command.sweep()
  const keys = [await tenantOf(command, 3), await tenantOf(server, 1)].length
  const connection = new DatabaseSync(path, { readOnly: true })
  const used = connection.prepare('SELECT tenant FROM tenants UNION ALL SELECT tenant FROM deleted_tenants').all()
  connection.close()
  assert.equal(new Set(used.map(row => row.tenant)).size, keys + 2)
})
