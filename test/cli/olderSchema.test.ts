import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import { lockDatabase } from '../../src/store/sqlite/lock.ts'
import { SCHEMA_VERSION } from '../../src/store/sqlite/schema.ts'
import { aFolder, aServing, run } from './aProgram.ts'

function schemaOf(path: string): unknown {
  const connection = new DatabaseSync(path)
  const row = connection.prepare('PRAGMA user_version').get()
  connection.close()
  return row?.user_version
}

/** A database as a Tidemark of the second schema has left it. */
async function anOldDatabase(context: TestContext): Promise<string> {
  const database = join(aFolder(context), 'directory.db')
  await (await aServing(context, ['--database', database])).kill('SIGTERM')
  const connection = new DatabaseSync(database)
  connection.exec('DROP TABLE object_keys; PRAGMA user_version = 2')
  connection.close()
  return database
}

test('housekeep refuses an older schema, which a server may be working on, and serve updates it (DELTA-155)', async t => {
  const database = await anOldDatabase(t)
  const refused = await run(['housekeep', '--database', database])
  assert.equal(refused.code, 2)
  assert.equal(
    refused.stderr,
    `'${database}' was written by an older Tidemark (schema 2, this one works on ${SCHEMA_VERSION}): start 'tidemark serve' once, which updates it.\n`,
  )
  assert.equal(schemaOf(database), 2)
  await (await aServing(t, ['--database', database])).kill('SIGTERM')
  assert.equal(schemaOf(database), SCHEMA_VERSION)
  assert.equal((await run(['housekeep', '--database', database])).code, 0)
})

test('backup copies an older schema as it is (DELTA-155)', async t => {
  const database = await anOldDatabase(t)
  const target = join(database, '..', 'copy.db')
  const { code, stdout, stderr } = await run(['backup', target, '--database', database])
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.match(stdout, /^.*copy\.db: [\d,]+ bytes, tenant \S+ at version 0\.\n$/)
  assert.deepEqual([database, target].map(schemaOf), [2, 2])
  assert.deepEqual(readdirSync(join(database, '..')).sort(), ['copy.db', 'directory.db', 'directory.db.keys'])
  await (await aServing(t, ['--database', target])).kill('SIGTERM')
  assert.equal(schemaOf(target), SCHEMA_VERSION)
})

test('a start that is refused leaves an older schema as it was (DELTA-198)', async t => {
  const database = await anOldDatabase(t)
  const refused = await run(['serve', '--demo', '--port', '0', '--database', database])
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /holds a directory of its own/)
  assert.equal(schemaOf(database), 2)
  const lock = lockDatabase(database)
  const second = await run(['serve', '--port', '0', '--database', database])
  lock.release()
  assert.equal(second.code, 2)
  assert.match(second.stderr, /is in use by another Tidemark server/)
  assert.equal(schemaOf(database), 2)
})
