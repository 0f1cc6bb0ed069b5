import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { aCaller, aFolder, aServing, askToken, endWith, PROGRAM, run, start } from './aProgram.ts'

const hasModes = process.platform !== 'win32'
const hasProc = process.platform === 'linux'

/** Every text in a value that is long enough to be a secret. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= 20 ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** The private parts of a key file: all its texts but the names of keys and what every reader of the key set sees. */
function secretsOf(keyFile: string): string[] {
  const { signing, state } = JSON.parse(readFileSync(keyFile, 'utf8'))
  return textsIn([signing.map(({ kid: _, n: __, e: ___, ...secret }: Record<string, unknown>) => secret), state])
}

function assertHoldsNone(text: string, secrets: readonly string[], where: string): void {
  for (const secret of secrets) assert.ok(!text.includes(secret), `${where} holds ${secret.slice(0, 12)}…`)
}

test('no secret, access token or state token is in the log, the arguments, the environment, the database or what a command prints', async t => {
  const folder = aFolder(t)
  const database = join(folder, 'directory.db')
  const words = ['--database', database, '--page-objects', '1', '--log-level', 'trace', '--monitor', '0']
  const { ready, child, kill } = await aServing(t, words)
  const { url, tokenUrl, clientId, clientSecret } = ready
  assert.ok(clientSecret)
  const granted = (await (await askToken(tokenUrl, clientId, clientSecret)).json()) as { access_token: string }
  const [header = '', payload = '', signature = ''] = granted.access_token.split('.')
  const call = await aCaller(ready)
  const json = { 'content-type': 'application/json' }
  const password = 'correct horse battery staple'
  const body = JSON.stringify({ accountEnabled: true, displayName: 'x', passwordProfile: { password } })
  for (const displayName of ['One', 'Two']) {
    const group = { displayName, mailEnabled: false, mailNickname: displayName, securityEnabled: true }
    const created = await call('/v1.0/groups', { method: 'POST', headers: json, body: JSON.stringify(group) })
    assert.equal(created.status, 201)
  }
  assert.equal((await call('/v1.0/users', { method: 'POST', headers: json, body })).status, 400)
  assert.equal((await call('/v1.0/users', { method: 'POST', headers: json, body: body.slice(1) })).status, 400)
  const page = (await (await call('/v1.0/groups/delta')).json()) as Record<string, string>
  const next = page['@odata.nextLink'] ?? ''
  const stateToken = new URL(next).searchParams.get('$skiptoken') ?? ''
  assert.ok(stateToken.length > 50)
  assert.equal((await call(next)).status, 200)
  // What is refused is told to the log with its reason: with that, nothing of the token.
  const forged = `${header}.${payload}.${signature.slice(0, -8)}AAAAAAAA`
  for (const token of [forged, `${granted.access_token}=`, `${header}.${payload}.`, `x${granted.access_token}`]) {
    assert.equal((await fetch(`${url}/v1.0/groups`, { headers: { authorization: `Bearer ${token}` } })).status, 401)
  }
  assert.equal((await call(`${next}A`)).status, 400)
  assert.equal((await call(`/beta/groups/delta?$deltatoken=${stateToken}`)).status, 400)
  assert.equal((await askToken(tokenUrl, clientId, `${clientSecret}x`)).status, 401)
  assert.equal((await fetch(`${tokenUrl}?client_secret=${clientSecret}`, { method: 'POST' })).status, 400)
  assert.equal((await fetch(`${url}/nowhere?access_token=${granted.access_token}`)).status, 404)

  const secrets = [clientSecret, signature, payload, stateToken, password, ...secretsOf(`${database}.keys`)]
  assert.ok(secrets.length > 10)
  assertHoldsNone(await (await fetch(`${ready.monitorUrl}/metrics`)).text(), secrets, 'what the monitor tells')
  if (hasProc) {
    for (const name of ['cmdline', 'environ']) {
      assertHoldsNone(readFileSync(`/proc/${child.pid}/${name}`, 'latin1'), secrets, name)
    }
  }
  for (const command of [['audit'], ['app', 'list'], ['tenant', 'list'], ['keys', 'list'], ['keys', 'rotate']]) {
    const { code, stdout, stderr } = await run([...command, '--database', database, '--json'])
    assert.equal(code, 0, stderr)
    assertHoldsNone(stdout + stderr, secrets, command.join(' '))
  }
  for (const name of readdirSync(folder).filter(name => !name.endsWith('.keys'))) {
    assertHoldsNone(readFileSync(join(folder, name), 'latin1'), secrets, name)
  }
  const { code, stdout, stderr } = await kill('SIGTERM')
  assert.equal(code, 0)
  assert.match(stderr, /"answered"/)
  assertHoldsNone(stderr, [...secrets, header], 'the log')
  assertHoldsNone(stdout, secrets.slice(1), 'what is printed')
  assert.equal(stdout.split(clientSecret).length, 2, 'the secret is shown once')
})

test('whatever the umask, every file that a server makes is its owner’s alone, but for the certificate that clients trust', {
  skip: !hasModes,
}, async t => {
  const folder = aFolder(t)
  const database = join(folder, 'directory.db')
  const words = ['serve', '--port', '0', '--https', '--json', '--database', database]
  const command = `umask 000; exec "$0" "$@"`
  const serving = start(['sh', '-c', command, process.execPath, PROGRAM, ...words])
  endWith(t, serving)
  await serving.said(/\n/)
  const umasked = (...words: string[]) => start(['sh', '-c', command, process.execPath, PROGRAM, ...words]).ended
  for (const made of [
    ['backup', join(folder, 'copy.db')],
    ['keys', 'rotate'],
  ]) {
    const { code, stderr } = await umasked(...made, '--database', database)
    assert.equal(code, 0, stderr)
  }
  const modes = readdirSync(folder).map(name => [name, statSync(join(folder, name)).mode & 0o077] as const)
  await serving.kill('SIGTERM')
  assert.deepEqual(
    modes.filter(([, others]) => others !== 0).map(([name]) => name),
    ['directory.db.ca.pem'],
  )
  assert.equal(statSync(`${database}.ca.pem`).mode & 0o022, 0, 'others could put another authority in its place')
  for (const name of ['directory.db', 'directory.db-wal', 'directory.db.keys', 'directory.db.ca.key', 'copy.db']) {
    assert.ok(
      modes.some(([made]) => made === name),
      `${name} was not made`,
    )
  }
})
