import assert from 'node:assert/strict'
import test from 'node:test'
import { decodeJwt } from 'jose'
import type { ObjectId } from '../../src/core/id.ts'
import { aBrowserOf, type Browser, choicesOn, type Seen } from './aBrowser.ts'
import { aDemonstration, assertRefusal, type Demonstration, SCOPE } from './aDemonstration.ts'
import { BASE } from './aServer.ts'

/** A device that waits, and its form at the token endpoint. */
async function aDevice({ server, app, post }: Demonstration, fields = {}) {
  const form = { client_id: app.clientId, scope: SCOPE, ...fields }
  const { status, body } = await post(`/${server.tenant}/oauth2/v2.0/devicecode`, form)
  assert.equal(status, 200, JSON.stringify(body))
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
  return { body, form: { grant_type, device_code: body.device_code } }
}

/** Enters a code; gives the page of choices, or what is told of the code. */
async function enter(browser: Browser, userCode: string): Promise<Seen> {
  return browser.submit(await browser.open(`${BASE}/devicelogin`), { user_code: userCode })
}

async function signIn({ server }: Demonstration, userCode: string, user: ObjectId): Promise<Seen> {
  const browser = aBrowserOf(server)
  return browser.submit(await enter(browser, userCode), { user, act: 'sign-in' })
}

test('a device waits until somebody has signed in at its code, and then gets the tokens of that person (DELTA-238)', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ask, ada } = demonstration
  const { body, form } = await aDevice(demonstration)
  assert.match(body.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{9}$/)
  assert.deepEqual([body.expires_in, body.interval], [900, 5])
  assert.equal(body.verification_uri, `${BASE}/devicelogin`)
  assertRefusal(await ask(form), 'authorization_pending')
  const done = await signIn(demonstration, body.user_code, ada)
  assert.match(done.text, /You have signed in/)
  server.clock.advance(5_000)
  const tokens = await ask(form)
  assert.equal(tokens.status, 200, JSON.stringify(tokens.body))
  assert.equal(decodeJwt(tokens.body.access_token)['oid'], ada)
  assert.ok(tokens.body.refresh_token && tokens.body.id_token)
  server.clock.advance(5_000)
  assertRefusal(await ask(form), 'invalid_grant')
})

test('a code may be typed in small letters, with blanks and dashes, or stand in the address, where it is only filled in', async t => {
  const demonstration = await aDemonstration(t)
  const browser = aBrowserOf(demonstration.server)
  const { body } = await aDevice(demonstration)
  const code: string = body.user_code
  for (const typed of [code.toLowerCase(), ` ${code.slice(0, 3)}-${code.slice(3)} `]) {
    assert.ok(choicesOn(await enter(browser, typed)).includes(demonstration.ada))
  }
  const filled = await browser.open(body.verification_uri_complete)
  assert.match(filled.text, new RegExp(`value="${code}"`))
  assert.deepEqual(choicesOn(filled), [])
  assert.ok(choicesOn(await browser.submit(filled, {})).includes(demonstration.ada))
})

test('a device that asks too often is told to slow down, five seconds more each time (DELTA-238)', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ask } = demonstration
  const { form } = await aDevice(demonstration)
  const afterMs = async (ms: number, error: string) => {
    server.clock.advance(ms)
    assertRefusal(await ask(form), error)
  }
  await afterMs(0, 'authorization_pending')
  await afterMs(4_000, 'authorization_pending')
  await afterMs(3_999, 'slow_down')
  await afterMs(8_999, 'slow_down')
  await afterMs(14_000, 'authorization_pending')
})

test('a device is told that its code is too old, and that the person did not want to (DELTA-238)', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ask, ada } = demonstration
  const late = await aDevice(demonstration)
  server.clock.advance(900_000)
  assertRefusal(await ask(late.form), 'expired_token')
  assert.equal((await enter(aBrowserOf(server), late.body.user_code)).status, 400)
  const declined = await aDevice(demonstration)
  const browser = aBrowserOf(server)
  await browser.submit(await enter(browser, declined.body.user_code), { act: 'cancel' })
  assertRefusal(await ask(declined.form), 'access_denied')
  assertRefusal(await ask(declined.form), 'invalid_grant')
  assert.equal((await enter(browser, declined.body.user_code)).status, 400)
  const other = await aDevice(demonstration)
  await signIn(demonstration, other.body.user_code, ada)
  assert.equal((await enter(browser, other.body.user_code)).status, 400)
})

test('two who look at one code do not both sign in', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ada, ask } = demonstration
  const grace = await demonstration.user('grace')
  const { body, form } = await aDevice(demonstration)
  const [first, second] = [aBrowserOf(server), aBrowserOf(server)]
  const [one, two] = [await enter(first, body.user_code), await enter(second, body.user_code)]
  assert.equal((await first.submit(one, { user: ada, act: 'sign-in' })).status, 200)
  assert.equal((await second.submit(two, { user: grace, act: 'sign-in' })).status, 400)
  assert.equal(decodeJwt((await ask(form)).body.access_token)['oid'], ada)
})

test('who enters or has entered a code of a tenant that is deleted is told to begin again', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ada } = demonstration
  const { body } = await aDevice(demonstration)
  const browser = aBrowserOf(server)
  const page = await enter(browser, body.user_code)
  await server.store.deleteTenant(server.tenant)
  for (const act of ['sign-in', 'find', 'cancel']) {
    const refused = await browser.submit(page, { user: ada, act })
    assert.deepEqual([refused.status, /begin again there/.test(refused.text)], [400, true], act)
  }
  assert.equal((await enter(browser, body.user_code)).status, 400)
})

test('a device code is good for its app alone', async t => {
  const demonstration = await aDemonstration(t)
  const { ada, ask, register } = demonstration
  const thief = await register({ publicClient: true })
  const { body, form } = await aDevice(demonstration)
  await signIn(demonstration, body.user_code, ada)
  assertRefusal(await ask({ ...form, client_id: thief.clientId }), 'invalid_grant')
  assert.equal((await ask(form)).status, 200)
})

test('after ten wrong codes within a minute no code is looked at until it is over, by whomever (DELTA-247)', async t => {
  const demonstration = await aDemonstration(t)
  const { server } = demonstration
  const { body } = await aDevice(demonstration)
  for (let tries = 0; tries < 10; tries += 1) {
    assert.equal((await enter(aBrowserOf(server), 'BBBBBBBBB')).status, 400)
  }
  const refused = await enter(aBrowserOf(server), body.user_code)
  assert.equal(refused.status, 429)
  assert.equal(refused.headers['retry-after'], '60')
  server.clock.advance(59_999)
  assert.equal((await enter(aBrowserOf(server), body.user_code)).status, 429)
  server.clock.advance(1)
  assert.equal((await enter(aBrowserOf(server), body.user_code)).status, 200)
})

test('no more than a thousand devices wait, and there is room again once they are too old (DELTA-247)', async t => {
  const demonstration = await aDemonstration(t)
  const { server, app, post } = demonstration
  for (let count = 0; count < 1_000; count += 1) await aDevice(demonstration)
  const form = { client_id: app.clientId, scope: SCOPE }
  const { status, headers, body } = await post(`/${server.tenant}/oauth2/v2.0/devicecode`, form)
  assert.deepEqual([status, body.error, headers['retry-after']], [503, 'temporarily_unavailable', '60'])
  server.clock.advance(1_800_000)
  await aDevice(demonstration)
})

test('codes are for apps that lie with people, or prove themselves, and for what they were granted', async t => {
  const demonstration = await aDemonstration(t, { publicClient: false })
  const { server, app, secret, post } = demonstration
  const ask = (fields: Record<string, string>, tenant: string = server.tenant) =>
    post(`/${tenant}/oauth2/v2.0/devicecode`, { client_id: app.clientId, scope: SCOPE, ...fields })
  assertRefusal(await ask({}), 'invalid_client', 401)
  assert.equal((await ask({ client_secret: secret })).status, 200)
  assertRefusal(await ask({ client_secret: secret, scope: 'Device.Read.All' }), 'invalid_scope')
  assertRefusal(await ask({ client_secret: secret, scope: '' }), 'invalid_request')
  assertRefusal(await ask({ client_id: 'nobody' }), 'invalid_client', 401)
  assertRefusal(await ask({}, 'nowhere.example'), 'invalid_tenant')
})
