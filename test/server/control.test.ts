import assert from 'node:assert/strict'
import { request } from 'node:http'
import test, { type TestContext } from 'node:test'
import { pino } from 'pino'
import { startControl } from '../../src/server/control.ts'
import { aServer, type TestServer } from './aServer.ts'

const GROUP = { displayName: 'Staff', mailEnabled: false, mailNickname: 'staff', securityEnabled: true }

interface Told {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look at bodies as their readers do
  readonly body: any
}

interface Controlled extends TestServer {
  readonly controlUrl: string
  readonly ask: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Told>
  /** A deltaLink of now, with nothing to tell. */
  readonly link: (query?: string) => Promise<string>
}

async function aControlled(context: TestContext): Promise<Controlled> {
  const server = await aServer(context)
  const { services, clock } = server
  const control = await startControl(0, { services, clock }, pino({ level: 'silent' }))
  context.after(control.close)
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Told> =>
    new Promise((resolve, reject) => {
      const sent = request(control.url + path, { method, headers }, answer => {
        let text = ''
        answer.setEncoding('utf8').on('data', part => {
          text += part
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) }))
      })
      sent.on('error', reject).end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
    })
  const link = async (query = ''): Promise<string> =>
    (await server.call(`/v1.0/groups/delta?$deltatoken=latest${query}`)).body['@odata.deltaLink']
  return { ...server, controlUrl: control.url, ask, link }
}

test('the control API tells the clock, the settings, the tenants and how an old token is answered', async t => {
  const { ask, tenant, call, services } = await aControlled(t)
  await call('/v1.0/groups', { method: 'POST', body: GROUP })
  const { status, body } = await ask('GET', '/')
  assert.equal(status, 200)
  assert.deepEqual(body, {
    now: '2026-01-15T09:00:00.000Z',
    settings: services.settings,
    resync: 'gone',
    throttling: null,
    tokensExpiredAt: null,
    tenants: [{ id: tenant, displayName: 'Test', head: 1, horizon: 0 }],
  })
})

test('a clock moved by eight days makes a deltaLink too old (DELTA-49)', async t => {
  const { ask, link, call } = await aControlled(t)
  const old = await link('&$select=displayName')
  const { status, body } = await ask('POST', '/clock', { advance: '8d' })
  assert.deepEqual([status, body.now], [200, '2026-01-23T09:00:00.000Z'])
  const answer = await call(old)
  assert.equal(answer.status, 410)
  assert.match(String(answer.headers['location']), /\$select=displayName/)
  assert.equal((await call(await link())).status, 200)
})

test('the clock takes milliseconds too', async t => {
  const { ask } = await aControlled(t)
  assert.equal((await ask('POST', '/clock', { advance: 1 })).body.now, '2026-01-15T09:00:00.001Z')
})

test('expired tokens are gone with their query, and later ones are good (DELTA-50)', async t => {
  const { ask, link, call } = await aControlled(t)
  const old = await link('&$select=displayName')
  const { status, body } = await ask('POST', '/tokens/expire')
  assert.deepEqual([status, body.tokensExpiredAt], [200, '2026-01-15T09:00:00.000Z'])
  const answer = await call(old)
  assert.equal(answer.status, 410)
  assert.match(String(answer.headers['location']), /\$select=displayName/)
  assert.equal((await call(await link())).status, 200)
})

test('reset tokens are gone without their query, and access tokens stay good', async t => {
  const { ask, link, call, token } = await aControlled(t)
  const old = await link('&$select=displayName')
  const authorization = `Bearer ${await token()}`
  assert.equal((await ask('POST', '/tokens/reset')).status, 200)
  const answer = await call(old, { headers: { authorization } })
  assert.equal(answer.status, 410)
  assert.match(String(answer.headers['location']), /\/groups\/delta\?\$deltatoken=$/)
  assert.equal((await call(await link())).status, 200)
})

test('compaction moves the horizon to the head, and ends the links from before (DELTA-51)', async t => {
  const { ask, link, call, tenant, addTenant, administrator } = await aControlled(t)
  const [other, as] = [await addTenant(), await administrator()]
  const old = await link()
  const { body: group } = await call('/v1.0/groups', { method: 'POST', body: GROUP })
  await call(`/v1.0/groups/${group.id}`, { method: 'DELETE' })
  await call(`/v1.0/directory/deletedItems/${group.id}`, { method: 'DELETE', as })
  const here = await ask('POST', '/compact', { tenant })
  assert.deepEqual(here.body, { tenants: [{ id: tenant, tombstones: 1, records: 3 }] })
  const all = await ask('POST', '/compact')
  assert.deepEqual(
    all.body.tenants.map(({ id }: { id: string }) => id),
    [tenant, other],
  )
  const { body } = await ask('GET', '/')
  assert.deepEqual([body.tenants[0].head, body.tenants[0].horizon], [4, 4])
  assert.equal((await call(old)).status, 410)
  assert.equal((await call(await link())).status, 200)
})

test('housekeeping goes by the clock that was moved (DELTA-70)', async t => {
  const { ask, call } = await aControlled(t)
  const { body: group } = await call('/v1.0/groups', { method: 'POST', body: GROUP })
  await call(`/v1.0/groups/${group.id}`, { method: 'DELETE' })
  assert.equal((await ask('POST', '/housekeep')).body.purged, 0)
  await ask('POST', '/clock', { advance: '31d' })
  const { status, body } = await ask('POST', '/housekeep')
  assert.deepEqual([status, body.purged], [200, 1])
  assert.equal((await call(`/v1.0/directory/deletedItems/${group.id}`)).status, 404)
})

for (const [form, status, code] of [
  ['gone', 410, 'syncStateNotFound'],
  ['syncStateNotFound', 400, 'syncStateNotFound'],
  ['unsupportedQuery', 400, 'Request_UnsupportedQuery'],
] as const) {
  test(`told to answer old tokens as '${form}', the server answers ${status} ${code}`, async t => {
    const { ask, link, call } = await aControlled(t)
    const old = await link()
    await ask('POST', '/tokens/expire')
    assert.equal((await ask('POST', '/resync', { form })).body.resync, form)
    const answer = await call(old)
    assert.deepEqual([answer.status, answer.body.error.code], [status, code])
  })
}

test('requests are limited from now on, until they are told not to be', async t => {
  const { ask, call } = await aControlled(t)
  const { status, body } = await ask('POST', '/throttling', { on: true, limits: { 'small-units': '1/10s' } })
  assert.equal(status, 200)
  assert.deepEqual([body.throttling['small-units'], body.throttling.writes], ['1/10s', '3000/150s'])
  const asked = async (): Promise<number> => (await call('/v1.0/groups')).status
  assert.deepEqual([await asked(), await asked()], [200, 429])
  await ask('POST', '/clock', { advance: '10s' })
  assert.deepEqual([await asked(), await asked()], [200, 429])
  assert.equal((await ask('POST', '/throttling', { on: false })).body.throttling, null)
  assert.equal(await asked(), 200)
})

test('contacts are made, changed and deleted over the control API, each in one commit (DELTA-188)', async t => {
  const { ask, call, tenant, addTenant } = await aControlled(t)
  const made = await ask('POST', '/contacts/create', { contact: { displayName: 'Ida', mail: 'ida@post.example' } })
  const { id } = made.body.contact
  assert.deepEqual([made.status, made.body.tenant], [200, tenant])
  const { '@odata.context': _, ...shown } = (await call(`/v1.0/contacts/${id}`)).body
  assert.deepEqual(made.body.contact, shown)
  assert.deepEqual(shown.proxyAddresses, ['SMTP:ida@post.example'])
  const changed = await ask('POST', '/contacts/update', { tenant, id, contact: { mail: null, mailNickname: null } })
  assert.deepEqual([changed.status, changed.body.contact.mail], [200, null])
  assert.deepEqual((await call(`/v1.0/contacts/${id}`)).body.proxyAddresses, [])
  await addTenant()
  const unsaid = await ask('POST', '/contacts/delete', { id })
  assert.deepEqual([unsaid.status, unsaid.body.error.code], [400, 'BadRequest'])
  assert.deepEqual((await ask('POST', '/contacts/delete', { tenant, id })).body, { tenant, id })
  assert.equal((await call(`/v1.0/contacts/${id}`)).status, 404)
  assert.equal((await ask('POST', '/contacts/delete', { tenant, id })).status, 404)
  assert.equal((await ask('GET', '/')).body.tenants[0].head, 3)
})

test('what is not there is 404, as JSON', async t => {
  const { ask } = await aControlled(t)
  for (const [method, path] of [
    ['GET', '/clock'],
    ['POST', '/'],
    ['POST', '/tokens'],
    ['DELETE', '/'],
    ['GET', '/v1.0/groups'],
  ] as const) {
    const { status, body } = await ask(method, path)
    assert.deepEqual([status, body.error.message], [404, `There is no ${method} ${path}.`])
  }
})

test('a body that cannot be is 400 with what is wrong in it, and changes nothing', async t => {
  const { ask } = await aControlled(t)
  const before = (await ask('GET', '/')).body
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['/clock', undefined, /'advance'/],
    ['/clock', { advance: '-1d' }, /'advance'/],
    ['/clock', { advance: 0 }, /'advance'/],
    ['/clock', { advance: 1.5 }, /'advance'/],
    ['/clock', { advance: '9999999d' }, /'advance'/],
    ['/clock', { advance: '1d', backwards: true }, /'backwards'/],
    ['/clock', '{"advance":', /JSON/],
    ['/clock', '[]', /JSON object/],
    ['/tokens/expire', { at: 0 }, /'at'/],
    ['/tokens/reset', { keep: true }, /'keep'/],
    ['/compact', { tenant: 7 }, /'tenant'/],
    ['/compact', { tenant: 'mine' }, /'mine'/],
    ['/housekeep', { now: true }, /'now'/],
    ['/contacts/create', undefined, /'contact'/],
    ['/contacts/create', { contact: 'Ida' }, /^'contact' must hold/],
    ['/contacts/create', { contact: null }, /^'contact' must hold/],
    ['/contacts/create', { contact: {} }, /'displayName'/],
    ['/contacts/create', { contact: { displayName: 'Ida', shoeSize: 38 } }, /'shoeSize'/],
    ['/contacts/update', { contact: {} }, /'id'/],
    ['/contacts/delete', { id: 'ida' }, /'ida'/],
    ['/throttling', {}, /'on' must be true or false/],
    ['/throttling', { on: true, limits: [] }, /'limits' must be an object/],
    ['/throttling', { on: true, limits: { reads: '3/10s' } }, /not 'reads'/],
    ['/throttling', { on: true, limits: { writes: 3 } }, /'limits.writes' must be a rate such as/],
    ['/throttling', { on: false, limits: { writes: '3/10s' } }, /'limits' go with/],
    ['/throttling', { on: true, after: '1h' }, /'after'/],
    ['/resync', {}, /'form' must be one of gone, /],
    ['/resync', { form: 'quietly' }, /'form' must be one of gone, /],
  ]
  for (const [path, body, message] of bad) {
    const told = await ask('POST', path, body)
    assert.equal(told.status, 400, `${path} ${JSON.stringify(body)}`)
    assert.match(told.body.error.message, message)
  }
  const unknown = await ask('POST', '/compact', { tenant: 'a11ce000-0000-4000-8000-00000000abcd' })
  assert.equal(unknown.status, 404)
  assert.deepEqual((await ask('GET', '/')).body, before)
})

test('a web page cannot drive it: an Origin is 403, another Host 400', async t => {
  const { ask, controlUrl } = await aControlled(t)
  const before = (await ask('GET', '/')).body
  const { port } = new URL(controlUrl)
  for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { origin: controlUrl }]) {
    assert.equal((await ask('POST', '/clock', { advance: '8d' }, headers)).status, 403)
  }
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost', '127.0.0.1:1']) {
    assert.equal((await ask('POST', '/clock', { advance: '8d' }, { host })).status, 400)
  }
  assert.deepEqual((await ask('GET', '/', undefined, { host: `LOCALHOST:${port}` })).body, before)
})
