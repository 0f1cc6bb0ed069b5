import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Request } from './connection.ts'
import { newTokenSource } from './token.ts'

const CREDENTIALS = { tokenUrl: new URL('http://localhost/token'), clientId: 'app', clientSecret: 'a secret' }

test('a token is asked for once by all who need it, with the client credentials for Graph', async () => {
  const { asked, source } = anIssuer(3599)
  assert.deepEqual(await Promise.all([source(), source(), source()]), ['token 1', 'token 1', 'token 1'])
  assert.equal(asked.length, 1)
  assert.deepEqual(Object.fromEntries(new URLSearchParams(asked[0]?.body)), {
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
    client_id: 'app',
    client_secret: 'a secret',
  })
})

test('a token is renewed a minute before its end', async () => {
  const { clock, source } = anIssuer(3599)
  await source()
  clock.now = 3_538_999
  assert.equal(await source(), 'token 1')
  clock.now = 3_539_000
  assert.deepEqual(await Promise.all([source(), source()]), ['token 2', 'token 2'])
})

test('a short token is renewed at half its life', async () => {
  const { clock, source } = anIssuer('60')
  await source()
  clock.now = 29_999
  assert.equal(await source(), 'token 1')
  clock.now = 30_000
  assert.equal(await source(), 'token 2')
})

test('a refusal and an answer without a token end the replay', async () => {
  await assert.rejects(
    anIssuer(3599, 401).source(),
    /The app app gets no token: http:\/\/localhost\/token answered 401/,
  )
  await assert.rejects(anIssuer('soon').source(), /without an access token and its life/)
})

function anIssuer(expiresIn: number | string, status = 200) {
  const clock = { now: 0 }
  const asked: Request[] = []
  const send = async (request: Request) => {
    asked.push(request)
    const text = JSON.stringify({ access_token: `token ${asked.length}`, expires_in: expiresIn })
    return { status, headers: {}, text }
  }
  return { clock, asked, source: newTokenSource(CREDENTIALS, send, () => clock.now) }
}
