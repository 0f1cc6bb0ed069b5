import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from '../server/aDirectory.ts'
import { aServer, type Call, pagesOf, type TestServer } from '../server/aServer.ts'

// Clients that cannot be pointed at another host, or are no libraries: their requests as they write them.

const NOBODY = '3f1c0000-0000-4000-8000-000000000000'

/** CLI for Microsoft 365 11: every host and its headers are written into it. */
const CLI = { accept: 'application/json;odata.metadata=none', 'odata-version': '4.0' }

test('the requests of CLI for Microsoft 365 are answered as it reads them (DELTA-180)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const [ada, ben, cleo] = await aDirectory(server).users(3)
  assert.ok(ada && ben && cleo)
  const call = (path: string, call: Call = {}) => server.call(path, { ...call, headers: { ...CLI, ...call.headers } })
  const created = await call('/v1.0/groups', {
    method: 'POST',
    body: {
      displayName: "Ada's group",
      description: 'Of Ada',
      groupTypes: [],
      mailEnabled: false,
      mailNickName: 'ada-group',
      securityEnabled: true,
    },
  })
  assert.equal(created.status, 201)
  const { id } = created.body
  const found = await call(`/v1.0/groups?$filter=displayName%20eq%20%27Ada%27%27s%20group%27&$select=id`)
  assert.deepEqual(found.body.value, [{ id }])

  const bind = (name: string, ...users: readonly { readonly id: string }[]) => ({
    [`${name}@odata.bind`]: users.map(user => `https://graph.microsoft.com/v1.0/directoryObjects/${user.id}`),
  })
  const patch = (number: number, body: object) => ({
    id: number,
    method: 'PATCH',
    url: `/groups/${id}`,
    headers: { 'content-type': 'application/json;odata.metadata=none' },
    body,
  })
  const batch = await call('/v1.0/$batch', {
    method: 'POST',
    headers: { 'content-type': 'application/json;odata.metadata=none' },
    body: { requests: [patch(1, bind('members', ada, ben)), patch(2, bind('owners', cleo))] },
  })
  assert.equal(batch.status, 200)
  const statuses = batch.body.responses.map((answer: { id: string; status: number }) => [answer.id, answer.status])
  assert.deepEqual(statuses.sort(), [
    ['1', 204],
    ['2', 204],
  ])
  const owners = await call(`/v1.0/groups/${id}/Owners?$select=id,displayName,userPrincipalName`)
  assert.deepEqual(
    owners.body.value.map((owner: { id: string }) => owner.id),
    [cleo.id],
  )
  assert.equal((await call(`/v1.0/groups/${id}/members/${ben.id}/$ref`, { method: 'DELETE' })).status, 204)

  const { body: first } = await call('/v1.0/groups/delta?$select=displayName,members')
  assert.deepEqual(first.value, [{ id, displayName: "Ada's group", 'members@delta': [{ id: ada.id }] }])
  assert.equal((await call(`/v1.0/groups/${id}`, { method: 'DELETE' })).status, 204)
  const { body: later } = await call(first['@odata.deltaLink'])
  assert.deepEqual(later.value, [{ id, '@removed': { reason: 'changed' } }])
  const restored = await call(`/v1.0/directory/deletedItems/${id}/restore`, { method: 'POST' })
  assert.equal(restored.status, 200)
  const missing = await call(`/v1.0/groups/${NOBODY}`)
  assert.equal(missing.headers['content-type'], 'application/json')
  assert.equal(typeof missing.body.error.message, 'string')
})

/** o.js 2 takes a link apart as a form and puts it together again: a raw plus becomes a blank on the way. */
function asOJs(link: string): string {
  const url = new URL(link)
  const options = [...new URLSearchParams(url.search)].map(pair => pair.map(encodeURIComponent).join('='))
  return `${url.origin}${url.pathname}?${options.join('&')}`
}

test('the requests of o.js are answered, and its links survive what it does to them (DELTA-5, DELTA-180)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const groups = await aDirectory(server).groups('One', 'Two', 'Three', 'Four', 'Five')
  const get = (path: string) => server.call(path, { headers: { 'content-type': 'application/json' } })
  const round = async (path: string): Promise<{ ids: string[]; deltaLink: string }> => {
    const ids: string[] = []
    let { body } = await get(path)
    for (let pages = 0; ; pages += 1) {
      assert.ok(pages < 10, 'the round does not end')
      ids.push(...body.value.map((item: { id: string }) => item.id))
      const link = body['@odata.nextLink']
      if (link === undefined) return { ids, deltaLink: asOJs(body['@odata.deltaLink']) }
      body = (await get(asOJs(link))).body
    }
  }
  const first = await round('/v1.0/groups/delta?%24select=displayName%2Cmembers')
  assert.deepEqual(first.ids.sort(), groups.map(({ id }) => id).sort())
  const [one] = groups
  await one?.set({ displayName: 'Eins' })
  assert.deepEqual((await round(first.deltaLink)).ids, [one?.id])
  const filtered = await get(`/v1.0/groups?%24select=displayName&%24filter=displayName%20eq%20'Eins'`)
  assert.deepEqual(filtered.body.value, [{ displayName: 'Eins' }])
  assert.equal((await get(`/v1.0/groups/${NOBODY}`)).status, 404)
})

/** Backstage's org provider: all pages of a list, by its links as they stand. */
async function readAll(
  server: TestServer,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ id: string }[]> {
  const found: { id: string; '@odata.type'?: string }[] = []
  for (let [next, pages] = [path, 0]; next !== ''; pages += 1) {
    assert.ok(pages < 10, 'the list does not end')
    const { status, body } = await server.call(next, { headers })
    assert.equal(status, 200, JSON.stringify(body))
    found.push(...body.value)
    next = body['@odata.nextLink'] ?? ''
  }
  return found
}

test('the requests of Backstage are answered: groups, users, and members by their types (DELTA-180)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const users = await directory.users(3)
  const inner = await directory.group('Inner')
  const outer = await directory.group('Outer', { members: [...users, inner] })
  const select = '%24select=id%2CdisplayName%2Cdescription%2Cmail%2CmailNickname'
  assert.deepEqual(
    (await readAll(server, `/v1.0/groups?${select}&%24top=999`)).map(({ id }) => id).sort(),
    [inner.id, outer.id].sort(),
  )
  const advanced = { consistencylevel: 'eventual' }
  const filter = '%24filter=securityEnabled%20eq%20true&%24count=true'
  assert.equal((await readAll(server, `/v1.0/groups?${select}&%24top=1&${filter}`, advanced)).length, 2)
  const search = '%24search=%22displayName%3AOut%22&%24count=true'
  assert.deepEqual(
    (await readAll(server, `/v1.0/groups?${select}&%24top=999&${search}`, advanced)).map(({ id }) => id),
    [outer.id],
  )
  const enabled = '%24filter=accountEnabled%20eq%20true&%24select=id%2CdisplayName%2Cmail'
  assert.equal((await readAll(server, `/v1.0/users?${enabled}&%24top=999`)).length, 3)
  const members = await readAll(server, `/v1.0/groups/${outer.id}/members?%24top=999`)
  const typed = members.map(member => [member.id, '@odata.type' in member ? member['@odata.type'] : undefined])
  assert.deepEqual(
    typed.sort(),
    [...users.map(({ id }) => [id, '#microsoft.graph.user']), [inner.id, '#microsoft.graph.group']].sort(),
  )
  const missing = await server.call(`/v1.0/groups/${NOBODY}/members?%24top=999`)
  const { code, message } = missing.body.error
  assert.deepEqual([missing.status, code, typeof message], [404, 'Request_ResourceNotFound', 'string'])
})

test('a client of OpenID Connect finds the issuer that it asked, and the token endpoint takes a query (DELTA-180)', async t => {
  const server = await aServer(t)
  const { tenant } = server
  const { body } = await server.call(`/${tenant}/v2.0/.well-known/openid-configuration`, { roles: null })
  assert.equal(
    `${body.issuer}/.well-known/openid-configuration`,
    `http://localhost:3000/${tenant}/v2.0/.well-known/openid-configuration`,
  )
  const answer = await server.app.inject({
    method: 'POST',
    url: `${new URL(body.token_endpoint).pathname}?client-request-id=${NOBODY}`,
    headers: { host: 'localhost:3000', 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
    payload:
      'client_id=none&client_secret=wrong&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&grant_type=client_credentials&x-client-SKU=msal.js.node',
  })
  assert.equal(answer.statusCode, 401)
  assert.equal(answer.json().error, 'invalid_client')
})
