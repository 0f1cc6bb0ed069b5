import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { aCaller, aFolder, aServing, askToken, type Ready, run, start, startServing } from './aProgram.ts'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const NAMES = [
  'url',
  'tokenUrl',
  'tenantId',
  'clientId',
  'clientSecret',
  'controlUrl',
  'monitorUrl',
  'caFile',
  'throttling',
]

function aDatabase(context: TestContext): string {
  return join(aFolder(context), 'directory.db')
}

async function aTakenPort(context: TestContext): Promise<number> {
  const holder = createServer()
  await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve))
  context.after(() => holder.close())
  const address = holder.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

test('with --json a new server prints one line, and nothing else on either output', async t => {
  const database = aDatabase(t)
  const serving = await aServing(t, ['--database', database])
  const { url, tokenUrl, tenantId, clientId, clientSecret, controlUrl, monitorUrl, caFile, throttling } = serving.ready
  assert.deepEqual(Object.keys(serving.ready), NAMES)
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.equal(tokenUrl, `${url}/${tenantId}/oauth2/v2.0/token`)
  assert.match(tenantId, GUID)
  assert.match(clientId, GUID)
  assert.deepEqual([controlUrl, monitorUrl, caFile, throttling], [null, null, null, false])
  const call = await aCaller(serving.ready)
  assert.equal((await call('/v1.0/groups')).status, 200)
  const { code, stdout, stderr } = await serving.kill('SIGTERM')
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.equal(stdout, `${JSON.stringify(serving.ready)}\n`)
  assert.ok(!readFileSync(database).includes(String(clientSecret)))
})

test('the first app may write groups and users, in a tenant whose default domain begins with its id', async t => {
  const { ready } = await aServing(t, ['--database', aDatabase(t)])
  const call = await aCaller(ready)
  const post = (path: string, body: object) =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const user = await post('/v1.0/users', {
    accountEnabled: true,
    displayName: 'Ada',
    mailNickname: 'ada',
    passwordProfile: { password: 'x' },
    userPrincipalName: `ada@${ready.tenantId.slice(0, 8)}.tidemark.example`,
  })
  assert.equal(user.status, 201)
  const { id } = (await user.json()) as { id: string }
  assert.equal((await call(`/v1.0/users/${id}`, { method: 'DELETE' })).status, 204)
  const purge = await call(`/v1.0/directory/deletedItems/${id}`, { method: 'DELETE' })
  assert.equal(purge.status, 204)
})

test('a later start prints no secret, and the first one still opens the door', async t => {
  const database = aDatabase(t)
  const first = await aServing(t, ['--database', database])
  await first.kill('SIGTERM')
  const second = await aServing(t, ['--database', database])
  const { tenantId, clientId } = first.ready
  assert.deepEqual(
    { ...second.ready, url: '', tokenUrl: '' },
    {
      url: '',
      tokenUrl: '',
      tenantId,
      clientId,
      clientSecret: null,
      controlUrl: null,
      monitorUrl: null,
      caFile: null,
      throttling: false,
    },
  )
  const answer = await askToken(second.ready.tokenUrl, clientId, String(first.ready.clientSecret))
  assert.equal(answer.status, 200)
})

test('the database and its keys are readable by their owner alone', async t => {
  const database = aDatabase(t)
  await aServing(t, ['--database', database])
  for (const name of [database, `${database}.keys`, `${database}.lock`]) {
    assert.equal(statSync(name).mode & 0o777, 0o600, name)
  }
})

/** The command that the ready text ends with. */
function commandIn(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? ''
}

const hasCurl = spawnSync('curl', ['--version']).error === undefined

for (const kind of ['a new database', 'the demonstration']) {
  test(`the command that is printed for ${kind} works when it is pasted`, { skip: !hasCurl }, async t => {
    const words = kind === 'the demonstration' ? ['--demo'] : []
    const server = startServing(t, [...words, '--database', aDatabase(t)])
    const text = await server.said(/top=3'\n$/)
    for (const name of ['Base URL', 'Tenant id', 'Client id', 'Client secret'])
      assert.match(text, new RegExp(`  ${name}  +\\S`))
    const command = commandIn(text)
    assert.doesNotMatch(command, /eyJ/, 'a token stands in the printed text')
    const { code, stdout, stderr } = await start(['sh', '-c', command]).ended
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.equal(JSON.parse(stdout).value.length, kind === 'the demonstration' ? 3 : 0)
  })
}

test('the command that is printed for an old database takes its secret from CLIENT_SECRET', {
  skip: !hasCurl,
}, async t => {
  const database = aDatabase(t)
  const first = await aServing(t, ['--database', database])
  await first.kill('SIGTERM')
  const command = commandIn(await startServing(t, ['--database', database]).said(/top=3'\n$/))
  const { stdout } = await start(['sh', '-c', command], { CLIENT_SECRET: String(first.ready.clientSecret) }).ended
  assert.deepEqual(JSON.parse(stdout).value, [])
})

test('settings in the environment count, and a flag counts more', async t => {
  const folder = aFolder(t)
  const variables = {
    TIDEMARK_DATABASE: join(folder, 'by-variable.db'),
    TIDEMARK_JSON: 'true',
    TIDEMARK_DEMO: '0',
    TIDEMARK_CONTROL: '0',
    TIDEMARK_TOKEN_LIFE: '12h',
    TIDEMARK_RECYCLE_BIN_DAYS: '3',
    TIDEMARK_PAGE_OBJECTS: '7',
    TIDEMARK_PAGE_EDGES: '8',
    TIDEMARK_PURGE_SECURITY_GROUPS: '1',
    TIDEMARK_LOG_LEVEL: 'info',
    TIDEMARK_PUBLIC_URL: 'https://groups.example/directory/',
  }
  const server = startServing(t, ['--page-edges', '9'], variables)
  const ready: Ready = JSON.parse(await server.said(/\n/))
  assert.equal(ready.url, 'https://groups.example/directory')
  assert.equal(ready.tokenUrl, `https://groups.example/directory/${ready.tenantId}/oauth2/v2.0/token`)
  assert.ok(existsSync(variables.TIDEMARK_DATABASE))
  const state = (await (await fetch(String(ready.controlUrl))).json()) as { settings: object }
  assert.deepEqual(state.settings, {
    tokenLifeMs: 12 * 3_600_000,
    recycleBinMs: 3 * 86_400_000,
    pageLimit: { objects: 7, edges: 9, examined: 10_000, bytes: 4_000_000 },
    recycleSecurityGroups: false,
  })
  const { stderr } = await server.kill('SIGTERM')
  assert.equal(JSON.parse(stderr.split('\n')[0] ?? '').level, 30)
})

test('throttling is on for others and off on loopback, unless --throttling says otherwise (DELTA-219)', async t => {
  const proxied = ['--public-url', 'https://groups.example']
  for (const [words, on] of [
    [proxied, true],
    [['--host', '0.0.0.0', ...proxied], true],
    [['--throttling', 'on', '--throttle-small-units', '2/15m'], true],
    [['--throttling', 'off', ...proxied], false],
  ] as const) {
    const { ready, kill } = await aServing(t, [...words, '--control', '0', '--database', aDatabase(t)])
    const state = (await (await fetch(String(ready.controlUrl))).json()) as {
      throttling: Record<string, string> | null
    }
    assert.deepEqual([ready.throttling, state.throttling !== null], [on, on], words.join(' '))
    if (words[0] === '--throttling' && on) {
      assert.deepEqual([state.throttling?.['small-units'], state.throttling?.['medium-units']], ['2/900s', '5000/10s'])
      const call = await aCaller(ready)
      const statuses = []
      for (const _ of [1, 2, 3]) statuses.push((await call('/v1.0/groups')).status)
      assert.deepEqual(statuses, [200, 200, 429])
    }
    await kill('SIGTERM')
  }
  const text = await startServing(t, ['--database', aDatabase(t)]).said(/top=3'\n$/)
  assert.match(text, /^ {2}Throttling {4,}off: '--throttling on' limits requests/m)
})

test('with --public-url links begin with it, whatever the Host (DELTA-3)', async t => {
  const server = startServing(t, [
    '--json',
    '--public-url',
    'https://groups.example',
    '--log-level',
    'info',
    '--database',
    aDatabase(t),
  ])
  const { tenantId } = JSON.parse(await server.said(/\n/))
  const port = /listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(await server.logged(/listening/))?.[1]
  const answer = await fetch(`http://127.0.0.1:${port}/${tenantId}/v2.0/.well-known/openid-configuration`)
  const { issuer } = (await answer.json()) as { issuer: string }
  assert.equal(issuer, `https://groups.example/${tenantId}/v2.0`)
})

test('the control API moves the clock by which the server serves', async t => {
  const { ready } = await aServing(t, ['--control', '0', '--database', aDatabase(t)])
  const call = await aCaller(ready)
  assert.equal((await call('/v1.0/groups')).status, 200)
  const body = JSON.stringify({ advance: '2h' })
  assert.equal((await fetch(`${ready.controlUrl}/clock`, { method: 'POST', body })).status, 200)
  assert.equal((await call('/v1.0/groups')).status, 401)
})

test('a secret is not lost to a port that was taken', async t => {
  const database = aDatabase(t)
  const port = await aTakenPort(t)
  const refused = await run(['serve', '--database', database, '--port', String(port)])
  assert.equal(refused.code, 2)
  assert.equal(refused.stderr, `Port ${port} of 127.0.0.1 is in use: choose another with --port, 0 for any free one.\n`)
  const { ready } = await aServing(t, ['--database', database])
  assert.match(String(ready.clientSecret), /^tidemark_/)
})

test('a control port that is taken is named', async t => {
  const port = await aTakenPort(t)
  const { code, stderr } = await run(['serve', '--port', '0', '--control', String(port), '--database', aDatabase(t)])
  assert.equal(code, 2)
  assert.equal(stderr, `Port ${port} of 127.0.0.1 is in use: choose another with --control, 0 for any free one.\n`)
})

test('an address of another machine is refused', async t => {
  const words = ['--host', '192.0.2.1', '--public-url', 'http://192.0.2.1', '--port', '0']
  const { code, stderr } = await run(['serve', ...words, '--database', aDatabase(t)])
  assert.equal(code, 2)
  assert.equal(stderr, "'192.0.2.1' is not an address of this machine.\n")
})

test('nothing but the database and its keys stays when a server has ended', async t => {
  const folder = aFolder(t)
  const serving = await aServing(t, ['--database', join(folder, 'directory.db')])
  await serving.kill('SIGINT')
  assert.deepEqual(readdirSync(folder).sort(), ['directory.db', 'directory.db.keys'])
})

test('no option of Node.js makes the server read heads that are not well formed, or longer ones', async t => {
  const variables = { NODE_OPTIONS: '--insecure-http-parser --max-http-header-size=200000' }
  const { ready } = await aServing(t, ['--database', aDatabase(t)], variables)
  const { hostname, port, host } = new URL(ready.url)
  const ask = (lines: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let told = ''
      const head = `POST /v1.0/groups HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`
      const socket = connect(Number(port), hostname, () => socket.write(`${head}${lines}\r\n0\r\n\r\n`))
      socket.on('data', part => {
        told += part
      })
      socket.on('error', reject).on('close', () => resolve(told))
    })
  for (const lines of ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `X-A: ${'a'.repeat(20_000)}\r\n`]) {
    assert.match(await ask(lines), /^HTTP\/1\.1 400 /)
  }
  assert.match(await ask('Transfer-Encoding: chunked\r\n'), /^HTTP\/1\.1 401 /)
})
