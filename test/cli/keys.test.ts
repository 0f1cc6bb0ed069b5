import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { decodeProtectedHeader } from 'jose'
import { aFolder, aServing, askToken, type Ready, run, type Serving } from './aProgram.ts'

interface Key {
  readonly kid: string
  readonly inUse: boolean
  readonly trustedUntil: string | null
}

async function keysAfter(words: readonly string[], database: string): Promise<readonly Key[]> {
  const { code, stdout, stderr } = await run(['keys', ...words, '--json', '--database', database])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

async function tokenOf({ tokenUrl, clientId, clientSecret }: Ready): Promise<string> {
  const answer = await askToken(tokenUrl, clientId, clientSecret ?? '')
  return ((await answer.json()) as { access_token: string }).access_token
}

async function publishedBy({ url, tenantId }: Ready): Promise<readonly string[]> {
  const answer = await fetch(`${url}/${tenantId}/discovery/v2.0/keys`)
  return ((await answer.json()) as { keys: readonly Key[] }).keys.map(({ kid }) => kid)
}

async function statusWith(token: string, { url }: Ready): Promise<number> {
  return (await fetch(`${url}/v1.0/groups`, { headers: { authorization: `Bearer ${token}` } })).status
}

async function aDirectory(t: test.TestContext): Promise<{ database: string; serving: Serving; secret: string | null }> {
  const database = join(aFolder(t), 'directory.db')
  const serving = await aServing(t, ['--database', database, '--log-level', 'info'])
  return { database, serving, secret: serving.ready.clientSecret }
}

test('a rotated key signs what a running server issues from then on, and tokens of the one before stay good (DELTA-208)', async t => {
  const { database, serving } = await aDirectory(t)
  const { ready } = serving
  const old = await tokenOf(ready)
  const [inUse, replaced, ...others] = await keysAfter(['rotate'], database)
  assert.deepEqual(others, [])
  assert.deepEqual([inUse?.inUse, replaced?.inUse], [true, false])
  assert.equal(decodeProtectedHeader(old).kid, replaced?.kid)
  assert.ok(Date.parse(String(replaced?.trustedUntil)) > Date.now() + 3_600_000)
  await serving.logged(/the signing keys are taken up/)
  assert.equal(decodeProtectedHeader(await tokenOf(ready)).kid, inUse?.kid)
  assert.deepEqual(await publishedBy(ready), [inUse?.kid, replaced?.kid])
  assert.equal(await statusWith(old, ready), 200)
  assert.deepEqual(await keysAfter(['list'], database), [inUse, replaced])
})

test('with --at-once every token that was signed before is refused by a running server (DELTA-208)', async t => {
  const { database, serving } = await aDirectory(t)
  const { ready } = serving
  const old = await tokenOf(ready)
  assert.equal(await statusWith(old, ready), 200)
  const keys = await keysAfter(['rotate', '--at-once'], database)
  assert.equal(keys.length, 1)
  await serving.logged(/the signing keys are taken up/)
  assert.equal(await statusWith(old, ready), 401)
  assert.equal(await statusWith(await tokenOf(ready), ready), 200)
  assert.deepEqual(await publishedBy(ready), [keys[0]?.kid])
})

test('several rotations at one moment are all done or refused, and the key file stays private', async t => {
  const { database } = await aDirectory(t)
  const ended = await Promise.all(Array.from({ length: 4 }, () => run(['keys', 'rotate', '--database', database])))
  const done = ended.filter(({ code }) => code === 0).length
  assert.ok(done >= 1)
  for (const { code, stderr } of ended) if (code !== 0) assert.match(stderr, /is being changed by another command/)
  assert.equal((await keysAfter(['list'], database)).length, 1 + done)
  assert.equal((await stat(`${database}.keys`)).mode & 0o777, 0o600)
  assert.equal(existsSync(`${database}.keys.lock`), false)
})

test('a key file that cannot be used any more is logged, and the server goes on with the keys it has', async t => {
  const { database, serving } = await aDirectory(t)
  await chmod(`${database}.keys`, 0o644)
  await serving.logged(/the signing keys stay as they were/)
  assert.equal(await statusWith(await tokenOf(serving.ready), serving.ready), 200)
  const { code, stderr } = await run(['keys', 'rotate', '--database', database])
  assert.equal(code, 2)
  assert.match(stderr, /is open to others/)
})

test('keys of a database that was never served are none, and none are made', async t => {
  const database = join(aFolder(t), 'new.db')
  for (const words of [['list'], ['rotate']]) {
    const { code, stderr } = await run(['keys', ...words, '--database', database])
    assert.equal(code, 2)
    assert.match(stderr, /is not there: 'tidemark serve' makes one\.$/m)
  }
  assert.equal(existsSync(`${database}.keys`), false)
})
