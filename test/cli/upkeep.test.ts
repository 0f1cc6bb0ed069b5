import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import test from 'node:test'
import { pino } from 'pino'
import { startUpkeep } from '../../src/cli/upkeep.ts'
import { aServer } from '../server/aServer.ts'

const HOUR_MS = 3_600_000

test('housekeeping runs at the start and every hour, but not after the clock was set by more than an hour', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { store, services } = await aServer(t)
  let [set, passed] = [0, 0]
  const clock = { now: () => services.clock.now() + set + passed, elapsed: () => passed }
  const log = new PassThrough().setEncoding('utf8')
  const told = async (): Promise<string> => JSON.parse(String((await once(log, 'data'))[0])).msg
  const anHour = (): Promise<string> => {
    const next = told()
    passed += HOUR_MS
    t.mock.timers.tick(HOUR_MS)
    return next
  }
  const first = told()
  const stop = startUpkeep({ store, clock, settings: services.settings }, pino({ level: 'info' }, log))
  t.after(stop)
  assert.equal(await first, 'housekeeping')
  assert.equal(await anHour(), 'housekeeping')
  set += 2 * HOUR_MS
  assert.match(await anHour(), /^The clock was set by more than an hour/)
  assert.equal(await anHour(), 'housekeeping')
})
