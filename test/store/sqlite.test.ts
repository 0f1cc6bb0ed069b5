import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { openMemoryStore } from '../../src/store/memory.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { describeStore } from './contract.ts'
import { holdings, play, question, step } from './history.ts'
import { aTenant, type StoreFactory } from './tenant.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidemark-store-'))
after(() => rmSync(folder, { recursive: true }))

let files = 0
const openFile: StoreFactory = ({ nonce }) => {
  files += 1
  return openSqliteStore({ path: join(folder, `${files}.db`), nonce })
}

describeStore('the SQLite store', openFile)

const SEED = 815
const STEPS = 300

test(`through one random history (${STEPS} steps, seed ${SEED}) both stores give the same bytes, changes and reads`, async t => {
  const memory = await aTenant(t, openMemoryStore)
  const sqlite = await aTenant(t, openFile)
  const questions = fc.sample(question, { seed: SEED, numRuns: STEPS })
  for (const [index, next] of fc.sample(step, { seed: SEED, numRuns: STEPS }).entries()) {
    const outcome = await play(memory.store, memory.id, next)
    assert.deepEqual(await play(sqlite.store, sqlite.id, next), outcome, `step ${index}`)
    const asked = questions.slice(index, index + 3)
    const held = await memory.look(snapshot => holdings(snapshot, asked))
    assert.deepEqual(await sqlite.look(snapshot => holdings(snapshot, asked)), held, `after step ${index}`)
  }
})
