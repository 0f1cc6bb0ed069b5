import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import test from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Caller } from '../../src/auth/caller.ts'
import type { TenantId } from '../../src/core/id.ts'
import { appTurns } from '../../src/server/appTurns.ts'
import type { Store } from '../../src/store/store.ts'
import { aListener } from './aListener.ts'

/** Nothing here waits for more than the machine: what takes longer hangs. */
const options = { timeout: 20_000 }

function aCaller(app: string): Caller {
  return { tenant: randomUUID() as TenantId, app } as Caller
}

test('reads of apps take turns, one in each turn of the event loop, however many one app asks (DELTA-251)', async () => {
  const { read } = appTurns(64)
  const [greedy, modest] = [aCaller('greedy'), aCaller('modest')]
  const order: string[] = []
  const asked = Array.from({ length: 20 }, () => read(greedy).then(() => order.push('greedy')))
  asked.push(read(modest).then(() => order.push('modest')))
  let turns = 0
  const count = (): void => {
    turns += 1
    if (order.length < asked.length) setImmediate(count)
  }
  setImmediate(count)
  await Promise.all(asked)
  assert.ok(order.indexOf('modest') <= 2, order.join(' '))
  // The first waits for no turn, and the counter begins with the second.
  assert.ok(turns >= asked.length - 2, `${turns} turns`)
})

test('one read after the other waits for nobody', async () => {
  const { read } = appTurns(64)
  const caller = aCaller('alone')
  for (let n = 0; n < 3; n += 1) {
    let isBegun = false
    void read(caller).then(() => {
      isBegun = true
    })
    await Promise.resolve()
    await Promise.resolve()
    assert.equal(isBegun, true)
    await turn()
    await turn()
  }
})

test(
  'an app has so many requests under way on all its connections, and the others wait their turn (DELTA-251)',
  options,
  async t => {
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    let [underWay, most] = [0, 0]
    const held = (store: Store): Store => ({
      ...store,
      read: async (tenant, work) => {
        underWay += 1
        most = Math.max(most, underWay)
        if (underWay === 2) reached.resolve()
        await gate.promise
        underWay -= 1
        return store.read(tenant, work)
      },
    })
    const listener = await aListener(t, { storeOf: held, limits: { appUnderWayMax: 2 } })
    const list = `GET /v1.0/groups HTTP/1.1\r\n${listener.host}${listener.authorization}Connection: close\r\n\r\n`
    const replies = Array.from({ length: 6 }, () => listener.exchange(list))
    const gone = await listener.connect()
    gone.socket.write(list)
    await reached.promise
    gone.socket.destroy()
    await once(gone.socket, 'close')
    const keys = `GET /${listener.inside.tenant}/discovery/v2.0/keys HTTP/1.1\r\n${listener.host}Connection: close\r\n\r\n`
    assert.equal((await listener.exchange(keys))[0]?.status, 200)
    gate.resolve()
    for (const [reply] of await Promise.all(replies)) assert.equal(reply?.status, 200)
    assert.equal(most, 2)
  },
)
