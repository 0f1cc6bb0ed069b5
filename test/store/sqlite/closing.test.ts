import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { groupId, putGroup, tenantOf } from '../tenant.ts'

test('a store that is closed ends the writes and reads under way, takes no others, and leaves its file alone', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-closing-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const store = openSqliteStore({ path: join(folder, 'directory.db') })
  const tenant = await tenantOf(store, 1)
  const write = tenant.commit(transaction => putGroup(transaction, groupId(1)))
  const readOn = Promise.withResolvers<void>()
  const read = tenant.look(async snapshot => {
    await readOn.promise
    return snapshot.objects('group', 'live', null, 1)
  })
  const closed = store.close()
  const refused = /^Error: The store is closed\.$/
  await assert.rejects(
    tenant.commit(transaction => putGroup(transaction, groupId(2))),
    refused,
  )
  await assert.rejects(
    tenant.look(async ({ head }) => head),
    refused,
  )
  await write
  readOn.resolve()
  assert.deepEqual(await read, [])
  await closed
  assert.deepEqual(readdirSync(folder), ['directory.db'])
})
