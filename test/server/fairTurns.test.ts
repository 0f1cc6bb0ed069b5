import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate as inNextTurn } from 'node:timers/promises'
import { fairTurns } from '../../src/server/fairTurns.ts'

/** Work whose time the test decides, and the order in which it began. */
function aShop() {
  let clock = 0
  let loops = 0
  const order: string[] = []
  const take = fairTurns(() => clock)
  const work = async (name: string, ms: number): Promise<void> => {
    await take(name)
    order.push(`${name}${loops}`)
    await Promise.resolve()
    clock += ms
  }
  /** Counts the turns of the event loop while `all` goes on. */
  const during = async (all: readonly Promise<void>[]): Promise<string[]> => {
    let over = false
    const count = async (): Promise<void> => {
      while (!over) {
        await inNextTurn()
        loops += 1
      }
    }
    const counting = count()
    await Promise.all(all)
    over = true
    await counting
    return order
  }
  return { work, during, order }
}

function names(order: readonly string[]): string {
  return order.map(one => one.charAt(0)).join('')
}

test('work alone begins at once, and short work goes on in the same turn of the event loop (DELTA-251)', async () => {
  const { work, during } = aShop()
  const order = await during(Array.from({ length: 4 }, () => work('a', 0.4)))
  assert.deepEqual(order, ['a0', 'a0', 'a0', 'a0'])
})

test('after 2 ms, or one longer piece, the event loop turns (DELTA-251)', async () => {
  const { work, during } = aShop()
  const order = await during(Array.from({ length: 5 }, () => work('a', 1.1)))
  const turns = order.map(one => Number(one.slice(1)))
  assert.deepEqual(turns.slice(0, 2), [0, 0])
  assert.ok(Number(turns[2]) > 0 && turns[2] === turns[3] && Number(turns[4]) > Number(turns[3]), `${turns}`)
  const long = aShop()
  const each = (await long.during(Array.from({ length: 3 }, () => long.work('a', 30)))).map(one => Number(one.slice(1)))
  assert.equal(new Set(each).size, 3, `${each}`)
})

test('who needs little comes before who has taken much, however many wait (DELTA-251)', async () => {
  const { work, during } = aShop()
  const asked = Array.from({ length: 6 }, () => work('a', 25))
  asked.push(...Array.from({ length: 4 }, () => work('b', 0.3)))
  assert.equal(names(await during(asked)), 'abbbbaaaaa')
})

test('who comes later starts with the others and has no time to catch up on (DELTA-251)', async () => {
  const { work, during, order } = aShop()
  const asked = Array.from({ length: 6 }, () => work('a', 10))
  const late = (async () => {
    while (order.length < 3) await inNextTurn()
    await Promise.all(Array.from({ length: 4 }, () => work('b', 10)))
  })()
  const [first] = names(await during([...asked, late])).split('b', 1)
  assert.ok((first?.length ?? 0) >= 3)
  assert.match(names(order).slice(first?.length), /^b+ab+a/)
  assert.doesNotMatch(names(order), /bbb/)
})

test('who has more waiting than it gets done lets the loop be for as long as its last piece took, where others are there (DELTA-251)', async () => {
  const turnsBetween = async (piece: number, ...others: readonly string[]): Promise<number> => {
    const { work, during } = aShop()
    const asked = Array.from({ length: 2 }, () => work('a', piece))
    asked.push(...others.map(name => work(name, 0.1)))
    const [first = 0, second = 0] = (await during(asked))
      .filter(one => one.startsWith('a'))
      .map(one => Number(one.slice(1)))
    return second - first
  }
  assert.ok((await turnsBetween(15, 'b')) > 3)
  assert.ok((await turnsBetween(15)) <= 2)
  // Who came more than 100 ms ago counts as gone.
  assert.ok((await turnsBetween(120, 'b')) <= 2)
})
