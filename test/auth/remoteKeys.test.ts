import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IssuerUnavailable } from '../../src/auth/bearer/issuerDocument.ts'
import { type RemoteKeys, remoteKeys } from '../../src/auth/bearer/remoteKeys.ts'
import type { VerificationKey } from '../../src/auth/bearer/tokenIssuer.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

function aKey(kid: string): VerificationKey {
  return { kid, publicJwk: { kty: 'RSA', kid, alg: 'RS256' } }
}

/** Keys of an issuer that answers what the test says, and a clock that the test moves. */
interface Remote {
  readonly keys: RemoteKeys
  answer: () => Promise<readonly VerificationKey[]>
  fetches: number
  elapsed: number
}

function aRemote(): Remote {
  const remote: Remote = {
    keys: remoteKeys(
      () => {
        remote.fetches += 1
        return remote.answer()
      },
      () => remote.elapsed,
    ),
    answer: async () => [aKey('one')],
    fetches: 0,
    elapsed: 0,
  }
  return remote
}

async function down(): Promise<never> {
  throw new IssuerUnavailable('https://id.example.org/keys answers 500.')
}

async function namesOf({ keys }: Remote): Promise<string[]> {
  return (await keys.current()).map(({ kid }) => kid)
}

const UNAVAILABLE = { code: 'serviceNotAvailable', message: 'The access token cannot be checked now. Ask again later.' }

test('nothing is fetched before it is needed, and then one fetch serves all who wait (DELTA-228)', async () => {
  const remote = aRemote()
  const { promise, resolve } = Promise.withResolvers<readonly VerificationKey[]>()
  remote.answer = () => promise
  assert.equal(remote.fetches, 0)
  const finding = ['one', 'two', 'one', 'none'].map(kid => remote.keys.find(kid))
  resolve([aKey('one'), aKey('two')])
  const found = await Promise.all(finding)
  assert.deepEqual(
    found.map(key => key?.kid ?? null),
    ['one', 'two', 'one', null],
  )
  assert.equal(remote.fetches, 1)
})

test('however many unknown names are asked for, keys are fetched once in 30 s (DELTA-228)', async () => {
  const remote = aRemote()
  await remote.keys.current()
  const times: number[] = []
  remote.answer = async () => {
    times.push(remote.elapsed)
    return [aKey('one')]
  }
  for (remote.elapsed = 0; remote.elapsed <= 3 * MINUTE; remote.elapsed += 100) {
    assert.equal(await remote.keys.find(`unknown-${remote.elapsed}`), null)
  }
  assert.deepEqual(
    times,
    [30, 60, 90, 120, 150, 180].map(seconds => seconds * SECOND),
  )
})

test('an issuer that fails is left in peace for 30 s as well', async () => {
  const remote = aRemote()
  remote.answer = down
  for (remote.elapsed = 0; remote.elapsed < MINUTE; remote.elapsed += SECOND) {
    await assert.rejects(remote.keys.find('one'), UNAVAILABLE)
    await remote.keys.refresh()
  }
  assert.equal(remote.fetches, 2)
})

test('a new key is found as soon as it may be asked for', async () => {
  const remote = aRemote()
  await remote.keys.current()
  remote.answer = async () => [aKey('two'), aKey('one')]
  remote.elapsed = 30 * SECOND - 1
  assert.equal(await remote.keys.find('two'), null)
  remote.elapsed = 30 * SECOND
  assert.equal((await remote.keys.find('two'))?.kid, 'two')
})

test('a withdrawn key is gone after five minutes at the latest (DELTA-228)', async () => {
  const remote = aRemote()
  await remote.keys.current()
  remote.answer = async () => [aKey('two')]
  remote.elapsed = 5 * MINUTE - 1
  assert.deepEqual(await namesOf(remote), ['one'])
  remote.elapsed = 5 * MINUTE
  assert.deepEqual(await namesOf(remote), ['two'])
})

test('an issuer that withdraws all its keys has none', async () => {
  const remote = aRemote()
  await remote.keys.current()
  remote.answer = async () => []
  remote.elapsed = 5 * MINUTE
  assert.equal(await remote.keys.find('one'), null)
})

test('keys are fetched again after four minutes, so that nobody has to wait', async () => {
  const remote = aRemote()
  await remote.keys.refresh()
  remote.elapsed = 4 * MINUTE - 1
  await remote.keys.refresh()
  assert.equal(remote.fetches, 1)
  remote.elapsed = 4 * MINUTE
  await remote.keys.refresh()
  assert.equal(remote.fetches, 2)
})

test('keys that cannot be fetched again count for a day, and then no token can be checked (DELTA-228)', async () => {
  const remote = aRemote()
  assert.equal(remote.keys.areKnown(), false)
  await remote.keys.current()
  assert.deepEqual([remote.keys.areKnown(), remote.keys.failure()], [true, null])
  remote.answer = down
  remote.elapsed = 24 * HOUR - 1
  assert.deepEqual(await namesOf(remote), ['one'])
  assert.deepEqual([remote.keys.areKnown(), remote.keys.failure()], [true, 'https://id.example.org/keys answers 500.'])
  remote.elapsed = 24 * HOUR
  await assert.rejects(remote.keys.current(), UNAVAILABLE)
  assert.equal(remote.keys.areKnown(), false)
  remote.answer = async () => [aKey('one')]
  remote.elapsed += 30 * SECOND
  assert.deepEqual(await namesOf(remote), ['one'])
  assert.deepEqual([remote.keys.areKnown(), remote.keys.failure()], [true, null])
})

test('while an issuer hangs, requests with keys that are known do not wait for it', async () => {
  const remote = aRemote()
  await remote.keys.current()
  remote.answer = down
  remote.elapsed = 5 * MINUTE
  assert.deepEqual(await namesOf(remote), ['one'])
  let hear = (_: readonly VerificationKey[]): void => {}
  remote.answer = () => new Promise(resolve => (hear = resolve))
  remote.elapsed += 30 * SECOND
  const refreshed = remote.keys.refresh()
  assert.deepEqual(await namesOf(remote), ['one'])
  hear([aKey('two')])
  await refreshed
  assert.deepEqual(await namesOf(remote), ['two'])
})

test('a key that stays is the same object, and one that is another under its name is not', async () => {
  const remote = aRemote()
  const [before] = await remote.keys.current()
  remote.elapsed = 5 * MINUTE
  assert.equal((await remote.keys.current())[0], before)
  remote.answer = async () => [{ ...aKey('one'), issuer: 'https://id.example.org' }]
  remote.elapsed = 10 * MINUTE
  assert.notEqual((await remote.keys.current())[0], before)
})

test('what fails otherwise is no refusal', async () => {
  const remote = aRemote()
  remote.answer = () => Promise.reject(new TypeError('a mistake'))
  await assert.rejects(remote.keys.current(), TypeError)
})
