import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { anyFilter } from '../odata/anyFilter.ts'
import { aDirectory, type Named } from './aDirectory.ts'
import { aServer, BASE, pagesOf, type TestServer } from './aServer.ts'
import { assertRefused } from './refusal.ts'

const EVENTUAL = { consistencylevel: 'eventual' }
const UNSUPPORTED = { status: 400, code: 'Request_UnsupportedQuery' }

interface Shown extends Named {
  readonly displayName: string
}

function url(path: string, options: Readonly<Record<string, string>>): string {
  const query = Object.entries(options).map(([name, value]) => `$${name}=${encodeURIComponent(value)}`)
  return `/v1.0/${path}?${query.join('&')}`
}

/** The names that a list shows, page after page. */
async function namesOf(server: TestServer, path: string, options: Readonly<Record<string, string>>, advanced = false) {
  const names: string[] = []
  const headers = advanced ? EVENTUAL : {}
  const asked = advanced ? { count: 'true', ...options } : options
  for (let next: string | undefined = url(path, asked); next !== undefined; ) {
    const { status, body } = await server.call(next, { headers })
    assert.equal(status, 200, JSON.stringify(body))
    names.push(...body.value.map(({ displayName }: Shown) => displayName))
    next = body['@odata.nextLink']
  }
  return names
}

async function aCompany(server: TestServer): Promise<void> {
  const directory = aDirectory(server)
  await directory.groups('Alpha', 'beta', 'Alphabet')
  await directory.group('Älpha', { mailNickname: 'aelpha' })
  await directory.team('Club', { description: 'Who meets on Mondays' })
  await directory.group('Delta Force', { description: 'Who meets on Fridays', theme: 'Blue' })
  for (const name of ['Ann', 'Bob', 'anna']) await directory.user(name)
}

test('$filter gives exactly the objects that it lets pass (DELTA-135, DELTA-136)', async t => {
  const server = await aServer(t)
  await aCompany(server)
  for (const [filter, names] of [
    ["displayName eq 'alpha'", ['Alpha']],
    ["startsWith(displayName,'ALPHA')", ['Alpha', 'Alphabet']],
    ["displayName in ('ÄLPHA','BETA','nobody')", ['Älpha', 'beta']],
    ["mailNickname eq 'club' and mailEnabled eq true", ['Club']],
    [`mail eq 'CLUB@${server.domain}'`, ['Club']],
    [
      "startsWith(displayName,'a') or startsWith(mail,'cl') or mailNickname eq 'alphabet'",
      ['Alpha', 'Alphabet', 'Club'],
    ],
    ["groupTypes/any(c:c eq 'Unified')", ['Club']],
    ["proxyAddresses/any(x:startsWith(x,'smtp:club@'))", ['Club']],
    ['createdDateTime ge 2027-01-01T00:00:00Z', []],
  ] as const) {
    for (const top of ['1', '999']) {
      const found = await namesOf(server, 'groups', { filter, top })
      assert.deepEqual(found.sort(), [...names].sort(), filter)
    }
  }
  assert.deepEqual(await namesOf(server, 'users', { filter: `userPrincipalName eq 'BOB@${server.domain}'` }), ['Bob'])
  assert.deepEqual((await namesOf(server, 'users', { filter: 'accountEnabled eq true' })).length, 3)
})

test('what needs an advanced query is refused without ConsistencyLevel and $count, and answered with both (DELTA-138)', async t => {
  const server = await aServer(t)
  await aCompany(server)
  const asked: readonly (readonly [Record<string, string>, readonly string[]])[] = [
    [{ filter: "displayName ne 'beta' and not startsWith(displayName,'al')" }, ['Club', 'Delta Force', 'Älpha']],
    [{ filter: `endsWith(mail,'${server.domain}')` }, ['Club']],
    [{ filter: 'mail eq null and description ne null' }, ['Delta Force']],
    [{ filter: 'proxyAddresses/$count ne 0' }, ['Club']],
    [{ filter: "startsWith(displayName,'al')", orderby: 'displayName desc' }, ['Alphabet', 'Alpha']],
  ]
  for (const [options, names] of asked) {
    const refusal = { ...UNSUPPORTED, message: 'Unsupported Query.' }
    await assertRefused(server, url('groups', options), {}, refusal)
    await assertRefused(server, url('groups', options), { headers: EVENTUAL }, refusal)
    await assertRefused(server, url('groups', { ...options, count: 'true' }), {}, refusal)
    const found = await namesOf(server, 'groups', options, true)
    assert.deepEqual(options['orderby'] === undefined ? found.sort() : found, names)
  }
})

test('a name, an operator or a property that cannot be asked is refused and named (DELTA-140)', async t => {
  const server = await aServer(t)
  const path = (filter: string) => url('groups', { filter })
  const unknown = { status: 400, code: 'BadRequest', message: /'nope'/ }
  await assertRefused(server, path("nope eq 'a'"), {}, unknown)
  await assertRefused(server, path("theme eq 'Blue'"), {}, { ...UNSUPPORTED, message: /not indexed.*'theme'/ })
  await assertRefused(server, path("contains(displayName,'a')"), {}, { ...UNSUPPORTED, message: /'displayName'/ })
  await assertRefused(server, path(`displayName eq '${'a'.repeat(9000)}'`), {}, { ...UNSUPPORTED, message: /8192/ })
  await assertRefused(server, path(`${'('.repeat(9)}x`), {}, { ...UNSUPPORTED, message: /8/ })
  await assertRefused(server, path(''), {}, { status: 400, code: 'BadRequest' })
  await assertRefused(
    server,
    url('users', { filter: "groupTypes/any(c:c eq 'a')" }),
    {},
    { ...unknown, message: /'groupTypes'/ },
  )
})

test('groups are found by how many members and owners they have, in advanced queries (DELTA-164)', async t => {
  const server = await aServer(t, pagesOf({ examined: 2 }))
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  await directory.group('None')
  const one = await directory.group('One', { members: [ann], owners: [ann] })
  const two = await directory.group('Two', { members: [ann, bob], owners: [ann, bob] })
  await directory.team('Hidden', { members: [ann], owners: [bob], visibility: 'HiddenMembership' })
  const found = async (filter: string, roles?: readonly string[]) => {
    const names: string[] = []
    const headers = EVENTUAL
    for (let next: string | undefined = url('groups', { filter, count: 'true' }); next !== undefined; ) {
      const { body } = await server.call(next, { headers, ...(roles && { roles }) })
      names.push(...body.value.map(({ displayName }: Shown) => displayName))
      next = body['@odata.nextLink']
    }
    return names.sort()
  }
  assert.deepEqual(await found('owners/$count eq 0'), ['None'])
  assert.deepEqual(await found('owners/$count ne 0'), ['Hidden', 'One', 'Two'])
  assert.deepEqual(await found('owners/$count eq 1'), ['Hidden', 'One'])
  assert.deepEqual(await found("members/$count eq 0 and startsWith(displayName,'N')"), ['None'])
  assert.deepEqual(await found('members/$count ne 1', ['Group.Read.All', 'Member.Read.Hidden']), ['None', 'Two'])
  // Hidden members are told by nothing.
  assert.deepEqual(await found('members/$count eq 0'), ['Hidden', 'None'])
  await two.remove(bob)
  await two.removeOwner(bob)
  await one.remove(ann)
  assert.deepEqual(await found('owners/$count eq 1'), ['Hidden', 'One', 'Two'])
  assert.deepEqual(await found('members/$count eq 0'), ['Hidden', 'None', 'One'])
  const count = await server.call(url('groups/$count', { filter: 'owners/$count eq 0' }), { headers: EVENTUAL })
  assert.equal(count.body, 1)
  await assertRefused(server, url('groups', { filter: 'owners/$count eq 0' }), {}, UNSUPPORTED)
  for (const filter of [`owners/any(o:o/id eq '${ann.id}')`, `owners eq '${ann.id}'`, `Owners in ('${ann.id}')`]) {
    const refused = url('groups', { filter, count: 'true' })
    const message = "Unsupported or invalid query filter clause specified for property 'owners' of resource 'Group'."
    await assertRefused(
      server,
      refused,
      { headers: EVENTUAL },
      { status: 400, code: 'Request_UnsupportedQuery', message },
    )
  }
  for (const path of ['users', `users/${ann.id}/memberOf/microsoft.graph.group`]) {
    const refused = url(path, { filter: 'owners/$count eq 0', count: 'true' })
    await assertRefused(
      server,
      refused,
      { headers: EVENTUAL },
      { status: 400, code: 'BadRequest', message: /'owners'/ },
    )
  }
})

test('$orderby sorts by displayName, users by userPrincipalName too, over all pages (DELTA-142)', async t => {
  const server = await aServer(t)
  await aCompany(server)
  const names = ['Alpha', 'Alphabet', 'beta', 'Club', 'Delta Force', 'Älpha']
  for (const top of ['1', '4', '999']) {
    assert.deepEqual(await namesOf(server, 'groups', { orderby: 'displayName', top }), names)
    assert.deepEqual(await namesOf(server, 'groups', { orderby: 'DisplayName DESC', top }), names.toReversed())
    assert.deepEqual(await namesOf(server, 'users', { orderby: 'userPrincipalName desc', top }), ['Bob', 'anna', 'Ann'])
  }
  for (const [orderby, code, message] of [
    ['nope', 'BadRequest', /'nope'/],
    ['displayName sideways', 'BadRequest', /'displayName sideways'/],
    ['mail', 'Request_UnsupportedQuery', /'mail'/],
    ['userPrincipalName', 'BadRequest', /'userPrincipalName'/],
    ['displayName,id', 'Request_UnsupportedQuery', /one property/],
  ] as const) {
    await assertRefused(server, url('groups', { orderby }), {}, { status: 400, code, message })
  }
})

test('devices are sorted by displayName in advanced queries alone (DELTA-142)', async t => {
  const server = await aServer(t)
  for (const name of ['B', 'a', 'C']) await aDirectory(server).device(name)
  assert.deepEqual(await namesOf(server, 'devices', { orderby: 'displayName desc' }, true), ['C', 'B', 'a'])
  await assertRefused(server, url('devices', { orderby: 'displayName' }), {}, UNSUPPORTED)
})

test('the recycle bin is filtered and sorted like the live objects, by deletedDateTime in advanced queries (DELTA-142)', async t => {
  const server = await aServer(t)
  const groups = await aDirectory(server).groups('C', 'A', 'B')
  for (const group of groups) {
    await group.delete()
    server.clock.advance(3_600_000)
  }
  const bin = 'directory/deletedItems/microsoft.graph.group'
  assert.deepEqual(await namesOf(server, bin, { orderby: 'displayName' }), ['A', 'B', 'C'])
  assert.deepEqual(await namesOf(server, bin, { filter: "startsWith(displayName,'b')" }), ['B'])
  assert.deepEqual(await namesOf(server, bin, { orderby: 'deletedDateTime desc' }, true), ['B', 'A', 'C'])
  await assertRefused(server, url(bin, { orderby: 'deletedDateTime' }), {}, UNSUPPORTED)
  const filter = 'deletedDateTime ge 2026-01-15T10:00:00Z'
  assert.deepEqual((await namesOf(server, bin, { filter })).sort(), ['A', 'B'])
  await assertRefused(server, url('groups', { filter }), {}, { ...UNSUPPORTED, message: /'deletedDateTime'/ })
})

test('$search needs ConsistencyLevel: eventual, and holds together with $filter (DELTA-143)', async t => {
  const server = await aServer(t)
  await aCompany(server)
  const search = '"displayName:club" OR "description:meets fridays"'
  await assertRefused(
    server,
    url('groups', { search }),
    {},
    {
      ...UNSUPPORTED,
      message:
        "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    },
  )
  assert.deepEqual((await namesOf(server, 'groups', { search }, true)).sort(), ['Club', 'Delta Force'])
  assert.deepEqual(await namesOf(server, 'groups', { search, filter: 'mailEnabled eq false' }, true), ['Delta Force'])
  const { status } = await server.call(url('groups', { search }), { headers: EVENTUAL })
  assert.equal(status, 200)
  const bad = { status: 400, code: 'BadRequest', message: /'nope'/ }
  await assertRefused(server, url('groups', { search: '"nope:a"' }), { headers: EVENTUAL }, bad)
})

test('$count=true counts what the filter lets pass, on the first page and with the header alone (DELTA-144)', async t => {
  const server = await aServer(t)
  await aCompany(server)
  const counted = async (path: string, headers: Record<string, string> = EVENTUAL) => {
    const { status, body } = await server.call(path, { headers })
    assert.equal(status, 200, JSON.stringify(body))
    return body
  }
  assert.equal((await counted(url('groups', { count: 'true' })))['@odata.count'], 6)
  const filter = "startsWith(displayName,'alpha')"
  const first = await counted(url('groups', { count: 'true', filter, top: '1' }))
  assert.equal(first['@odata.count'], 2)
  assert.ok(!('@odata.count' in (await counted(first['@odata.nextLink']))))
  assert.ok(!('@odata.count' in (await counted(url('groups', { count: 'true' }), {}))))
  assert.ok(!('@odata.count' in (await counted(url('groups', { count: 'false' })))))
  assert.equal(await counted(url('groups/$count', { filter })), 2)
  assert.equal(await counted(url('users/$count', { search: '"displayName:ann"' })), 2)
  assert.equal(await counted(url('groups/$count', { filter: "displayName ne 'beta'" })), 5)
  const refusal = { status: 400, code: 'Request_BadRequest', message: '$count is not currently supported.' }
  await assertRefused(server, url('groups/$count', { filter }), {}, refusal)
})

test('a nextLink is good for the list it came from and no other (DELTA-145)', async t => {
  const server = await aServer(t)
  await aCompany(server)
  const options = { orderby: 'displayName', top: '2' }
  const { body } = await server.call(url('groups', options))
  const next = new URL(body['@odata.nextLink'])
  assert.ok(next.href.startsWith(`${BASE}/v1.0/groups?`))
  const skiptoken = next.searchParams.get('$skiptoken') ?? ''
  const refusal = { status: 400, code: 'Request_BadRequest', message: /\$skiptoken/ }
  for (const path of [
    url('groups', { skiptoken, top: '2' }),
    url('groups', { skiptoken, orderby: 'displayName desc' }),
    url('groups', { ...options, skiptoken, filter: "displayName eq 'a'", count: 'true' }),
    url('users', { ...options, skiptoken }),
    url('groups', { ...options, skiptoken: `${skiptoken.slice(0, -4)}AAAA` }),
    url('groups', { ...options, skiptoken: '' }),
  ]) {
    await assertRefused(server, path, { headers: EVENTUAL }, refusal)
  }
  const tenant = await server.addTenant()
  await assertRefused(server, next.href, { tenant }, refusal)
  assert.equal((await server.call(url('groups', { ...options, skiptoken, top: '3' }))).status, 200)
})

test('a filter that no index serves looks at a bounded number of objects, and its empty pages lead on (DELTA-141)', async t => {
  const server = await aServer(t, { pageLimit: { objects: 200, edges: 2500, examined: 4, bytes: 4_000_000 } })
  const directory = aDirectory(server)
  for (let number = 0; number < 12; number += 1) await directory.group(`G${number}`, { description: `${number % 12}` })
  const pages: number[] = []
  let next: string | undefined = url('groups', { filter: "classification eq 'x'", top: '3' })
  while (next !== undefined) {
    const { body } = await server.call(next)
    pages.push(body.value.length)
    next = body['@odata.nextLink']
  }
  assert.deepEqual(pages, [0, 0, 0])
})

test('of whatever $filter is asked, the answer is a list or a refusal (DELTA-140)', async t => {
  const server = await aServer(t)
  await aCompany(server)
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2_147_483_647)
  t.diagnostic(`FUZZ_SEED=${seed}`)
  const seen = new Map<number, number>()
  const authorization = `Bearer ${await server.token()}`
  const asking = fc.asyncProperty(anyFilter, fc.constantFrom('groups', 'users'), async (filter, path) => {
    const target = url(path, { filter: filter.toWellFormed(), count: 'true' })
    const headers = { host: 'localhost:3000', authorization, ...EVENTUAL }
    const { statusCode } = await server.app.inject({ url: target, headers })
    seen.set(statusCode, (seen.get(statusCode) ?? 0) + 1)
    assert.ok(statusCode === 200 || statusCode === 400, `${statusCode} for ${filter}`)
  })
  await fc.assert(asking, { numRuns: Number(process.env['LIST_FUZZ'] ?? 1_500), seed })
  assert.ok(seen.get(200) && seen.get(400))
})
