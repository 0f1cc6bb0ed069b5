import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { SCHEMA_VERSION } from '../../../src/store/sqlite/schema.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { aPlainApp } from '../../auth/aPlainApp.ts'
import { aTenantNamed, groupId, link, personId, putGroup, putPerson, tenantOf } from '../tenant.ts'

/** Everything that makes a database what it is, in the words in which SQLite keeps it. */
function schemaOf(path: string): unknown[] {
  const connection = new DatabaseSync(path)
  const rows = connection.prepare('SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name').all()
  const version = connection.prepare('PRAGMA user_version').get()
  connection.close()
  return [...rows, version]
}

/** Takes from a database what the sixth schema has brought. */
const WITHOUT_SIXTH = `
  DROP TABLE directory_roles; DROP TABLE deleted_tenants;
  ALTER TABLE commits DROP COLUMN user; ALTER TABLE tenants DROP COLUMN kind;
  ALTER TABLE apps DROP COLUMN scopes; ALTER TABLE apps DROP COLUMN certificates;
  ALTER TABLE apps DROP COLUMN redirect_uris; ALTER TABLE apps DROP COLUMN public_client;`

test('a database of the first schema becomes one of the present schema when it is opened, with all that it holds', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-schema-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const [old, fresh] = [join(folder, 'old.db'), join(folder, 'fresh.db')]
  for (const path of [old, fresh]) {
    const store = openSqliteStore({ path })
    const tenant = await tenantOf(store, 1)
    await tenant.commit(async transaction => {
      for (const number of [1, 2]) await putGroup(transaction, groupId(number))
      await link(transaction, groupId(1), 'members', groupId(2), personId(1))
    })
    await store.close()
  }
  const connection = new DatabaseSync(old)
  connection.exec(
    `DROP INDEX edges_nested; DROP TABLE object_keys; DROP TABLE housekeeping; DROP TABLE tenant_domains; ${WITHOUT_SIXTH}
     PRAGMA user_version = 1`,
  )
  connection.close()
  for (const _ of ['first', 'again']) {
    const store = openSqliteStore({ path: old })
    const tenant = await tenantOf(store, 1)
    assert.deepEqual(await tenant.look(async snapshot => [...snapshot.groupsWithin(groupId(1), false)]), [groupId(2)])
    assert.deepEqual(await store.tenantOfDomain('t1.example'), await store.tenant(tenant.id))
    await store.close()
    assert.deepEqual(schemaOf(old), schemaOf(fresh))
  }
  assert.ok(SCHEMA_VERSION >= 2)
})

test('a tenant, an app and a commit of the fifth schema have nothing of what the sixth has brought, and can be given it', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-schema-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'directory.db')
  const app = aPlainApp({
    clientId: 'app',
    tenant: aTenantNamed(1).id,
    roles: ['Group.Read.All'],
    secretHashes: ['one'],
  })
  const by = { at: 1, app: 'app', user: personId(1), requestId: 'request' }
  const first = openSqliteStore({ path })
  await first.putTenant({ ...aTenantNamed(1), kind: 'external' })
  await first.putApp({ ...app, scopes: ['User.Read.All'], redirectUris: ['http://localhost'], publicClient: true })
  await first.write(aTenantNamed(1).id, by, transaction => putPerson(transaction, personId(1)))
  await first.close()
  const connection = new DatabaseSync(path)
  connection.exec(`${WITHOUT_SIXTH} PRAGMA user_version = 5`)
  connection.close()
  const { id, store, look } = await tenantOf(openSqliteStore({ path }), 1)
  t.after(() => store.close())
  assert.deepEqual(await store.tenant(id), aTenantNamed(1))
  assert.deepEqual(await store.apps(id), [app])
  assert.deepEqual(await store.commits(id, 9), [{ version: 1, ...by, user: null }])
  assert.equal((await look(snapshot => snapshot.object(personId(1))))?.version, 1)
  await store.changeDirectoryRoles(id, personId(1), () => ['Directory Readers'])
  await store.putApp({ ...app, publicClient: true })
  await store.write(id, by, transaction => putPerson(transaction, personId(2)))
  assert.deepEqual((await store.commits(id, 1))[0]?.user, personId(1))
  assert.equal((await store.app('app'))?.publicClient, true)
})
