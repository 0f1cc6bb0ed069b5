import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { SCHEMA_VERSION } from '../../../src/store/sqlite/schema.ts'
import { openPresentStore, openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { groupId, putGroup, tenantOf } from '../tenant.ts'

test('a store whose database gets a newer schema meanwhile writes nothing more to it, and goes on reading (DELTA-155)', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-schema-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'directory.db')
  await openSqliteStore({ path }).close()
  const store = openPresentStore({ path })
  t.after(() => store.close())
  const tenant = await tenantOf(store, 1)
  await tenant.commit(transaction => putGroup(transaction, groupId(1)))
  const update = (schema: number): void => {
    const connection = new DatabaseSync(path)
    connection.exec(`PRAGMA user_version = ${schema}`)
    connection.close()
  }
  update(SCHEMA_VERSION + 1)
  const refused = { code: 'serviceNotAvailable', message: /was updated by a newer Tidemark/ }
  await assert.rejects(
    tenant.commit(transaction => putGroup(transaction, groupId(2))),
    refused,
  )
  await assert.rejects(store.compact(tenant.id, 1), refused)
  assert.equal(await tenant.look(async ({ head }) => head), 1)
  update(SCHEMA_VERSION)
  await tenant.commit(transaction => putGroup(transaction, groupId(2)))
  assert.equal(await tenant.look(async ({ head }) => head), 2)
})
