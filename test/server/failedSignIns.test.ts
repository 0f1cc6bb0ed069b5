import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { GRAPH_RESOURCE } from '../../src/auth/issuer/issuer.ts'
import { hashSecret, newClientSecret } from '../../src/auth/issuer/secret.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { aServer, type Reply, type TestServer } from './aServer.ts'
import { limited } from './limited.ts'

const WRONG = 'a wrong secret'

interface Door extends TestServer {
  readonly secret: string
  /** Asks for a token from an address. */
  readonly knock: (secret: string, address?: string) => Promise<Pick<Reply, 'status' | 'headers' | 'body'>>
}

async function aDoor(context: TestContext): Promise<Door> {
  const server = await aServer(context)
  const { app, store, tenant } = server
  const secret = newClientSecret()
  const clientId = crypto.randomUUID()
  const secretHashes = [hashSecret(secret)]
  await store.putApp(aPlainApp({ clientId, tenant, displayName: 'Sync', roles: ['Group.Read.All'], secretHashes }))
  const knock: Door['knock'] = async (client_secret, address = '192.0.2.1') => {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret }
    const reply = await app.inject({
      method: 'POST',
      url: `/${tenant}/oauth2/v2.0/token`,
      headers: { host: 'localhost:3000', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...form, scope: `${GRAPH_RESOURCE}/.default` }).toString(),
      remoteAddress: address,
    })
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() }
  }
  return { ...server, secret, knock }
}

test('an address that fails too often is told to wait, and a right secret opens from there all the same (DELTA-223)', async t => {
  const door = await limited(await aDoor(t), { 'failed-sign-ins': '3/60s' })
  const { knock, secret, clock } = door
  for (const _ of [1, 2, 3]) assert.equal((await knock(WRONG)).status, 401)
  clock.advance(20_500)
  const { status, headers, body } = await knock(WRONG)
  assert.deepEqual([status, headers['retry-after'], body.error], [429, '40', 'invalid_client'])
  assert.match(body.error_description, /^AADSTS7000215: /)
  assert.ok(!('access_token' in body))
  assert.equal((await knock(secret)).status, 200)
  assert.equal((await knock(WRONG)).status, 429)
  assert.equal((await knock(WRONG, '2001:db8::1')).status, 401)
  clock.advance(39_500)
  assert.equal((await knock(WRONG)).status, 401)
})

test('clients that come with a right secret, however often, are never told to wait (DELTA-223)', async t => {
  const { knock, secret } = await limited(await aDoor(t), { 'failed-sign-ins': '1/60s' })
  for (const _ of [1, 2, 3]) assert.equal((await knock(secret)).status, 200)
})

test('where nothing is limited a wrong secret is 401 as often as it comes (DELTA-223)', async t => {
  const { knock } = await aDoor(t)
  for (let tries = 0; tries < 35; tries += 1) assert.equal((await knock(WRONG)).status, 401)
})

test('no more addresses are kept in mind than there is room for', async t => {
  const { services } = await limited(await aServer(t), { 'failed-sign-ins': '1/60s' })
  const { countFailure } = services.controls.throttle
  const twice = async (address: string): Promise<boolean> => {
    await countFailure(address)
    return (await countFailure(address)) !== null
  }
  for (let n = 0; n < 10_000; n += 1) assert.equal(await countFailure(`192.0.2.${n}`), null)
  assert.equal(await twice('192.0.2.9999'), true)
  assert.equal(await twice('192.0.2.10000'), false)
})
