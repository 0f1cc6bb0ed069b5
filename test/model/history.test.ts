import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { playHistory } from './history.ts'
import { inProcessDriver } from './inProcess.ts'
import { readKeptHistories } from './keptHistory.ts'
import { Pool } from './pool.ts'
import { sqliteHouse } from './storeHouse.ts'
import type { System } from './worker.ts'
import { World } from './world.ts'

const STEPS_MAX = 60
/** Other histories at every run; what has failed can be played again by its seed. */
const SEED = Number(process.env['TIDEMARK_SEED'] ?? Date.now() % 2 ** 31)

const pool = new Pool()
after(() => pool.close())

/** Plays random histories in parts, and holds that none of them breaks a promise. */
async function hold(context: TestContext, systems: readonly System[], runs: number, parts: number): Promise<void> {
  context.diagnostic(`seed ${SEED}`)
  const outcomes = await Promise.all(
    Array.from({ length: parts }, (_, part) => {
      const trial = { seed: SEED + part, runs: runs / parts, stepsMax: STEPS_MAX, shrinks: true }
      return pool.run({ kind: 'histories', systems, trial })
    }),
  )
  for (const outcome of outcomes) {
    if (outcome.kind === 'histories' && outcome.failure !== null) assert.fail(outcome.failure)
  }
}

for (const { name, history } of readKeptHistories()) {
  test(`a history that has shown a mistake once holds: ${name}`, async () => {
    const driver = inProcessDriver(sqliteHouse)
    await playHistory(history, await World.open(driver, history.setting))
    await driver.close()
  })
}

test('2,000 random histories break no promise of the rounds (DELTA-39, DELTA-40, DELTA-41, DELTA-44)', context =>
  hold(context, ['sqlite'], 2_000, 8))

test('200 random histories have the same answers over HTTP as in the process, byte by byte (DELTA-3, DELTA-94)', context =>
  hold(context, ['http', 'sqlite'], 200, 4))

test('200 random histories have the same answers from the memory store as from SQLite, byte by byte', context =>
  hold(context, ['memory', 'sqlite'], 200, 4))
