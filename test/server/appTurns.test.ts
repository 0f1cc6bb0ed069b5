import assert from 'node:assert/strict'
import { once } from 'node:events'
import test from 'node:test'
import type { Store } from '../../src/store/store.ts'
import { aListener } from './aListener.ts'
import { aServer } from './aServer.ts'

/** Nothing here waits for more than the machine: what takes longer hangs. */
const options = { timeout: 20_000 }

test('a large body is read in its turn, and another app is answered meanwhile (DELTA-251)', async t => {
  const server = await aServer(t)
  const other = await server.addTenant()
  await Promise.all([server.token(), server.token(undefined, other)])
  const body = `[${'1,'.repeat(100_000)}1]`
  const order: string[] = []
  const asked = Array.from({ length: 10 }, () =>
    server.call('/v1.0/groups', { method: 'POST', body }).then(({ status }) => order.push(`body ${status}`)),
  )
  asked.push(server.call('/v1.0/groups', { tenant: other }).then(({ status }) => order.push(`read ${status}`)))
  await Promise.all(asked)
  assert.ok(order.indexOf('read 200') < 5, order.join(', '))
  assert.equal(order.filter(one => one === 'body 400').length, 10)
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
