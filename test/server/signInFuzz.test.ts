import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { aDemonstration, newPkce, REDIRECT_URI, SCOPE } from './aDemonstration.ts'

const NAMES = [
  ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'grant_type', 'code', 'code_verifier'],
  ...['code_challenge', 'code_challenge_method', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state'],
  ...['nonce', 'prompt', 'login_hint', 'refresh_token', 'device_code', 'user_code', 'form', 'find', 'user', 'act'],
  ...['client_info', 'request', 'post_logout_redirect_uri', '__proto__', ''],
]

/** What the endpoints answer to whatever comes: never a failure of theirs. */
const STATUSES = [200, 303, 400, 401, 404, 413, 429]

test('whatever is sent to the paths of sign-in, the answer is one that is promised', async t => {
  const { server, app } = await aDemonstration(t)
  const words = [
    ...[
      app.clientId,
      'nobody',
      'authorization_code',
      'refresh_token',
      'device_code',
      'client_credentials',
      'code',
      'S256',
    ],
    ...[
      'plain',
      'form_post',
      'fragment',
      'sign-in',
      'find',
      'cancel',
      SCOPE,
      '.default',
      REDIRECT_URI,
      'http://localhost:1',
      'http://localhost:99999',
    ],
    ...[
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      newPkce().challenge,
      'a.b.c',
      'e30.e30.e30',
      'none',
      '\0',
    ],
  ]
  const value = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 40 }))
  const fields = fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 12 })
  const path = fc.constantFrom(
    'oauth2/v2.0/authorize',
    'oauth2/v2.0/login',
    'oauth2/v2.0/devicecode',
    'oauth2/v2.0/token',
    'oauth2/v2.0/logout',
  )
  const target = fc.oneof(
    fc.constant('/devicelogin'),
    path.map(name => `/${server.tenant}/${name}`),
  )
  await fc.assert(
    fc.asyncProperty(target, fc.boolean(), fields, async (url, inQuery, sent) => {
      const form = sent.map(pair => pair.map(text => encodeURIComponent(text.toWellFormed())).join('=')).join('&')
      const headers = { host: 'localhost:3000', 'content-type': 'application/x-www-form-urlencoded' }
      const { statusCode, payload } = await server.app.inject(
        inQuery ? { url: `${url}?${form}`, headers } : { method: 'POST', url, headers, payload: form },
      )
      assert.ok(STATUSES.includes(statusCode), `${statusCode} ${payload}`)
    }),
    { numRuns: 1_500 },
  )
})
