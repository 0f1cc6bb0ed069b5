import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { DatabaseRefused } from '../../../src/store/sqlite/database.ts'
import { lockDatabase } from '../../../src/store/sqlite/lock.ts'

function aFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-lock-'))
  context.after(() => rmSync(folder, { recursive: true }))
  return folder
}

const IN_USE = (error: unknown): boolean =>
  error instanceof DatabaseRefused && /is in use by another/.test(error.message)

test('a database has one lock, within a process too, until it is released', t => {
  const path = join(aFolder(t), 'directory.db')
  const lock = lockDatabase(path)
  assert.throws(() => lockDatabase(path), IN_USE)
  assert.throws(() => lockDatabase(path), IN_USE)
  lock.release()
  lockDatabase(path).release()
})

test('databases beside each other have locks of their own', t => {
  const folder = aFolder(t)
  const locks = ['one.db', 'two.db'].map(name => lockDatabase(join(folder, name)))
  for (const { release } of locks) release()
})

test('a lock makes one file, for its owner alone, and removes it', t => {
  const folder = aFolder(t)
  const lock = lockDatabase(join(folder, 'directory.db'))
  assert.deepEqual(readdirSync(folder), ['directory.db.lock'])
  assert.equal(statSync(join(folder, 'directory.db.lock')).mode & 0o777, 0o600)
  lock.release()
  assert.deepEqual(readdirSync(folder), [])
})

test('the file of a server that was killed is taken over', t => {
  const path = join(aFolder(t), 'directory.db')
  writeFileSync(`${path}.lock`, '')
  lockDatabase(path).release()
})

test('a lock whose file was removed by hand keeps nobody out, and its release removes no other one', t => {
  const path = join(aFolder(t), 'directory.db')
  const lost = lockDatabase(path)
  unlinkSync(`${path}.lock`)
  const next = lockDatabase(path)
  lost.release()
  assert.throws(() => lockDatabase(path), IN_USE)
  next.release()
})
