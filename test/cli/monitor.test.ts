import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import test from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { aCaller, aFolder, aServing, run } from './aProgram.ts'

const MONITOR = ['--monitor', '0']

async function readiness(url: string): Promise<readonly [number, string]> {
  const answer = await fetch(`${url}/readyz`)
  const { status } = (await answer.json()) as { status: string }
  return [answer.status, status]
}

test('a server with a monitor is ready once it says so, and counts what it does (DELTA-220)', async t => {
  const { ready } = await aServing(t, [...MONITOR, '--database', join(aFolder(t), 'directory.db')])
  const monitor = String(ready.monitorUrl)
  assert.match(monitor, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.deepEqual(await readiness(monitor), [200, 'ready'])
  const call = await aCaller(ready)
  const body = { displayName: 'Staff', mailEnabled: false, mailNickname: 'staff', securityEnabled: true }
  const headers = { 'content-type': 'application/json' }
  assert.equal((await call('/v1.0/groups', { method: 'POST', headers, body: JSON.stringify(body) })).status, 201)
  const text = await (await fetch(`${monitor}/metrics`)).text()
  for (const line of [
    'tidemark_commits_total 1',
    'tidemark_commit_group_size_count 1',
    'tidemark_requests_total{route="/groups",method="POST",status="201"} 1',
    'tidemark_requests_total{route="/{tenant}/oauth2/v2.0/token",method="POST",status="200"} 1',
    'tidemark_ready 1',
    'tidemark_writes_waiting 0',
  ]) {
    assert.ok(text.includes(`\n${line}\n`), `${line} in ${text}`)
  }
  assert.match(text, /\ntidemark_connections [1-9]/)
})

test('a server that ends is not ready while it lets a request finish, and still alive (DELTA-220)', async t => {
  const serving = await aServing(t, [...MONITOR, '--database', join(aFolder(t), 'directory.db')])
  const monitor = String(serving.ready.monitorUrl)
  const { hostname, port, host } = new URL(serving.ready.url)
  const socket = connect(Number(port), hostname)
  t.after(() => socket.destroy())
  const form = 'grant_type=none'
  const path = new URL(serving.ready.tokenUrl).pathname
  const type = 'Content-Type: application/x-www-form-urlencoded'
  const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${type}\r\nContent-Length: ${form.length}\r\n`
  socket.write(`${head}Expect: 100-continue\r\n\r\n`)
  const [interim] = await once(socket, 'data')
  assert.match(String(interim), /^HTTP\/1\.1 100 /)
  serving.child.kill('SIGTERM')
  let [status, word] = await readiness(monitor)
  while (status === 200) {
    await turn()
    ;[status, word] = await readiness(monitor)
  }
  assert.deepEqual([status, word], [503, 'stopping'])
  assert.equal((await fetch(`${monitor}/healthz`)).status, 200)
  socket.write(form)
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 400 /)
  assert.equal((await serving.ended).code, 0)
})

test('an address for the monitor without its port, and a port that is taken, are refused in one sentence', async t => {
  const database = join(aFolder(t), 'directory.db')
  const alone = await run(['serve', '--database', database, '--monitor-host', '0.0.0.0'])
  assert.deepEqual(
    [alone.code, alone.stderr],
    [2, '--monitor-host says where --monitor listens: name a port with --monitor, 0 for any free one.\n'],
  )
  const { ready } = await aServing(t, [...MONITOR, '--database', database])
  const { port } = new URL(String(ready.monitorUrl))
  const other = await run(['serve', '--port', '0', '--database', `${database}.other`, '--monitor', port])
  assert.equal(other.code, 2)
  assert.equal(
    other.stderr,
    `Port ${port} of 127.0.0.1 is in use: choose another with --monitor, 0 for any free one.\n`,
  )
})
