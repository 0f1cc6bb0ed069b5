import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import test, { type TestContext } from 'node:test'
import { pino } from 'pino'
import { startUpkeep } from '../../src/cli/upkeep.ts'
import { aDirectory } from '../server/aDirectory.ts'
import { aServer, type TestServer } from '../server/aServer.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** One line of the log. */
interface Told {
  readonly level: number
  readonly msg: string
  readonly purged?: number
}

/** The upkeep of a server whose hours pass as the test says; the clock of the wall can be set besides. */
interface Upkeep {
  /** What is logged of the run at the start, and of that of the next hour. */
  readonly first: () => Promise<Told[]>
  readonly anHour: () => Promise<Told[]>
  readonly set: (ms: number) => void
  readonly stop: () => void
}

function anUpkeep(t: TestContext, { store, services, clock }: TestServer): Upkeep {
  let [set, passed] = [0, 0]
  const wall = { now: () => clock.now() + set + passed, elapsed: () => passed }
  const log = new PassThrough().setEncoding('utf8')
  const nextRun = async (): Promise<Told[]> => {
    const told: Told[] = []
    while (!told.at(-1)?.msg.startsWith('housekeeping')) {
      const [text] = await once(log, 'data')
      told.push(
        ...String(text)
          .trim()
          .split('\n')
          .map(line => JSON.parse(line)),
      )
    }
    return told
  }
  let stop = (): void => {}
  t.after(() => stop())
  return {
    first: () => {
      const told = nextRun()
      stop = startUpkeep({ store, clock: wall, settings: services.settings }, pino({ level: 'info' }, log))
      return told
    },
    anHour: () => {
      const told = nextRun()
      passed += HOUR_MS
      t.mock.timers.tick(HOUR_MS)
      return told
    },
    set: ms => {
      set += ms
    },
    stop: () => stop(),
  }
}

const DONE = [{ level: 30, msg: 'housekeeping', purged: 0 }]

function short(told: readonly Told[]): Told[] {
  return told.map(({ level, msg, purged }) => ({ level, msg, ...(purged !== undefined && { purged }) }))
}

async function aServerWithBin(t: TestContext): Promise<TestServer> {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  await staff.delete()
  return server
}

test('housekeeping runs at the start and every hour, and purges when the time has come', async t => {
  const server = await aServerWithBin(t)
  const upkeep = anUpkeep(t, server)
  assert.deepEqual(short(await upkeep.first()), DONE)
  assert.deepEqual(short(await upkeep.anHour()), DONE)
  server.clock.advance(15 * DAY_MS)
  upkeep.stop()
  const next = anUpkeep(t, server)
  assert.match((await next.first())[0]?.msg ?? '', /15 days after the last housekeeping/)
  for (let hour = 0; hour < 15; hour += 1) assert.deepEqual(short(await next.anHour()), DONE)
  server.clock.advance(15 * DAY_MS)
  const purged: unknown[] = []
  for (let hour = 0; hour < 15; hour += 1) purged.push((await next.anHour()).at(-1)?.purged)
  assert.deepEqual(purged, [...Array(14).fill(0), 1])
})

test('a server that starts with a clock a month ahead purges nothing, says so once, and nothing is lost when the clock is set right (DELTA-160)', async t => {
  const server = await aServerWithBin(t)
  const before = anUpkeep(t, server)
  await before.first()
  before.stop()
  const upkeep = anUpkeep(t, server)
  upkeep.set(31 * DAY_MS)
  const [warning, ...rest] = await upkeep.first()
  assert.equal(warning?.level, 40)
  assert.match(warning?.msg ?? '', /^The clock says .*, 31 days after the last housekeeping \(.*\): .*--confirm-clock/)
  assert.deepEqual(short(rest), DONE)
  for (let hour = 1; hour < 30; hour += 1) assert.deepEqual(short(await upkeep.anHour()), DONE)
  upkeep.set(-31 * DAY_MS)
  for (let hour = 0; hour < 3; hour += 1) assert.equal((await upkeep.anHour()).at(-1)?.purged, 0)
})

test('a clock that runs on as it was set is believed in the end (DELTA-160)', async t => {
  const server = await aServerWithBin(t)
  const upkeep = anUpkeep(t, server)
  await upkeep.first()
  upkeep.set(31 * DAY_MS)
  assert.equal((await upkeep.anHour())[0]?.level, 40)
  let hours = 2
  for (; hours < 100; hours += 1) if ((await upkeep.anHour())[0]?.purged === 1) break
  assert.equal(hours, 30)
  assert.equal((await server.call('/v1.0/directory/deletedItems/microsoft.graph.group')).body.value.length, 0)
})
