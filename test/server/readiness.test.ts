import assert from 'node:assert/strict'
import test from 'node:test'
import { pino } from 'pino'
import { newReadinessWatch } from '../../src/server/monitor/readiness.ts'

/** A database that does what the test says, a clock that it moves, and a log that it reads. */
function aWatch(probeMs?: number) {
  let now = 0
  const probes: PromiseWithResolvers<void>[] = []
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: line => void lines.push(JSON.parse(line).msg) })
  const watch = newReadinessWatch(logger, () => now, probeMs)
  const probe = (): Promise<void> => {
    const answer = Promise.withResolvers<void>()
    probes.push(answer)
    return answer.promise
  }
  return { watch, store: { probe }, probes, lines, pass: (ms: number) => (now += ms) }
}

test('a server is starting until it begins, and stopping from its end on, whatever the database says', async () => {
  const { watch, store, probes } = aWatch()
  assert.equal(await watch.look(), 'starting')
  watch.begin(store)
  const looked = watch.look()
  probes[0]?.resolve()
  assert.equal(await looked, 'ready')
  watch.end()
  assert.equal(await watch.look(), 'stopping')
  assert.equal(probes.length, 1)
})

test('a server that ends while the database is asked is stopping', async () => {
  const { watch, store, probes } = aWatch()
  watch.begin(store)
  const looked = watch.look()
  watch.end()
  probes[0]?.resolve()
  assert.equal(await looked, 'stopping')
})

test('many who look ask the database once, and again after five seconds', async () => {
  const { watch, store, probes, pass } = aWatch()
  watch.begin(store)
  const looked = [watch.look(), watch.look()]
  probes[0]?.resolve()
  assert.deepEqual(await Promise.all(looked), ['ready', 'ready'])
  pass(4_999)
  assert.equal(await watch.look(), 'ready')
  assert.equal(probes.length, 1)
  pass(1)
  const later = watch.look()
  assert.equal(probes.length, 2)
  probes[1]?.reject(new Error('gone'))
  assert.equal(await later, 'database unavailable')
})

test('the log is told once that the database has gone, and once that it is back', async () => {
  const { watch, store, probes, lines, pass } = aWatch()
  watch.begin(store)
  for (const works of [true, false, false, true, true]) {
    const looked = watch.look()
    if (works) probes.at(-1)?.resolve()
    else probes.at(-1)?.reject(new Error('disk on fire'))
    assert.equal(await looked, works ? 'ready' : 'database unavailable')
    pass(5_000)
  }
  assert.deepEqual(lines, ['the database cannot be read or written', 'the database answers again'])
})

test('a database that does not answer in time is not there', async () => {
  const { watch, store } = aWatch(1)
  watch.begin(store)
  assert.equal(await watch.look(), 'database unavailable')
})

test('a server is not ready as long as the keys of an issuer are not known (DELTA-232)', async () => {
  const { watch, store, probes } = aWatch()
  let known = false
  watch.begin(store, () => known)
  const looked = watch.look()
  probes[0]?.resolve()
  assert.equal(await looked, 'issuer unavailable')
  known = true
  assert.equal(await watch.look(), 'ready')
})
