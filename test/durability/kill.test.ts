import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { chanceOf, freshSeed } from './chance.ts'
import { inFolder } from './folder.ts'
import { stormAndKill } from './killStorm.ts'
import { startProcess } from './serverProcess.ts'
import { faultsOfFile } from './wholeFile.ts'

const CYCLES = 50
const FIRST_STARTS = 5
/** Longer than a first start takes, in milliseconds. */
const FIRST_START_MS_MAX = 400

test('a server killed in a storm of writes loses no acknowledged write, keeps no half of one, and every reader converges (DELTA-109)', async t => {
  const seed = freshSeed()
  t.diagnostic(`seed ${seed}`)
  const figures = await inFolder(folder =>
    stormAndKill({ database: join(folder, 'directory.db'), seed, cycles: CYCLES }),
  )
  t.diagnostic(JSON.stringify(figures))
  assert.equal(figures.cycles, CYCLES)
  assert.ok(figures.acknowledged > CYCLES)
  assert.ok(figures.unanswered > 0)
  assert.ok(figures.edgesCompared > 0)
})

test('a server killed while it makes its database starts again on what is there', async t => {
  const seed = freshSeed()
  t.diagnostic(`seed ${seed}`)
  const chance = chanceOf(seed)
  await inFolder(async folder => {
    for (let round = 1; round <= FIRST_STARTS; round += 1) {
      const database = join(folder, `directory-${round}.db`)
      const first = startProcess({ database })
      // The kill is to come at a moment that nothing tells.
      await wait(chance.below(FIRST_START_MS_MAX))
      await first.end('SIGKILL')
      const second = startProcess({ database })
      await second.ready
      assert.deepEqual(faultsOfFile(database), [])
      assert.deepEqual(await second.end('SIGTERM'), { code: 0, signal: null })
    }
  })
})
