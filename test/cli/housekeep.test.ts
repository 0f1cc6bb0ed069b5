import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import type { CommandContext } from '../../src/core/change.ts'
import type { DirectoryObject } from '../../src/core/fact.ts'
import { type ObjectId, parseTenantId } from '../../src/core/id.ts'
import { createObject } from '../../src/core/plainObject.ts'
import { deleteObject, purgeObject } from '../../src/core/recycleBin.ts'
import type { Transaction } from '../../src/core/snapshot.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { aFolder, aServing, run } from './aProgram.ts'

const DAY_MS = 86_400_000

/**
 * Writes a history of weeks into a new database: a user purged forty days ago, one deleted then, and one deleted ten
 * days ago.
 */
async function writeHistory(path: string): Promise<void> {
  const store = openSqliteStore({ path })
  const domain = 'history.tidemark.example'
  const tenant = parseTenantId(randomUUID())
  await store.putTenant({
    id: tenant,
    kind: 'workforce',
    displayName: 'History',
    defaultDomain: domain,
    domains: [domain],
  })
  const daysAgo = <T>(days: number, work: (transaction: Transaction, context: CommandContext) => Promise<T>) => {
    const at = Date.now() - days * DAY_MS
    const context = {
      now: at,
      newId: () => randomUUID() as ObjectId,
      domains: [domain],
      recycleSecurityGroups: true,
    } as const
    return store.write(tenant, { at, app: null, user: null, requestId: null }, transaction =>
      work(transaction, context),
    )
  }
  const aUser = (name: string): Promise<DirectoryObject> => {
    const values = new Map<string, string | boolean | { readonly password: string }>([
      ['accountEnabled', true],
      ['displayName', name],
      ['mailNickname', name],
      ['passwordProfile', { password: 'x' }],
      ['userPrincipalName', `${name}@${domain}`],
    ])
    return daysAgo(50, (transaction, context) => createObject(transaction, 'user', values, context))
  }
  const [purged, old, recent] = [await aUser('purged'), await aUser('old'), await aUser('recent')]
  for (const user of [purged, old]) {
    await daysAgo(40, (transaction, context) => deleteObject(transaction, user, context))
  }
  await daysAgo(40, transaction => purgeObject(transaction, purged.id))
  await daysAgo(10, (transaction, context) => deleteObject(transaction, recent, context))
  await store.close()
}

test('housekeep purges what is past its time in the bin, and drops what no link can need', async t => {
  const database = join(aFolder(t), 'directory.db')
  await writeHistory(database)
  const first = await run(['housekeep', '--json', '--database', database])
  // Below the horizon lie the seven commits up to that of ten days ago, whose own record stays.
  assert.deepEqual(
    { ...first, stdout: JSON.parse(first.stdout) },
    { code: 0, signal: null, stderr: '', stdout: { purged: 1, tombstones: 1, records: 6 } },
  )
  const second = await run(['housekeep', '--json', '--database', database])
  assert.deepEqual(JSON.parse(second.stdout), { purged: 0, tombstones: 0, records: 0 })
})

test('housekeep goes by its settings, and tells people what it did in a table', async t => {
  const database = join(aFolder(t), 'directory.db')
  await writeHistory(database)
  const words = ['housekeep', '--database', database, '--recycle-bin-days', '60', '--token-life', '100d']
  const { code, stdout } = await run(words)
  assert.equal(code, 0)
  assert.match(stdout, /^Objects purged .* 0\nTombstones dropped .* 0\nCommit records dropped .* 0\n$/)
})

test('housekeep works beside a server, which does the same when it starts', async t => {
  const database = join(aFolder(t), 'directory.db')
  await writeHistory(database)
  const serving = await aServing(t, ['--database', database, '--log-level', 'info'])
  const log = await serving.logged(/"housekeeping"\}\n/)
  const done = log.split('\n').find(line => line.endsWith('"msg":"housekeeping"}'))
  const { purged, tombstones, records } = JSON.parse(done ?? '')
  assert.deepEqual({ purged, tombstones, records }, { purged: 1, tombstones: 1, records: 6 })
  const beside = await run(['housekeep', '--json', '--recycle-bin-days', '5', '--database', database])
  assert.deepEqual(JSON.parse(beside.stdout), { purged: 1, tombstones: 0, records: 0 })
})

/** Lets the last housekeeping of a database be so many days ago. */
function setLast(path: string, daysAgo: number): void {
  const connection = new DatabaseSync(path)
  connection.prepare('INSERT OR REPLACE INTO housekeeping VALUES (1, ?)').run(Date.now() - daysAgo * DAY_MS)
  connection.close()
}

test('housekeep removes nothing by a clock that has jumped, until somebody says that it is right (DELTA-160)', async t => {
  const database = join(aFolder(t), 'directory.db')
  await writeHistory(database)
  for (const [daysAgo, side] of [
    [31, 'after'],
    [-3, 'before'],
  ] as const) {
    setLast(database, daysAgo)
    const { code, stdout, stderr } = await run(['housekeep', '--json', '--database', database])
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' })
    const days = Math.abs(daysAgo) + (daysAgo > 0 ? 0.1 : 0)
    const sentence = `, ${days} days ${side} the last housekeeping \\(.*\\): nothing was removed\\. If it is right, say so with --confirm-clock\\.\n$`
    assert.match(stderr, new RegExp(`^The clock says .*${sentence}`))
  }
  const confirmed = await run(['housekeep', '--json', '--confirm-clock', '--database', database])
  assert.deepEqual(JSON.parse(confirmed.stdout), { purged: 1, tombstones: 1, records: 6 })
  assert.equal((await run(['housekeep', '--database', database])).code, 0)
})

test('a server that was off for longer than a day removes nothing when it starts, and says why (DELTA-160)', async t => {
  const database = join(aFolder(t), 'directory.db')
  await writeHistory(database)
  setLast(database, 45)
  const serving = await aServing(t, ['--database', database, '--log-level', 'info'])
  const log = await serving.logged(/"housekeeping"\}\n/)
  const told = log.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line)] : []))
  assert.match(told.find(({ level }) => level === 40).msg, /45.1 days after the last housekeeping/)
  const { purged, tombstones, records } = told.at(-1)
  assert.deepEqual({ purged, tombstones, records }, { purged: 0, tombstones: 0, records: 0 })
  const confirmed = await run(['housekeep', '--json', '--confirm-clock', '--database', database])
  assert.deepEqual(JSON.parse(confirmed.stdout), { purged: 1, tombstones: 1, records: 6 })
})

test('housekeep waits for a program that writes, but not for ever', async t => {
  const database = join(aFolder(t), 'directory.db')
  await writeHistory(database)
  const other = new DatabaseSync(database)
  t.after(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const { code, stderr } = await run(['housekeep', '--database', database])
  assert.equal(code, 2)
  assert.equal(stderr, 'Another command is writing to the database. Try again.\n')
})
