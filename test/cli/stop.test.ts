import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectSession } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { aFolder, aServing, askToken, endWith, type Ready, start } from './aProgram.ts'

const GROUP = JSON.stringify({ displayName: 'Last', mailEnabled: false, mailNickname: 'last', securityEnabled: true })

/** A request that the server has begun to read and waits for the rest of. */
interface Unfinished {
  /** Sends the rest; gives the whole answer. */
  readonly finish: () => Promise<string>
  readonly socket: Socket
}

async function anUnfinished(context: TestContext, ready: Ready): Promise<Unfinished> {
  const answer = await askToken(ready.tokenUrl, ready.clientId, String(ready.clientSecret))
  const { access_token: token } = (await answer.json()) as { access_token: string }
  const { hostname, port, host } = new URL(ready.url)
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  context.after(() => socket.destroy())
  let text = ''
  socket.on('data', part => {
    text += part
  })
  const head = [
    'POST /v1.0/groups HTTP/1.1',
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${GROUP.length}`,
    'Expect: 100-continue',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  // The server says so once it has read the head.
  await once(socket, 'data')
  assert.match(text, /^HTTP\/1\.1 100 /)
  const finish = async (): Promise<string> => {
    socket.write(GROUP)
    await once(socket, 'close')
    return text
  }
  return { finish, socket }
}

/** Resolves once nobody listens at this URL. */
async function nobodyListens(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  for (;;) {
    const socket = connect(Number(port), hostname)
    const code = await new Promise(resolve => {
      socket.once('connect', () => resolve(null)).once('error', error => resolve('code' in error ? error.code : null))
    })
    socket.destroy()
    if (code === 'ECONNREFUSED') return
  }
}

/** `npm start` on a database and a port of the test's own, in a process group of its own as under a terminal. */
async function anNpmStart(context: TestContext) {
  const words = ['npm', 'start', '--silent', '--', '--json', '--port', '0', '--database']
  const npm = start([...words, join(aFolder(context), 'demo.db')], {}, true)
  endWith(context, npm)
  const ready: Ready = JSON.parse(await npm.said(/\n/))
  return { ...npm, ready }
}

// Most of their time is waiting.
describe('a server that is told to stop', { concurrency: true }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`after ${signal} nobody listens, a request that runs is finished, and the server ends with exit code 0`, async t => {
      const serving = await aServing(t, ['--database', join(aFolder(t), 'directory.db')])
      const request = await anUnfinished(t, serving.ready)
      serving.child.kill(signal)
      await nobodyListens(serving.ready.url)
      const answer = await request.finish()
      assert.match(answer, /HTTP\/1\.1 201 /)
      assert.match(answer, /^connection: close\r$/im)
      const { code, stderr } = await serving.ended
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    })
  }

  test('a request that does not end is cut, and the server still ends with exit code 0', async t => {
    const serving = await aServing(t, ['--database', join(aFolder(t), 'directory.db')])
    const { socket } = await anUnfinished(t, serving.ready)
    const cut = once(socket, 'close')
    const { code } = await serving.kill('SIGTERM')
    assert.equal(code, 0)
    await cut
  })

  test('an HTTP/2 request that does not end is cut, and the server still ends with exit code 0', async t => {
    const { ready, kill } = await aServing(t, ['--https', '--database', join(aFolder(t), 'directory.db')])
    const session = connectSession(ready.url, { ca: readFileSync(String(ready.caFile)) }).on('error', () => {})
    t.after(() => session.destroy())
    const path = new URL(ready.tokenUrl).pathname
    const type = 'application/x-www-form-urlencoded'
    const headers = { ':method': 'POST', ':path': path, 'content-type': type, expect: '100-continue' }
    const request = session.request(headers, { endStream: false }).on('error', () => {})
    await once(request, 'continue')
    const cut = once(session, 'close')
    const { code } = await kill('SIGTERM')
    assert.equal(code, 0)
    await cut
  })

  for (const [signal, expected] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    test(`a second ${signal} ends the server at once`, async t => {
      const serving = await aServing(t, ['--database', join(aFolder(t), 'directory.db')])
      await anUnfinished(t, serving.ready)
      serving.child.kill(signal)
      // Again and again: one that follows the first too closely counts as the same.
      const again = setInterval(() => serving.child.kill(signal), 100)
      t.after(() => clearInterval(again))
      const { code } = await serving.ended
      assert.equal(code, expected)
    })
  }

  test('SIGTERM to npm start ends the server', async t => {
    const npm = await anNpmStart(t)
    // Its outputs are closed only when the server, which holds them too, has ended.
    await npm.kill('SIGTERM')
    await nobodyListens(npm.ready.url)
  })

  test('a Ctrl-C that the terminal and npm both hand to the server is one: what runs is finished', async t => {
    const npm = await anNpmStart(t)
    const request = await anUnfinished(t, npm.ready)
    process.kill(-(npm.child.pid ?? Number.NaN), 'SIGINT')
    await nobodyListens(npm.ready.url)
    assert.match(await request.finish(), /HTTP\/1\.1 201 /)
    await npm.ended
  })
})
