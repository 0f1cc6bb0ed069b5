import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import test from 'node:test'
import { turnsInLines } from '../../src/server/connection/lines.ts'

function leave(one: EventEmitter): void {
  one.emit('close')
}

test('of a line no more than its turns are under way, and the next begins when one has left', async () => {
  const take = turnsInLines<string>(2)
  const ones = Array.from({ length: 4 }, () => new EventEmitter())
  const begun: number[] = []
  const turns = ones.map((one, index) => take('a', one).then(has => has && begun.push(index)))
  await Promise.all(turns.slice(0, 2))
  assert.deepEqual(begun, [0, 1])
  leave(ones[1] as EventEmitter)
  await turns[2]
  assert.deepEqual(begun, [0, 1, 2])
  leave(ones[0] as EventEmitter)
  await turns[3]
  assert.deepEqual(begun, [0, 1, 2, 3])
})

test('lines do not wait for each other, and who leaves while it waits has no turn and takes none', async () => {
  const take = turnsInLines<string>(1)
  const [first, impatient, next] = [new EventEmitter(), new EventEmitter(), new EventEmitter()]
  assert.equal(await take('a', first), true)
  const left = take('a', impatient)
  const waits = take('a', next)
  assert.equal(await take('b', new EventEmitter()), true)
  leave(impatient)
  assert.equal(await left, false)
  leave(first)
  assert.equal(await waits, true)
  leave(next)
  assert.equal(await take('a', new EventEmitter()), true)
})
