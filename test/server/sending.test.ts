import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aListener, type Listener } from './aListener.ts'

test('pages that are sent in parts are as long as they say, and the connection goes on with the next request', async t => {
  const listener = await aListener(t)
  await aDirectory(listener.inside).groups('A', 'B', 'C')
  const { socket, answers } = await listener.connect()
  const get = (method: 'GET' | 'HEAD', more = '') =>
    `${method} /v1.0/groups/delta?$select=displayName HTTP/1.1\r\n${listener.host}${listener.authorization}${more}\r\n`
  socket.write(get('GET') + get('GET') + get('GET', 'Connection: close\r\n'))
  const received = await answers(3)
  for (const { status, headers, body } of received) {
    assert.equal(status, 200)
    assert.equal(headers['transfer-encoding'], undefined)
    assert.equal(Number(headers['content-length']), Buffer.byteLength(JSON.stringify(body)))
    assert.equal((body as { value: unknown[] }).value.length, 3)
  }
})

function getsIn({ connect }: Listener): Promise<boolean> {
  return connect().then(
    () => true,
    () => false,
  )
}

test('a server that stops while it makes a page sends it whole and keeps no connection for a next one', async t => {
  let stopping: Promise<unknown> = Promise.resolve()
  const listener = await aListener(t, {
    storeOf: store => ({
      ...store,
      read: async (tenant, work) => {
        stopping = listener.stop()
        let tries = 0
        while (tries < 1_000 && (await getsIn(listener))) tries += 1
        return store.read(tenant, work)
      },
    }),
  })
  const { host, authorization, exchange } = listener
  const [answer] = await exchange(`GET /v1.0/groups/delta HTTP/1.1\r\n${host}${authorization}\r\n`)
  assert.equal(answer?.status, 200)
  assert.equal(answer?.headers['connection'], 'close')
  await stopping
})

test('a page that is sent in parts is logged as answered', async t => {
  const { host, authorization, exchange, close } = await aListener(t, { level: 'info' })
  await exchange(`GET /v1.0/groups/delta HTTP/1.1\r\n${host}${authorization}Connection: close\r\n\r\n`)
  const answered = (await close()).filter(({ msg }) => msg === 'answered')
  assert.equal(answered.length, 1)
})
