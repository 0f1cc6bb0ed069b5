import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { pino } from 'pino'
import { type Metrics, newMetrics, type Sources } from '../../src/server/monitor/metrics.ts'
import { startMonitor } from '../../src/server/monitor/monitor.ts'
import type { Readiness } from '../../src/server/monitor/readiness.ts'
import { ROOT } from '../tidy/sources.ts'
import { gets, sendBatch } from './aBatch.ts'
import { aDirectory } from './aDirectory.ts'
import { aListener } from './aListener.ts'
import { aServer, aSibling, type TestServer } from './aServer.ts'
import { SECURITY } from './bodies.ts'
import { limited, unitsOf } from './limited.ts'

const options = { timeout: 20_000 }

function someMetrics(context: TestContext, sources: Partial<Sources> = {}): Metrics {
  const metrics = newMetrics({ ready: async () => true, waiting: () => null, connections: () => null, ...sources })
  context.after(metrics.close)
  return metrics
}

/** A server that is counted. */
async function aCounted(context: TestContext): Promise<{ server: TestServer; metrics: Metrics }> {
  const metrics = someMetrics(context)
  const plain = await aServer(context)
  return { server: aSibling(context, plain, { observer: metrics.observer }), metrics }
}

/** The samples of a metric, by their labels as they are written; the tests' own look at `$metadata` apart. */
async function samplesOf(metrics: Metrics, name: string): Promise<Record<string, number>> {
  const samples: Record<string, number> = {}
  for (const line of (await metrics.text()).split('\n')) {
    const [, found, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (found === name && !labels.includes('$metadata')) samples[labels] = Number(value)
  }
  return samples
}

async function aMonitor(context: TestContext, readiness: Readiness = 'ready', host = '127.0.0.1') {
  const monitored = { readiness: { look: async () => readiness }, metrics: someMetrics(context) }
  const monitor = await startMonitor({ host, port: 0 }, monitored, pino({ level: 'silent' }))
  context.after(monitor.close)
  return monitor
}

test('the monitor says that the process lives, whether it is ready, and what was counted (DELTA-220)', async t => {
  const { url } = await aMonitor(t)
  const alive = await fetch(`${url}/healthz`)
  assert.deepEqual([alive.status, await alive.json()], [200, { status: 'alive' }])
  const ready = await fetch(`${url}/readyz`)
  assert.deepEqual([ready.status, await ready.json()], [200, { status: 'ready' }])
  const metrics = await fetch(`${url}/metrics`)
  assert.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  assert.match(await metrics.text(), /^# HELP tidemark_requests_total .*\n# TYPE tidemark_requests_total counter$/m)
  for (const { headers } of [alive, ready, metrics]) assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal((await fetch(`${url}/readyz`, { method: 'HEAD' })).status, 200)
})

for (const status of ['starting', 'stopping', 'database unavailable', 'issuer unavailable'] as const) {
  test(`a server that is not ready for being «${status}» lives all the same (DELTA-220)`, async t => {
    const { url } = await aMonitor(t, status)
    const ready = await fetch(`${url}/readyz`)
    assert.deepEqual([ready.status, await ready.json()], [503, { status }])
    assert.equal((await fetch(`${url}/readyz`, { method: 'HEAD' })).status, 503)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
  })
}

function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, answer => resolve(answer.resume().statusCode))
    sent.on('error', reject).end()
  })
}

test('on loopback the monitor answers no web page, elsewhere whoever reaches it (DELTA-220)', async t => {
  const { url } = await aMonitor(t)
  const paths = ['/healthz', '/readyz', '/metrics', '/nowhere']
  for (const path of paths) {
    assert.equal(await statusOf(url + path, { origin: 'https://evil.example' }), 403)
    assert.equal(await statusOf(url + path, { host: 'evil.example' }), 400)
  }
  const open = await aMonitor(t, 'ready', '0.0.0.0')
  const { port } = new URL(open.url)
  assert.equal(await statusOf(`http://127.0.0.1:${port}/readyz`, { host: `10.1.2.3:${port}` }), 200)
})

test('what the monitor does not have is 404, and it has nothing but GET and HEAD', async t => {
  const { url } = await aMonitor(t)
  for (const [method, path] of [
    ['GET', '/'],
    ['POST', '/metrics'],
    ['DELETE', '/healthz'],
  ] as const) {
    assert.equal((await fetch(url + path, { method })).status, 404)
  }
})

test('the server itself has none of these paths (DELTA-220)', async t => {
  const { server } = await aCounted(t)
  for (const path of ['/healthz', '/readyz', '/metrics']) assert.equal((await server.call(path)).status, 404)
})

test('requests are counted by route, method and status, whatever they name (DELTA-221)', async t => {
  const { server, metrics } = await aCounted(t)
  const [staff, night] = await aDirectory(server).groups('Staff', 'Night')
  await server.call(`/v1.0/groups/${staff?.id}?$select=id`)
  await server.call(`/beta/groups/${night?.id}`)
  await server.call('/v1.0/groups/x')
  await server.call('/v1.0/groups', { roles: null })
  await server.call('/nowhere/at/all')
  await server.app.inject({ method: 'PROPFIND', url: '/v1.0/groups', headers: { host: 'localhost:3000' } })
  assert.deepEqual(await samplesOf(metrics, 'tidemark_requests_total'), {
    'route="/groups",method="POST",status="201"': 2,
    'route="/groups/{id}",method="GET",status="200"': 2,
    'route="/groups/{id}",method="GET",status="400"': 1,
    'route="/groups",method="GET",status="401"': 1,
    'route="unknown",method="GET",status="404"': 1,
    'route="/groups",method="other",status="401"': 1,
  })
  const timed = await samplesOf(metrics, 'tidemark_request_duration_seconds_count')
  assert.equal(timed['route="/groups/{id}",method="GET"'], 3)
})

test('requests of a batch are counted by themselves (DELTA-221)', async t => {
  const { server, metrics } = await aCounted(t)
  await sendBatch(server, gets('/groups', '/groups/x'))
  assert.deepEqual(await samplesOf(metrics, 'tidemark_batch_items_total'), {
    'route="/groups",method="GET",status="200"': 1,
    'route="/groups/{id}",method="GET",status="400"': 1,
  })
  assert.deepEqual(await samplesOf(metrics, 'tidemark_requests_total'), {
    'route="/$batch",method="POST",status="200"': 1,
  })
})

test('pages are counted by where their round stood, rounds at their end, and tokens that were refused for their age', async t => {
  const metrics = someMetrics(t)
  const plain = await aServer(t, { pageLimit: { objects: 2, edges: 100, examined: 1_000, bytes: 1_000_000 } })
  const server = aSibling(t, plain, { observer: metrics.observer })
  await aDirectory(server).groups('A', 'B', 'C')
  const first = (await server.call('/v1.0/groups/delta')).body['@odata.nextLink']
  await aDirectory(server).groups('D', 'E', 'F')
  let { body } = await server.call(first)
  for (let page = 0; page < 9 && body['@odata.deltaLink'] === undefined; page += 1) {
    body = (await server.call(body['@odata.nextLink'])).body
  }
  await server.call(body['@odata.deltaLink'])
  await server.call('/v1.0/users/delta?$deltatoken=latest')
  server.clock.advance(8 * 86_400_000)
  assert.equal((await server.call(first)).status, 410)
  const pages = await samplesOf(metrics, 'tidemark_delta_pages_total')
  assert.deepEqual(Object.keys(pages).sort(), [
    'resource="group",phase="catch_up"',
    'resource="group",phase="first_catch_up"',
    'resource="group",phase="scan"',
    'resource="user",phase="latest"',
  ])
  assert.equal(pages['resource="group",phase="catch_up"'], 1)
  assert.deepEqual(await samplesOf(metrics, 'tidemark_delta_rounds_total'), {
    'resource="group",kind="first"': 1,
    'resource="group",kind="later"': 1,
  })
  assert.deepEqual(await samplesOf(metrics, 'tidemark_resyncs_total'), { 'resource="group"': 1 })
})

test('requests over a limit are counted by the limit, those of batches too', async t => {
  const { server, metrics } = await aCounted(t)
  await limited(server, unitsOf('1/10s'))
  for (const status of [200, 429]) assert.equal((await server.call('/v1.0/groups')).status, status)
  await sendBatch(server, gets('/groups', '/groups'))
  assert.deepEqual(await samplesOf(metrics, 'tidemark_throttled_total'), { 'limit="small-units"': 3 })
})

test('what is no HTTP is counted, and so are connections that lose their place', options, async t => {
  const metrics = someMetrics(t)
  const { observer } = metrics
  await (await aListener(t, { observer })).exchange('HELLO\r\n\r\n')
  const narrow = await aListener(t, { observer, limits: { connectionsMax: 1 } })
  const { socket } = await narrow.connect()
  await narrow.connect()
  if (!socket.destroyed) await once(socket, 'close')
  assert.deepEqual(await samplesOf(metrics, 'tidemark_malformed_requests_total'), { '': 1 })
  assert.deepEqual(await samplesOf(metrics, 'tidemark_connections_refused_total'), { '': 1 })
})

test('what is read at the moment is asked at the moment', async t => {
  let open = 3
  const waiting = { writes: 5, reads: 7 }
  const metrics = someMetrics(t, { ready: async () => false, waiting: () => waiting, connections: () => open })
  const now = async () => {
    const names = ['tidemark_connections', 'tidemark_writes_waiting', 'tidemark_reads_waiting', 'tidemark_ready']
    return Promise.all(names.map(async name => (await samplesOf(metrics, name))['']))
  }
  assert.deepEqual(await now(), [3, 5, 7, 0])
  open = 4
  assert.deepEqual(await now(), [4, 5, 7, 0])
})

test('commits are counted by their groups', async t => {
  const metrics = someMetrics(t)
  metrics.committed({ writes: 3, commits: 2, ms: 4 })
  metrics.committed({ writes: 1, commits: 1, ms: 1 })
  assert.deepEqual(await samplesOf(metrics, 'tidemark_commits_total'), { '': 3 })
  const sizes = await samplesOf(metrics, 'tidemark_commit_group_size_bucket')
  assert.deepEqual([sizes['le="1"'], sizes['le="2"'], sizes['le="4"']], [1, 1, 2])
  assert.deepEqual(await samplesOf(metrics, 'tidemark_commit_group_duration_seconds_sum'), { '': 0.005 })
})

test('no id, name or token of the directory stands in the metrics (DELTA-221)', async t => {
  const { server, metrics } = await aCounted(t)
  const { body: group } = await server.call('/v1.0/groups', { method: 'POST', body: SECURITY })
  const link = (await server.call('/v1.0/groups/delta')).body['@odata.deltaLink']
  await server.call(link)
  for (const path of [group.id, `${group.id}/members`, `zzyzx@${server.domain}`, '%00secret', 'a'.repeat(900)]) {
    await server.call(`/v1.0/groups/${path}`)
    await server.call(`/${path}/discovery/v2.0/keys`)
    await server.call(`/v1.0/${path}`)
  }
  const text = await metrics.text()
  const known = [server.tenant, server.domain, group.id, group.displayName, 'zzyzx', 'secret', 'aaaa']
  for (const word of [...known, new URL(link).search]) assert.ok(!text.includes(word), word)
})

test('docs/operations.md lists every metric, and none that is not there', async t => {
  const metrics = someMetrics(t)
  const told = [...(await metrics.text()).matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name)
  assert.ok(told.length > 15)
  const docs = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
  const listed = [...docs.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  assert.deepEqual(listed.toSorted(), told.toSorted())
})
