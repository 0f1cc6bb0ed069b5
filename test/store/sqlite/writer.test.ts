import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import type { Transaction } from '../../../src/core/snapshot.ts'
import { type Cell, Connection } from '../../../src/store/sqlite/connection.ts'
import { openSqliteStore } from '../../../src/store/sqlite/store.ts'
import { Writer } from '../../../src/store/sqlite/writer.ts'
import type { CommitGroup, Store } from '../../../src/store/store.ts'
import {
  aTenantNamed,
  countedNonces,
  groupId,
  link,
  numbers,
  personId,
  putGroup,
  type TestTenant,
  tenantOf,
  unlink,
} from '../tenant.ts'

function aPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-writer-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'directory.db')
}

/** A connection that counts the transactions that it has committed. */
class CommittingConnection extends Connection {
  committed = 0

  override run(sql: string, ...cells: Cell[]): number {
    const changes = super.run(sql, ...cells)
    if (sql === 'COMMIT') this.committed += 1
    return changes
  }
}

/** A connection whose disk fails: from `broken` on, no statement that ends a transaction works. */
class FailingConnection extends CommittingConnection {
  broken = false

  override run(sql: string, ...cells: Cell[]): number {
    if (this.broken && /^(COMMIT|ROLLBACK)/.test(sql)) {
      throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 })
    }
    return super.run(sql, ...cells)
  }
}

interface Written {
  readonly connection: FailingConnection
  readonly writer: Writer
  readonly failures: Error[]
  readonly write: (tenant: number, work: (transaction: Transaction) => Promise<void>) => Promise<void>
}

/** A writer on a database with two tenants. */
async function aWriter(t: TestContext): Promise<Written> {
  const path = aPath(t)
  const store = openSqliteStore({ path })
  for (const number of [1, 2]) await tenantOf(store, number)
  await store.close()
  const connection = new FailingConnection(path, 'write')
  t.after(() => connection.close())
  const failures: Error[] = []
  const writer = new Writer(connection, { nonce: countedNonces(), onFailure: error => failures.push(error) })
  const by = { at: 0, app: null, user: null, requestId: null }
  return { connection, writer, failures, write: (tenant, work) => writer.write(tenant, by, work) }
}

test('commits that wait together share a transaction', async t => {
  const { connection, write } = await aWriter(t)
  await Promise.all(numbers(100).map(number => write(1, transaction => putGroup(transaction, groupId(number)))))
  assert.equal(connection.committed, 1)
})

test('a group is told once it is durable: what was written for, and what was a commit', async t => {
  const groups: CommitGroup[] = []
  const store = openSqliteStore({ path: aPath(t), onGroup: group => groups.push(group) })
  t.after(() => store.close())
  const tenant = await tenantOf(store, 1)
  const written = [1, 2].map(number => tenant.commit(transaction => putGroup(transaction, groupId(number))))
  const refused = tenant.commit(async () => {
    throw new Error('refused')
  })
  assert.deepEqual(store.waiting(), { writes: 3, reads: 0 })
  await Promise.all([...written, assert.rejects(refused)])
  assert.deepEqual(
    groups.map(({ writes, commits }) => ({ writes, commits })),
    [{ writes: 3, commits: 2 }],
  )
  assert.ok(Number(groups[0]?.ms) > 0)
})

test('a probe writes to the log, and a store that is closed is not there for it', async t => {
  const path = aPath(t)
  const store = openSqliteStore({ path })
  await store.putTenant(aTenantNamed(1))
  const before = statSync(`${path}-wal`).size
  await store.probe()
  assert.ok(statSync(`${path}-wal`).size > before)
  await store.close()
  await assert.rejects(store.probe(), /^Error: The store is closed\.$/)
})

test('a transaction takes in no further commit after 50 ms, and between two of them others have their turn', async t => {
  const { connection, write } = await aWriter(t)
  let clock = 0
  t.mock.method(performance, 'now', () => clock)
  const turns: number[] = []
  let over = false
  const turn = (): void => {
    turns.push(connection.committed)
    if (!over) setImmediate(turn)
  }
  setImmediate(turn)
  await Promise.all(
    numbers(6).map(number =>
      write(1, async transaction => {
        clock += 20
        await putGroup(transaction, groupId(number))
      }),
    ),
  )
  over = true
  assert.equal(connection.committed, 2)
  assert.ok(turns.includes(1), `turns after ${turns} transactions`)
})

test('tenants take turns: the one commit of the second is answered before the many of the first', async t => {
  const { write } = await aWriter(t)
  t.mock.method(performance, 'now', () => 0)
  const answered: number[] = []
  const note = (tenant: number) => () => void answered.push(tenant)
  const many = numbers(600).map(number => write(1, tx => putGroup(tx, groupId(number))).then(note(1)))
  const one = write(2, tx => putGroup(tx, groupId(1))).then(note(2))
  await Promise.all([...many, one])
  assert.equal(answered.indexOf(2), 1)
})

test('the commits of one tenant keep their order', async t => {
  const { write } = await aWriter(t)
  const versions: number[] = []
  const writing = numbers(600).flatMap(number => [
    write(1, async tx => {
      await putGroup(tx, groupId(number))
      versions.push(tx.version)
    }),
    write(2, tx => putGroup(tx, groupId(number))),
  ])
  await Promise.all(writing)
  assert.deepEqual(versions, numbers(600))
})

const NO_MORE = { code: 'serviceNotAvailable', message: /takes no more writes/ }

test('where not even the rollback of a failed commit works, its callers are told, and no further write is taken (DELTA-110)', async t => {
  const { connection, writer, failures, write } = await aWriter(t)
  connection.broken = true
  const commits = [1, 2].map(number => write(1, transaction => putGroup(transaction, groupId(number))))
  const alone = writer.alone(() => 0)
  for (const settled of await Promise.allSettled(commits)) {
    assert.match(settled.status === 'rejected' ? String(settled.reason) : '', /^Error: disk I\/O error$/)
  }
  await assert.rejects(alone, NO_MORE)
  await assert.rejects(
    write(2, transaction => putGroup(transaction, groupId(1))),
    NO_MORE,
  )
  assert.equal(failures.length, 1)
  await writer.close()
})

test('where the rollback of a single failed work does not work, no further write is taken (DELTA-110)', async t => {
  const { connection, writer, failures, write } = await aWriter(t)
  connection.broken = true
  await assert.rejects(
    writer.alone(() => {
      throw new Error('No.')
    }),
    /^Error: No\.$/,
  )
  await assert.rejects(
    write(1, transaction => putGroup(transaction, groupId(1))),
    NO_MORE,
  )
  const refused = write(2, async () => {
    throw new Error('Never run.')
  })
  await assert.rejects(refused, NO_MORE)
  assert.equal(failures.length, 1)
  assert.match(String(failures[0]?.cause), /disk I\/O error/)
})

test('a commit that cannot be taken back from its transaction fails with all that share it (DELTA-110)', async t => {
  const { connection, failures, write } = await aWriter(t)
  const good = write(1, transaction => putGroup(transaction, groupId(1)))
  const bad = write(1, async transaction => {
    await putGroup(transaction, groupId(2))
    connection.broken = true
    throw new Error('No.')
  })
  for (const settled of await Promise.allSettled([good, bad])) {
    assert.match(settled.status === 'rejected' ? String(settled.reason) : '', /^Error: disk I\/O error$/)
  }
  assert.equal(failures.length, 1)
})

/** Another program's connection that has the write lock. */
function aLock(t: TestContext, path: string): DatabaseSync {
  const other = new DatabaseSync(path)
  t.after(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  return other
}

test('while another program writes, commits wait and reads are answered', async t => {
  const path = aPath(t)
  const store = openSqliteStore({ path })
  t.after(() => store.close())
  const tenant = await tenantOf(store, 1)
  const other = aLock(t, path)
  const commit = tenant.commit(transaction => putGroup(transaction, groupId(1)))
  const alone = store.putTenant(aTenantNamed(2))
  for (let count = 0; count < 100; count += 1) assert.equal(await tenant.look(async ({ head }) => head), 0)
  other.exec('ROLLBACK')
  await Promise.all([commit, alone])
  assert.equal(await tenant.look(async ({ head }) => head), 1)
})

test('a commit waits 5 s for another program, and is then refused with nothing done (DELTA-110)', async t => {
  const path = aPath(t)
  const store = openSqliteStore({ path })
  const tenant = await tenantOf(store, 1)
  const other = aLock(t, path)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let [waited, refused] = [0, false]
  const commits = [1, 2].map(number => tenant.commit(transaction => putGroup(transaction, groupId(number))))
  const outcome = Promise.allSettled(commits).finally(() => {
    refused = true
  })
  for (; !refused && waited < 10_000; waited += 10) {
    await new Promise(resolve => setImmediate(resolve))
    t.mock.timers.tick(10)
  }
  for (const settled of await outcome) {
    assert.equal(settled.status === 'rejected' && settled.reason.code, 'serviceNotAvailable')
  }
  assert.ok(waited >= 4_900 && waited <= 5_100, `after ${waited} ms`)
  t.mock.timers.reset()
  other.exec('ROLLBACK')
  await tenant.commit(transaction => putGroup(transaction, groupId(3)))
  assert.equal(await tenant.look(async ({ head }) => head), 1)
  await store.close()
})

/** A tenant with so many removed members. */
async function aTenantWithTombstones(store: Store, count: number): Promise<TestTenant> {
  const tenant = await tenantOf(store, 1)
  const people = numbers(count).map(personId)
  await tenant.commit(async transaction => {
    await putGroup(transaction, groupId(1))
    await link(transaction, groupId(1), 'members', ...people)
  })
  await tenant.commit(transaction => unlink(transaction, groupId(1), 'members', ...people))
  return tenant
}

test('a compaction moves the horizon first and drops 3,500 tombstones in steps, among which others write', async t => {
  const store = openSqliteStore({ path: aPath(t) })
  t.after(() => store.close())
  const tenant = await aTenantWithTombstones(store, 3_500)
  const other = await tenantOf(store, 2)
  const lookAtIt = () =>
    tenant.look(async snapshot => ({
      horizon: snapshot.horizon,
      first: (await snapshot.edge(groupId(1), 'members', personId(1))) !== null,
      last: (await snapshot.edge(groupId(1), 'members', personId(3_500))) !== null,
    }))
  let over = false
  const compacting = store.compact(tenant.id, 2).finally(() => {
    over = true
  })
  const seen: string[] = []
  while (!over) {
    await other.commit(transaction => putGroup(transaction, groupId(1)))
    seen.push(JSON.stringify(await lookAtIt()))
  }
  assert.deepEqual(await compacting, { tombstones: 3_500, records: 1 })
  assert.ok(seen.includes(JSON.stringify({ horizon: 2, first: false, last: true })), [...new Set(seen)].join())
  assert.ok(!seen.some(text => text.includes('"horizon":0') && !text.includes('"first":true,"last":true')))
  assert.deepEqual(await lookAtIt(), { horizon: 2, first: false, last: false })
})

test('a compaction that was cut short is finished by the next one', async t => {
  const path = aPath(t)
  const first = openSqliteStore({ path })
  const tenant = await aTenantWithTombstones(first, 2_500)
  const compacting = first.compact(tenant.id, 2)
  await tenant.commit(transaction => putGroup(transaction, groupId(2)))
  const closed = first.close()
  await assert.rejects(compacting, /^Error: The store is closed\.$/)
  await closed
  const store = openSqliteStore({ path })
  const again = await tenantOf(store, 1)
  const { tombstones } = await store.compact(again.id, 2)
  assert.ok(tombstones > 0, `${tombstones} were left`)
  assert.equal((await store.compact(again.id, 2)).tombstones, 0)
  await store.close()
})

test('a log that one commit has made large is cut down again', async t => {
  const path = aPath(t)
  const store = openSqliteStore({ path })
  t.after(() => store.close())
  const tenant = await tenantOf(store, 1)
  await tenant.commit(async transaction => {
    for (const number of numbers(50)) {
      await putGroup(transaction, groupId(number), { properties: { description: 'x'.repeat(1_000_000) } })
    }
  })
  assert.ok(statSync(`${path}-wal`).size > 48_000_000)
  await tenant.commit(transaction => putGroup(transaction, groupId(1)))
  assert.ok(statSync(`${path}-wal`).size <= 32 * 1024 * 1024)
})
