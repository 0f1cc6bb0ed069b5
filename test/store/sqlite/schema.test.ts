import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { SCHEMA_VERSION } from '../../../src/store/sqlite/schema.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { groupId, link, personId, putGroup, tenantOf } from '../tenant.ts'

/** Everything that makes a database what it is, in the words in which SQLite keeps it. */
function schemaOf(path: string): unknown[] {
  const connection = new DatabaseSync(path)
  const rows = connection.prepare('SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name').all()
  const version = connection.prepare('PRAGMA user_version').get()
  connection.close()
  return [...rows, version]
}

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
    'DROP INDEX edges_nested; DROP TABLE object_keys; DROP TABLE housekeeping; DROP TABLE tenant_domains; PRAGMA user_version = 1',
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
