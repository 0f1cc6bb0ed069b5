import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { anIssuer, json, type LoopbackIssuer } from '../auth/anIssuer.ts'
import { encode, type Json } from '../auth/aToken.ts'
import { aCaller, aFolder, aServing, run, startServing } from './aProgram.ts'

const TENANT = '11111111-2222-4333-8444-5555555555ab'
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const SET = json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] })

function aDatabase(context: TestContext): string {
  return join(aFolder(context), 'directory.db')
}

/** An issuer by RFC 9068 that is there, with an app that may read groups. */
async function aStandardIssuer(context: TestContext): Promise<LoopbackIssuer> {
  const issuer = await anIssuer(context)
  const { url, answers } = issuer
  answers.set('/.well-known/openid-configuration', json({ issuer: url, jwks_uri: `${url}/keys` }))
  answers.set('/keys', SET)
  return issuer
}

function signed(header: Json, claims: Json): string {
  const now = Math.floor(Date.now() / 1000)
  const input = `${encode({ alg: 'RS256', kid: 'one', ...header })}.${encode({ iat: now, nbf: now, exp: now + 600, ...claims })}`
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
}

function tokenOf(iss: string): string {
  const who = { sub: 'nightly', client_id: 'nightly', jti: 'one', scope: 'Group.Read.All' }
  return signed({ typ: 'at+jwt' }, { iss, aud: 'api://directory', ...who })
}

function list(url: string, token: string): Promise<Response> {
  return fetch(`${url}/v1.0/groups`, { headers: { authorization: `Bearer ${token}` } })
}

test('tokens of an issuer by RFC 9068 are believed beside those of the server itself (DELTA-227)', async t => {
  const issuer = await aStandardIssuer(t)
  const database = aDatabase(t)
  const first = await aServing(t, ['--database', database])
  await first.kill('SIGTERM')
  const { tenantId } = first.ready
  const words = ['--issuer', `${issuer.url},tenant=${tenantId}`, '--audience', 'api://directory']
  const { ready } = await aServing(t, ['--database', database, ...words])
  assert.equal((await list(ready.url, tokenOf(issuer.url))).status, 200)
  assert.equal((await list(ready.url, tokenOf(`${issuer.url}/`))).status, 401)
  const call = await aCaller({ ...ready, clientSecret: first.ready.clientSecret })
  assert.equal((await call('/v1.0/groups')).status, 200)
})

test('without the local issuer the server prints no app, issues nothing and believes the others alone (DELTA-229)', async t => {
  const issuer = await aStandardIssuer(t)
  const database = aDatabase(t)
  const first = await aServing(t, ['--database', database])
  const call = await aCaller(first.ready)
  assert.equal((await call('/v1.0/groups')).status, 200)
  const tokens = await fetch(first.ready.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: first.ready.clientId,
      client_secret: String(first.ready.clientSecret),
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  const { access_token: ofLocal } = (await tokens.json()) as { access_token: string }
  await first.kill('SIGTERM')
  const port = new URL(first.ready.url).port
  const variables = {
    TIDEMARK_ISSUER: `${issuer.url},tenant=${first.ready.tenantId} http://localhost:${port}/organizations/v2.0,profile=entra`,
    TIDEMARK_AUDIENCE: 'api://other api://directory',
    TIDEMARK_WITHOUT_LOCAL_ISSUER: 'true',
  }
  const { ready } = await aServing(t, ['--database', database, '--port', port], variables)
  const { url, tokenUrl, tenantId, clientId, clientSecret } = ready
  assert.deepEqual([tokenUrl, tenantId, clientId, clientSecret], [null, null, null, null])
  assert.equal((await list(url, tokenOf(issuer.url))).status, 200)
  const refused = await list(url, ofLocal)
  assert.equal(refused.status, 401)
  assert.ok(refused.headers.get('www-authenticate')?.includes(`authorization_uri="${issuer.url}"`))
  for (const path of ['v2.0/.well-known/openid-configuration', 'discovery/v2.0/keys']) {
    assert.equal((await fetch(`${url}/${first.ready.tenantId}/${path}`)).status, 404, path)
  }
  assert.equal((await fetch(first.ready.tokenUrl, { method: 'POST', body: new URLSearchParams() })).status, 404)
})

test('a start finds its issuer away, says so once, and believes it once it is there (DELTA-232)', async t => {
  const issuer = await anIssuer(t)
  const { url, answers } = issuer
  const database = aDatabase(t)
  const words = [
    '--issuer',
    `${url},tenant=${TENANT},keys=${url}/keys`,
    '--audience',
    'api://directory',
    '--control',
    '0',
    '--monitor',
    '0',
  ]
  const serving = await aServing(t, ['--database', database, ...words])
  const told = await serving.logged(/cannot be fetched/)
  assert.ok(told.includes(`The keys of ${url} cannot be fetched: ${url}/keys answers 404.`))
  const readiness = async () => ((await (await fetch(`${serving.ready.monitorUrl}/readyz`)).json()) as Json)['status']
  assert.equal(await readiness(), 'issuer unavailable')
  const away = await list(serving.ready.url, tokenOf(url))
  assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '1'])
  const call = await aCaller(serving.ready)
  assert.equal((await call('/v1.0/groups')).status, 200)
  answers.set('/keys', SET)
  const moved = await fetch(`${serving.ready.controlUrl}/clock`, { method: 'POST', body: '{"advance":"1m"}' })
  assert.equal(moved.status, 200)
  assert.equal((await list(serving.ready.url, tokenOf(url))).status, 401, 'the tenant is not there')
  assert.equal(await readiness(), 'ready')
  const made = await run(['tenant', 'create', '--database', database, '--id', TENANT.toUpperCase(), '--json'])
  assert.equal(JSON.parse(made.stdout).tenantId, TENANT)
  assert.equal((await list(serving.ready.url, tokenOf(url))).status, 200)
  const again = await run(['tenant', 'create', '--database', database, '--id', TENANT])
  const misspelt = await run(['tenant', 'create', '--database', database, '--id', 'contoso'])
  assert.deepEqual([misspelt.code, misspelt.stderr.slice(0, 21)], [2, '--id must be a GUID s'])
  assert.deepEqual([again.code, again.stderr], [2, `There is a tenant ${TENANT} already.\n`])
})

test('a server that ends waits for no issuer, and says nothing of it', async t => {
  const issuer = await anIssuer(t)
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  issuer.answers.set('/keys', () => resolve())
  const words = ['--issuer', `${issuer.url},tenant=${TENANT},keys=${issuer.url}/keys`, '--audience', 'a']
  const serving = await aServing(t, ['--database', aDatabase(t), ...words])
  await asked
  const { code, stderr } = await serving.kill('SIGTERM')
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
})

test('a server believes the tokens of another, by the profile of Entra (DELTA-225)', async t => {
  const other = await aServing(t, ['--database', aDatabase(t)])
  const { tenantId } = other.ready
  const database = aDatabase(t)
  const words = [
    '--issuer',
    `${other.ready.url}/${tenantId}/v2.0,profile=entra`,
    '--audience',
    'https://graph.microsoft.com',
  ]
  const serving = await aServing(t, ['--database', database, ...words])
  await run(['tenant', 'create', '--database', database, '--id', tenantId])
  const call = await aCaller(other.ready)
  assert.equal((await call('/v1.0/groups')).status, 200)
  const callOther = await aCaller({
    ...serving.ready,
    tokenUrl: other.ready.tokenUrl,
    clientId: other.ready.clientId,
    clientSecret: other.ready.clientSecret,
  })
  assert.equal((await callOther('/v1.0/groups')).status, 200)
})

test('what is printed for people names the issuers, and without the local one no tenant, app and command', async t => {
  const issuer = await aStandardIssuer(t)
  const words = ['--issuer', `${issuer.url},tenant=${TENANT}`, '--audience', 'a', '--without-local-issuer']
  const text = await startServing(t, ['--database', aDatabase(t), ...words]).said(/Throttling.*\n$/)
  assert.match(
    text,
    /^Tidemark serves\.\n\n {2}Base URL {8}http:\S+\n {2}Issuer {10}http:\S+\n {2}Throttling {6}off[^\n]*\n$/,
  )
})
