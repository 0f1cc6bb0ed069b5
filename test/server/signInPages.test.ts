import assert from 'node:assert/strict'
import test from 'node:test'
import { newSignIns } from '../../src/auth/signIn/signIns.ts'
import { fixedBase } from '../../src/server/publicBase.ts'
import { aBrowserOf, choicesOn, formOf, formsOf, type Seen } from './aBrowser.ts'
import { aDemonstration, answerIn, choose } from './aDemonstration.ts'
import { aSibling, BASE } from './aServer.ts'

/** Markup that would show if it stood in a page as it is. */
const HOSTILE = `"><script>alert('1')</script><b a='`

function assertPlain({ headers, text }: Seen): void {
  assert.match(String(headers['content-type']), /^text\/html; charset=utf-8$/)
  assert.match(
    String(headers['content-security-policy']),
    /^default-src 'none'; style-src 'sha256-[\w+/]+=*'; form-action /,
  )
  assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'; base-uri 'none'$/)
  assert.equal(headers['x-frame-options'], 'DENY')
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['referrer-policy'], 'same-origin')
  assert.doesNotMatch(text, /<script| on\w+=|javascript:|<b a=/i)
}

test('the pages run no script, load nothing, stand in no frame and are kept by nobody (DELTA-246)', async t => {
  const demonstration = await aDemonstration(t)
  const browser = aBrowserOf(demonstration.server)
  const seen = [
    await browser.open(demonstration.address()),
    await browser.open(demonstration.address({ client_id: 'nobody' })),
    await browser.open(`${BASE}/devicelogin`),
    await choose(demonstration, demonstration.address({ response_mode: 'form_post' }), demonstration.ada),
  ]
  for (const page of seen) assertPlain(page)
  const policy = String(seen[0]?.headers['content-security-policy'])
  assert.match(policy, /form-action 'self' http:\/\/localhost:\*;/)
})

test('a form may lead to the app, also where its address is no source of a policy', async t => {
  const demonstration = await aDemonstration(t, {
    redirectUris: ['http://[::1]', 'http://127.0.0.1', 'myapp://auth', 'https://app.example/x'],
  })
  const browser = aBrowserOf(demonstration.server)
  for (const [redirect_uri, source] of [
    ['http://[::1]:5000', 'http:'],
    ['http://127.0.0.1:5000', 'http://127.0.0.1:*'],
    ['myapp://auth', 'myapp:'],
    ['https://app.example/x', 'https://app.example'],
  ] as const) {
    const { headers } = await browser.open(demonstration.address({ redirect_uri }))
    assert.ok(String(headers['content-security-policy']).includes(`form-action 'self' ${source};`))
  }
})

test('what comes from outside stands in a page as text: names of people, apps and tenants, and whatever is asked (DELTA-246)', async t => {
  const demonstration = await aDemonstration(t, { displayName: HOSTILE })
  const { server, ada } = demonstration
  await server.call(`/v1.0/users/${ada}`, { method: 'PATCH', body: { displayName: HOSTILE } })
  const tenant = await server.store.tenant(server.tenant)
  assert.ok(tenant)
  await server.store.putTenant({ ...tenant, displayName: HOSTILE })
  const browser = aBrowserOf(server)
  const page = await browser.open(demonstration.address())
  const seen = [
    page,
    await browser.submit(page, { find: HOSTILE, act: 'find' }),
    await browser.open(demonstration.address({ client_id: HOSTILE })),
    await browser.open(demonstration.address({ redirect_uri: HOSTILE })),
    await browser.open(`${BASE}/devicelogin?user_code=${encodeURIComponent(HOSTILE)}`),
    await browser.submit(await browser.open(`${BASE}/devicelogin`), { user_code: HOSTILE }),
    await choose(demonstration, demonstration.address({ response_mode: 'form_post', state: HOSTILE }), ada),
    await browser.open(`${BASE}/${encodeURIComponent(HOSTILE)}/oauth2/v2.0/authorize`),
  ]
  for (const one of seen) assertPlain(one)
  assert.match(page.text, /&#34;&#62;&#60;script&#62;/)
})

test('a form is good in the browser alone that was shown it, and on the page that it belongs to (DELTA-246)', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ada } = demonstration
  const [own, other] = [aBrowserOf(server), aBrowserOf(server)]
  const page = await own.open(demonstration.address())
  const chosen = { user: ada, act: 'sign-in' }
  assert.equal((await other.submit(page, chosen)).status, 400)
  await other.open(demonstration.address())
  assert.equal((await other.submit(page, chosen)).status, 400)
  const { form = '' } = formOf(page).fields
  for (const wrong of ['', 'x', `${form}x`, `x${form}`, form.replace('.', '..'), form.split('.')[0] ?? '']) {
    const refused = await own.submit(page, { ...chosen, form: wrong })
    assert.deepEqual([refused.status, refused.headers['location']], [400, undefined])
  }
  const entry = await own.open(`${BASE}/devicelogin`)
  assert.equal((await own.submit(page, { ...chosen, form: formOf(entry).fields['form'] ?? '' })).status, 400)
  for (const wrong of ['', form, (formOf(entry).fields['form'] ?? '').slice(1)]) {
    assert.match((await own.submit(entry, { form: wrong, user_code: 'x' })).text, /begin again/)
  }
  assert.ok(answerIn(await own.submit(page, chosen)).get('code'))
})

test('a form that another site sends in is refused (DELTA-246)', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ada } = demonstration
  const browser = aBrowserOf(server)
  const { action, fields } = formOf(await browser.open(demonstration.address()))
  const cookie = [...browser.cookies].map(pair => pair.join('=')).join('')
  const send = async (headers: Record<string, string>) =>
    (
      await server.app.inject({
        method: 'POST',
        url: action.slice(BASE.length),
        headers: { host: 'localhost:3000', 'content-type': 'application/x-www-form-urlencoded', cookie, ...headers },
        payload: new URLSearchParams({ ...fields, user: ada, act: 'sign-in' }).toString(),
      })
    ).statusCode
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `${BASE}.evil.example` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    assert.equal(await send(headers as Record<string, string>), 400, JSON.stringify(headers))
  }
  assert.equal(await send({ origin: BASE }), 303)
})

test('a page is good for a quarter of an hour', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ada } = demonstration
  const browser = aBrowserOf(server)
  const page = await browser.open(demonstration.address())
  server.clock.advance(899_999)
  assert.equal((await browser.submit(page, { user: ada, act: 'sign-in' })).status, 303)
  server.clock.advance(1)
  assert.equal((await browser.submit(page, { user: ada, act: 'sign-in' })).status, 400)
})

test('several sign-ins in one browser do not end each other', async t => {
  const demonstration = await aDemonstration(t)
  const browser = aBrowserOf(demonstration.server)
  const pages = [
    await browser.open(demonstration.address()),
    await browser.open(demonstration.address({ state: 'two' })),
  ]
  for (const page of pages)
    assert.ok(answerIn(await browser.submit(page, { user: demonstration.ada, act: 'sign-in' })).get('code'))
})

test('the cookie is for the server alone, and over https for https alone, under another name', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ada } = demonstration
  const { headers } = await aBrowserOf(server).open(demonstration.address())
  assert.match(String(headers['set-cookie']), /^tidemark-browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)

  const secure = aBrowserOf(
    aSibling(t, server, { signIns: newSignIns(), publicBase: fixedBase('https://localhost:3000') }),
  )
  const page = await secure.open(demonstration.address())
  assert.match(
    String(page.headers['set-cookie']),
    /^__Host-tidemark-browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  )
  assert.equal((await secure.submit(page, { user: ada, act: 'sign-in' })).status, 303)
  const [[name = '', value = ''] = []] = secure.cookies
  secure.cookies.clear()
  secure.cookies.set(name.replace('__Host-', ''), value)
  assert.equal((await secure.submit(page, { user: ada, act: 'sign-in' })).status, 400)
})

test('the page tells what the app may do then, and of one that only asks who it is, that', async t => {
  const demonstration = await aDemonstration(t)
  const browser = aBrowserOf(demonstration.server)
  const told = async (scope: string) => (await browser.open(demonstration.address({ scope }))).text
  assert.match(await told('openid Group.ReadWrite.All'), /as far as the person may: Group\.ReadWrite\.All\.</)
  assert.match(await told('openid profile offline_access'), />It then knows who that is\.</)
})

test('the key Enter looks for names where one is typed, and signs in where somebody is chosen', async t => {
  const demonstration = await aDemonstration(t)
  const page = await aBrowserOf(demonstration.server).open(demonstration.address())
  const [search, choice, ...others] = formsOf(page)
  assert.ok(search && choice)
  assert.deepEqual(others, [])
  assert.deepEqual(search.acts, ['find'])
  assert.ok(!('user' in search.fields))
  assert.deepEqual(choice.acts, ['sign-in', 'cancel'])
  assert.equal(choice.fields['user'], demonstration.ada)
})

test('a page of the longest address that is read can be sent in', async t => {
  const demonstration = await aDemonstration(t)
  const browser = aBrowserOf(demonstration.server)
  const page = await browser.open(demonstration.address({ claims: 'x'.repeat(15_500) }))
  assert.equal((await browser.submit(page, { user: demonstration.ada, act: 'sign-in' })).status, 303)
})

test('those with directory roles come first, by name, others are found by the beginning of their names', async t => {
  const demonstration = await aDemonstration(t)
  const { server, ada } = demonstration
  const zoe = await demonstration.user('zoe', ['Global Administrator'])
  const xaver = await demonstration.user('xaver', ['Global Reader'])
  const disabled = await demonstration.user('zelda', ['Global Reader'])
  await server.call(`/v1.0/users/${disabled}`, { method: 'PATCH', body: { accountEnabled: false } })
  const browser = aBrowserOf(server)
  const page = await browser.open(demonstration.address())
  assert.deepEqual(choicesOn(page), [xaver, zoe, ada])
  assert.match(page.text, /\(Global Administrator\)/)
  const find = async (text: string) => choicesOn(await browser.submit(page, { find: text, act: 'find' }))
  assert.deepEqual(await find('AD'), [ada])
  assert.deepEqual(await find('z'), [zoe])
  assert.deepEqual(await find(`ada@${server.domain}`), [ada])
  assert.deepEqual(await find('nobody'), [])
  assert.deepEqual(choicesOn(await browser.open(demonstration.address({ login_hint: `ada@${server.domain}` }))), [ada])
})

test('nobody signs in as somebody who is not there, is disabled, or is of another tenant', async t => {
  const demonstration = await aDemonstration(t)
  const { server } = demonstration
  const gone = await demonstration.user('gone')
  const page = await aBrowserOf(server).open(demonstration.address())
  assert.equal(page.status, 200)
  await server.call(`/v1.0/users/${gone}`, { method: 'DELETE' })
  const tenant = await server.addTenant()
  const stranger = (await server.administrator(tenant)).user
  const browser = aBrowserOf(server)
  const own = await browser.open(demonstration.address())
  for (const user of [gone, stranger, '', 'x', crypto.randomUUID()]) {
    const refused = await browser.submit(own, { user, act: 'sign-in' })
    assert.deepEqual([refused.status, refused.headers['location']], [400, undefined])
    assert.match(refused.text, /Choose somebody from the list/)
  }
})
