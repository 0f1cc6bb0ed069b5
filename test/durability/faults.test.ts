import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { chanceOf, freshSeed } from './chance.ts'
import { readDirectory } from './directory.ts'
import { lookAfter, newTrial, stop, writeAll } from './faultyServer.ts'
import { inFolder } from './folder.ts'
import { run } from './running.ts'
import { startProcess } from './serverProcess.ts'
import { openSmallDisk } from './smallDisk.ts'
import { newStormWriters, settle } from './stormWriter.ts'
import { failing, whyNoStrace } from './strace.ts'
import { faultsOfFile } from './wholeFile.ts'

const noStrace = whyNoStrace() ?? false
const SYNC = 'fsync,fdatasync'
/** Of each writer: more than any of these servers does before something fails. */
const WRITES = 100
/** The log is written back from 2,000 pages on, each of 8 KiB (`src/store/sqlite/connection.ts`). */
const LOG_BYTES = 2_000 * 8_192

test('a write that the disk fails is answered 500, no other is taken, and the server ends with 1 (DELTA-110)', {
  skip: noStrace,
}, async t => {
  const seed = freshSeed()
  t.diagnostic(`seed ${seed}`)
  await inFolder(async folder => {
    const trial = await newTrial({ database: join(folder, 'directory.db') }, seed)
    const { database, secret } = trial
    for (const [call, error, when] of [
      [SYNC, 'EIO', '1'],
      [SYNC, 'EIO', '3'],
      [SYNC, 'EIO', '4+'],
      [SYNC, 'EIO', '17'],
      ['pwrite64', 'EIO', '50'],
      ['pwrite64', 'EROFS', '120+'],
    ] as const) {
      const running = await run({ database, secret, under: failing(call, error, when) })
      const { failures, doneAfterFailure, reads } = await writeAll(running, trial, WRITES)
      running.connections.close()
      const told = `${call} ${error} ${when}: ${JSON.stringify(failures)}`
      assert.deepEqual(await running.server.ended, { code: 1, signal: null }, told)
      assert.ok(
        failures.some(({ status }) => status === 500),
        told,
      )
      assert.equal(doneAfterFailure, 0, told)
      // A server that ends soon may have answered none of them.
      for (const status of reads) assert.equal(status, 200, told)
      await lookAfter(trial)
    }
  })
})

test('a write that finds no space is answered 503 and is not there, and those after it are done (DELTA-110)', {
  skip: noStrace,
}, async t => {
  const seed = freshSeed()
  t.diagnostic(`seed ${seed}`)
  await inFolder(async folder => {
    const trial = await newTrial({ database: join(folder, 'directory.db') }, seed)
    const { database, secret } = trial
    // A start writes sixteen times: the index of the log, when it looks whose file it is and when it opens it.
    for (const when of ['17', '19', '34', '71']) {
      const running = await run({ database, secret, under: failing('pwrite64', 'ENOSPC', when) })
      const { failures, done, reads } = await writeAll(running, trial, 20)
      await stop(running)
      const told = `${when}: ${JSON.stringify(failures)}`
      assert.ok(failures.length > 0 && failures.every(({ status }) => status === 503), told)
      assert.ok(done > 0, told)
      assert.deepEqual([...reads], [200], told)
      await lookAfter(trial)
    }
  })
})

test('a log that cannot be written back to its database is kept, and writes go on', { skip: noStrace }, async t => {
  const seed = freshSeed()
  t.diagnostic(`seed ${seed}`)
  await inFolder(async folder => {
    const trial = await newTrial({ database: join(folder, 'directory.db') }, seed)
    const { database, secret } = trial
    const running = await run({ database, secret, under: failing(SYNC, 'EIO', '1+', database) })
    const { failures } = await writeAll(running, trial, WRITES)
    await stop(running)
    assert.deepEqual(failures, [])
    assert.ok(statSync(`${database}-wal`).size > LOG_BYTES)
    await lookAfter(trial)
  })
})

const PROGRAM = fileURLToPath(new URL('./failingStore.ts', import.meta.url))
const STEPS = ['write', 'write', 'compact', 'probe', 'write']

interface Step {
  readonly step: string
  readonly came: unknown
  /** The head that a read saw after it. */
  readonly read: unknown
}

/** What came of each step of the program when its nth call to synchronize fails. */
async function stepsWhen(nth: number, folder: string): Promise<Step[]> {
  mkdirSync(folder)
  const program = [process.execPath, PROGRAM, join(folder, 'directory.db'), ...STEPS]
  const [command = '', ...words] = [...failing(SYNC, 'EIO', String(nth)), ...program]
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = (await text(child.stdout)).trim().split('\n')
  return lines.map(line => JSON.parse(line)).filter(({ step }) => step !== undefined)
}

test('a store that failed to synchronize a commit, a compaction or a probe takes no more writes and goes on reading', {
  skip: noStrace,
}, async () => {
  await inFolder(async folder => {
    const failed = new Set<string>()
    // Fewer calls make the database and its tenant; each step is one more.
    for (const nth of [9, 10, 11, 12, 13]) {
      const steps = await stepsWhen(nth, join(folder, String(nth)))
      const first = steps.findIndex(({ came }) => came === 'unknown')
      const told = `${nth}: ${JSON.stringify(steps)}`
      assert.equal(steps.length, STEPS.length, told)
      assert.notEqual(first, -1, told)
      failed.add(steps[first]?.step ?? '')
      const head = steps.slice(0, first).filter(({ step }) => step === 'write').length
      for (const { came, read } of steps.slice(first)) {
        assert.ok(came === 'unknown' || came === 'serviceNotAvailable', told)
        assert.equal(read, head, told)
      }
      assert.equal(steps.filter(({ came }) => came === 'unknown').length, 1, told)
    }
    assert.deepEqual(failed, new Set(['write', 'compact', 'probe']))
  })
})

test('on a full disk writes are answered 503, nothing of them is there, reads go on, and freed space is used (DELTA-110)', async t => {
  const seed = freshSeed()
  t.diagnostic(`seed ${seed}`)
  await inFolder(async folder => {
    const disk = await openSmallDisk(join(folder, 'disk'), '2m')
    if (typeof disk === 'string') return t.skip(disk)
    try {
      const database = join(disk.folder, 'directory.db')
      const running = await run({ database, under: disk.under })
      const writers = await newStormWriters(running, { writers: 3, users: 4 })
      const trial = { database, secret: running.secret, writers, chance: chanceOf(seed), acknowledged: 0, head: 0 }
      disk.fill(1_000_000)
      const full = await writeAll(running, trial, 400)
      assert.ok(full.failures.length > 0)
      assert.ok(full.failures.every(({ status }) => status === 503))
      assert.deepEqual([...full.reads], [200])
      settle(writers, await readDirectory(running.graph))
      disk.free()
      const freed = await writeAll(running, trial, 5)
      assert.deepEqual(freed.failures, [])
      running.connections.close()
      await running.server.end('SIGKILL')

      const again = await run({ database, secret: running.secret, under: disk.under })
      settle(writers, await readDirectory(again.graph))
      const copy = join(folder, 'copy')
      cpSync(disk.outside, copy, { recursive: true })
      assert.deepEqual(faultsOfFile(join(copy, 'directory.db')), [])
      await stop(again)
    } finally {
      await disk.end()
    }
  })
})

test('a database that cannot be written to is refused with one sentence', async t => {
  await inFolder(async folder => {
    const disk = await openSmallDisk(join(folder, 'disk'), '8m')
    if (typeof disk === 'string') return t.skip(disk)
    try {
      const database = join(disk.folder, 'directory.db')
      await stop(await run({ database, under: disk.under }))
      disk.makeReadOnly()
      const refused = startProcess({ database, under: disk.under })
      assert.deepEqual(await refused.ended, { code: 2, signal: null })
      assert.match(refused.said(), /^[^\n]*directory\.db' cannot be [^\n]*\.\n$/)
    } finally {
      await disk.end()
    }
  })
})
