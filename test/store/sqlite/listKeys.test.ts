import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { planList } from '../../../src/core/list.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { groupId, numbers, putDeleted, putGroup, tenantOf } from '../tenant.ts'

function rowsOf(path: string): unknown[] {
  const connection = new DatabaseSync(path)
  const rows = connection.prepare('SELECT * FROM object_keys').all()
  connection.close()
  return rows
}

test('the objects of a database without keys are filed when it is opened, as if they had been put now', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-keys-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'directory.db')
  const store = openSqliteStore({ path })
  const tenant = await tenantOf(store, 1)
  await tenant.commit(async transaction => {
    for (const number of numbers(3)) {
      const properties = { displayName: `Group ${number}`, mail: number === 2 ? null : `G${number}@a.example` }
      await putGroup(transaction, groupId(number), { properties })
    }
    await putDeleted(transaction, groupId(4))
  })
  await store.close()
  const filed = rowsOf(path)
  assert.equal(filed.length, 7)
  const connection = new DatabaseSync(path)
  connection.exec('DROP TABLE object_keys; PRAGMA user_version = 2')
  connection.close()
  const opened = openSqliteStore({ path })
  const again = await tenantOf(opened, 1)
  const query = planList('group', 'live', null, { key: 'displayName', descending: true })
  const { objects } = await again.look(snapshot =>
    snapshot.list(query, null, { objects: 9, examined: 9, bytes: 9_999 }),
  )
  assert.deepEqual(
    objects.map(({ id }) => id),
    [3, 2, 1].map(groupId),
  )
  await opened.close()
  assert.deepEqual(rowsOf(path), filed)
})
