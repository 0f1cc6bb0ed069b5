import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, type Named } from './aDirectory.ts'
import { aServer } from './aServer.ts'
import { assertRefused } from './refusal.ts'

const EVENTUAL = { consistencylevel: 'eventual' }
const UNSUPPORTED = { status: 400, code: 'Request_UnsupportedQuery' }

function query(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `$${name}=${encodeURIComponent(value)}`)
    .join('&')
}

test('members are filtered and searched in advanced queries, whole or cast, in pages and counted (DELTA-148)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(5)
  const inner = await directory.group('User group')
  const staff = await directory.group('Staff', { members: [...people, inner] })
  const members = `/v1.0/groups/${staff.id}/members`
  const found = async (path: string, options: Readonly<Record<string, string>>) => {
    const names: string[] = []
    for (let next: string | undefined = `${path}?${query({ count: 'true', ...options })}`; next !== undefined; ) {
      const { status, body } = await server.call(next, { headers: EVENTUAL })
      assert.equal(status, 200, JSON.stringify(body))
      names.push(...body.value.map((item: { displayName: string }) => item.displayName))
      next = body['@odata.nextLink']
    }
    return names.sort()
  }
  const users = ['User 0', 'User 1', 'User 2', 'User 3', 'User 4']
  const cast = `${members}/microsoft.graph.user`
  for (const top of ['1', '2', '999']) {
    assert.deepEqual(await found(members, { filter: "startsWith(displayName,'user')", top }), [...users, 'User group'])
    assert.deepEqual(await found(cast, { filter: "startsWith(displayName,'user')", top }), users)
    assert.deepEqual(await found(cast, { filter: "displayName ne 'user 1' and accountEnabled eq true", top }), [
      'User 0',
      'User 2',
      'User 3',
      'User 4',
    ])
    assert.deepEqual(await found(members, { search: '"displayName:group"', top }), ['User group'])
  }
  const [ada] = people
  assert.ok(ada)
  const memberOf = `/v1.0/users/${ada.id}/memberOf`
  assert.deepEqual(await found(memberOf, { filter: `id eq '${staff.id}'` }), ['Staff'])
  assert.deepEqual(await found(memberOf, { filter: `id ne '${staff.id}'` }), [])
  const counted = await server.call(`${members}/$count?${query({ filter: "startsWith(displayName,'User ')" })}`, {
    headers: EVENTUAL,
  })
  assert.equal(counted.body, 6)
  const first = await server.call(`${members}?${query({ filter: 'mail eq null', count: 'true', top: '1' })}`, {
    headers: EVENTUAL,
  })
  assert.equal(first.body['@odata.count'], 6)
})

test('a filter on members is refused in a query that is not advanced, or for what they do not have in common (DELTA-148)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const members = `/v1.0/groups/${staff.id}/members`
  const filter = "displayName eq 'a'"
  await assertRefused(server, `${members}?${query({ filter })}`, {}, { ...UNSUPPORTED, message: 'Unsupported Query.' })
  await assertRefused(server, `${members}?${query({ filter })}`, { headers: EVENTUAL }, UNSUPPORTED)
  await assertRefused(server, `${members}?${query({ search: '"displayName:a"' })}`, {}, UNSUPPORTED)
  const common = `${members}?${query({ filter: 'accountEnabled eq true', count: 'true' })}`
  await assertRefused(
    server,
    common,
    { headers: EVENTUAL },
    { status: 400, code: 'BadRequest', message: /'accountEnabled'/ },
  )
})

test('a filter tells nobody what the caller may not read of a member (DELTA-148)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const staff = await directory.group('Staff', { members: [ann] })
  const ask = async (filter: string, roles: readonly string[]) => {
    const path = `/v1.0/groups/${staff.id}/members?${query({ filter, count: 'true' })}`
    const { body } = await server.call(path, { headers: EVENTUAL, roles })
    return [body['@odata.count'], body.value.map(({ id }: Named) => id)]
  }
  assert.deepEqual(await ask("displayName eq 'Ann'", ['Group.Read.All', 'User.Read.All']), [1, [ann.id]])
  assert.deepEqual(await ask("displayName eq 'Ann'", ['Group.Read.All']), [0, []])
  assert.deepEqual(await ask(`id eq '${ann.id}'`, ['Group.Read.All']), [1, [ann.id]])
})
