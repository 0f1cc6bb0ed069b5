import assert from 'node:assert/strict'
import test from 'node:test'
import { fixedBase, loopbackBase } from '../../src/server/publicBase.ts'
import { aDirectory } from './aDirectory.ts'
import { aReader, linkOf, pageOf, tokenOf } from './aReader.ts'
import { aServer, aSibling, BASE, pagesOf } from './aServer.ts'

const FORMS = ['delta', 'delta()', 'microsoft.graph.delta', 'microsoft.graph.delta()']

test('all spellings of the delta function give the same answer (DELTA-1)', async t => {
  const server = await aServer(t)
  await aDirectory(server).group('Staff')
  for (const collection of ['groups', 'users']) {
    const expected = pageOf(await server.call(`/v1.0/${collection}/delta?$select=displayName`))
    for (const form of FORMS) {
      for (const end of ['', '/']) {
        const reply = await server.call(`/v1.0/${collection}/${form}${end}?$select=displayName`)
        assert.deepEqual(pageOf(reply), expected, form)
      }
    }
  }
})

test('what only resembles the delta function is none', async t => {
  const { call } = await aServer(t)
  for (const path of ['deltas', 'delta(x)', "delta('x')", 'microsoft.graph.deltas', 'delta/members', 'delta()()']) {
    const { status } = await call(`/v1.0/groups/${path}`)
    assert.ok(status === 400 || status === 404, `${path}: ${status}`)
  }
  assert.equal((await call('/v1.0/groups/delta', { method: 'POST', body: {} })).status, 405)
})

test('names in paths, options and selections are known in any case, and without $ (DELTA-2)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  await aDirectory(server).groups('Staff', 'Sales')
  const expected = await server.call('/v1.0/groups/delta?$select=displayName,members')
  for (const spelling of [
    '/v1.0/Groups/Delta?$select=displayName,members',
    '/V1.0/GROUPS/Microsoft.Graph.DELTA()?$SELECT=DISPLAYNAME,Members',
    '/v1.0/groups/delta?select=displayname,MEMBERS',
    '/v1.0/groups/delta?%24select=displayName%2Cmembers',
    '/v1.0/%67roups/delta?%24SELECT=displayName,%20members',
  ]) {
    assert.deepEqual((await server.call(spelling)).body, expected.body, spelling)
  }
  const next = tokenOf(linkOf(pageOf(expected)))
  const second = await server.call(`/v1.0/groups/delta?$skiptoken=${next}`)
  for (const name of ['$skipToken', '%24SkipToken', 'SKIPTOKEN', 'skiptoken']) {
    assert.deepEqual((await server.call(`/v1.0/groups/delta?${name}=${next}`)).body, second.body, name)
  }
})

test('the value of a state token is not matched without regard to case', async t => {
  const server = await aServer(t)
  const token = tokenOf(linkOf(await aReader(server).page()))
  assert.equal((await server.call(`/v1.0/groups/delta?$deltatoken=${token.toLowerCase()}`)).status, 400)
})

test('links and contexts begin with the public base and the version that was called (DELTA-3)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  await aDirectory(server).groups('Staff', 'Sales')
  const publicBase = fixedBase('https://directory.example/graph/')
  const behindProxy = aSibling(t, server, { publicBase })
  for (const version of ['v1.0', 'beta']) {
    for (const [{ call }, base] of [
      [server, BASE],
      [behindProxy, 'https://directory.example/graph'],
    ] as const) {
      const first = pageOf(await call(`/${version}/groups/delta`))
      assert.equal(first['@odata.context'], `${base}/${version}/$metadata#groups`)
      assert.ok(first['@odata.nextLink']?.startsWith(`${base}/${version}/groups/delta?`))
      const last = pageOf(await call(linkOf(first)))
      assert.equal(last['@odata.context'], `${base}/${version}/$metadata#groups`)
      const users = pageOf(await call(`/${version}/users/delta`))
      assert.equal(users['@odata.context'], `${base}/${version}/$metadata#users`)
      assert.ok(users['@odata.nextLink'] === undefined)
      assert.ok(users['@odata.deltaLink']?.startsWith(`${base}/${version}/users/delta?`))
    }
  }
})

test('on loopback links bear the host that the client wrote (DELTA-3)', async t => {
  const { call } = aSibling(t, await aServer(t), { publicBase: loopbackBase(3000) })
  for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000']) {
    const page = pageOf(await call('/v1.0/groups/delta', { headers: { host } }))
    assert.ok(linkOf(page).startsWith(`http://${host}/v1.0/groups/delta?`))
    assert.ok(page['@odata.context'].startsWith(`http://${host}/v1.0/`))
  }
})

test('on loopback a foreign Host is 400, and no link is made of it (DELTA-4)', async t => {
  const { call } = aSibling(t, await aServer(t), { publicBase: loopbackBase(3000) })
  for (const host of [
    'directory.example:3000',
    'localhost',
    'localhost:3001',
    'localhost.directory.example:3000',
    '127.0.0.2:3000',
    'localhost:3000@directory.example',
    '',
  ]) {
    const { status, body } = await call('/v1.0/groups/delta', { headers: { host } })
    assert.equal(status, 400, host)
    assert.equal(JSON.stringify(body).includes('directory.example'), false)
  }
})

test('behind a public base any Host is served, and none gets into a link', async t => {
  const { call } = await aServer(t)
  const page = pageOf(await call('/v1.0/groups/delta', { headers: { host: 'directory.example' } }))
  assert.ok(linkOf(page).startsWith(`${BASE}/`))
})

test('tokens consist of letters, digits, hyphen and underscore alone (DELTA-5)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1, edges: 1 }))
  const directory = aDirectory(server)
  const people = await directory.users(4)
  const staff = await directory.group('Staff', { members: people })
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName,members,owners')
  const links: string[] = []
  for (let round = 0; round < 2; round += 1) {
    await reader.round()
    links.push(...reader.pages.map(linkOf))
    await staff.set({ displayName: `Staff ${round}` })
  }
  assert.ok(links.length > 5)
  for (const link of links) assert.match(link, /\?\$(skip|delta)token=[A-Za-z0-9_-]+$/)
})
