import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, type Directory, type Named } from './aDirectory.ts'
import { aReader, type Item, linkOf, pageOf, tokenOf } from './aReader.ts'
import { aServer, BASE, pagesOf, type TestServer } from './aServer.ts'
import { assertRefused, badRequest, type Refusal } from './refusal.ts'

const OBJECTS = '/v1.0/directoryObjects/delta'
const KINDS = ['group', 'user', 'device', 'servicePrincipal', 'orgContact'] as const
type Kind = (typeof KINDS)[number]

const DENIED: Refusal = {
  status: 403,
  code: 'Authorization_RequestDenied',
  message: 'Insufficient privileges to complete the operation.',
}

function isof(...kinds: readonly string[]): string {
  return kinds.map(kind => `isof('microsoft.graph.${kind}')`).join(' or ')
}

function first(filter: string, more = ''): string {
  return `${OBJECTS}?$filter=${encodeURIComponent(filter)}${more}`
}

function unsupported(message: string | RegExp): Refusal {
  return { status: 400, code: 'Request_UnsupportedQuery', message }
}

async function oneOfEach(directory: Directory): Promise<Record<Kind, Named>> {
  const user = await directory.user('Ada')
  const device = await directory.device('Box')
  return {
    user,
    device,
    group: await directory.group('Staff', { members: [user, device], owners: [user] }),
    servicePrincipal: await directory.servicePrincipal('Bot'),
    orgContact: await directory.contact('Ida'),
  }
}

function typed(items: readonly Item[]): [unknown, string][] {
  return items.map(item => [item['@odata.type'], item.id])
}

/** What GET of one object shows, as far as it is set. */
async function shownBy({ call }: TestServer, path: string): Promise<object> {
  const { '@odata.context': _, ...shown } = (await call(`/v1.0/${path}`)).body
  const isSet = ([, value]: [string, unknown]): boolean =>
    value !== null && !(Array.isArray(value) && value.length === 0)
  return Object.fromEntries(Object.entries(shown).filter(isSet))
}

test('one round tells the objects of several types, each with its type, and later their changes (DELTA-192)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const objects = await oneOfEach(directory)
  const reader = aReader(server, first(isof(...KINDS)))
  assert.deepEqual(
    typed(await reader.round()),
    KINDS.map(kind => [`#microsoft.graph.${kind}`, objects[kind].id]),
  )
  const [page] = reader.pages
  assert.equal(page?.['@odata.context'], `${BASE}/v1.0/$metadata#directoryObjects`)
  assert.ok(linkOf(page).startsWith(`${BASE}${OBJECTS}?$deltatoken=`))
  assert.deepEqual(await reader.round(), [])
  const bob = await directory.user('Bob')
  const box = await directory.device('Second')
  assert.deepEqual(typed(await reader.round()), [
    ['#microsoft.graph.user', bob.id],
    ['#microsoft.graph.device', box.id],
  ])
  await bob.delete()
  await box.delete()
  assert.deepEqual(await reader.round(), [
    { '@odata.type': '#microsoft.graph.user', id: bob.id, '@removed': { reason: 'changed' } },
    { '@odata.type': '#microsoft.graph.device', id: box.id, '@removed': { reason: 'deleted' } },
  ])
})

test('a round follows the types that its filter names, and no others (DELTA-192)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const objects = await oneOfEach(directory)
  const devices = aReader(server, first(isof('device')))
  const two = aReader(server, first(`(${isof('orgContact')}) or (isof('Graph.Group'))`))
  assert.deepEqual(typed(await devices.round()), [['#microsoft.graph.device', objects.device.id]])
  assert.deepEqual(typed(await two.round()), [
    ['#microsoft.graph.group', objects.group.id],
    ['#microsoft.graph.orgContact', objects.orgContact.id],
  ])
  await directory.user('Bob')
  const ida = await directory.contact('Second')
  assert.deepEqual(await devices.round(), [])
  assert.deepEqual(typed(await two.round()), [['#microsoft.graph.orgContact', ida.id]])
})

test('a round of several types has pages, minimal items and latest as any round has (DELTA-192)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const directory = aDirectory(server)
  const objects = await oneOfEach(directory)
  await directory.users(2)
  const query = first(isof(...KINDS), '&$select=microsoft.graph.user/jobTitle,microsoft.graph.group/description')
  const reader = aReader(server, query)
  assert.equal((await reader.round()).length, 7)
  assert.equal(reader.pages.length, 4)
  const latest = linkOf(pageOf(await server.call(`${query}&$deltatoken=latest`)))
  await server.call(`/v1.0/users/${objects.user.id}`, { method: 'PATCH', body: { jobTitle: 'Chief' } })
  await server.call(`/v1.0/groups/${objects.group.id}`, { method: 'PATCH', body: { displayName: 'New' } })
  await server.call(`/v1.0/groups/${objects.group.id}`, { method: 'PATCH', body: { description: 'A' } })
  const changes = [
    { '@odata.type': '#microsoft.graph.user', id: objects.user.id, jobTitle: 'Chief' },
    { '@odata.type': '#microsoft.graph.group', id: objects.group.id, description: 'A' },
  ]
  assert.deepEqual(await reader.round({ prefer: 'return=minimal' }), changes)
  assert.deepEqual(pageOf(await server.call(latest)).value, changes)
})

test('items say what they are at the levels minimal and full, and at none nothing does (DELTA-161, DELTA-192)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const objects = await oneOfEach(directory)
  const query = first(isof(...KINDS), '&$select=id')
  const link = linkOf(pageOf(await server.call(`${query}&$deltatoken=latest`)))
  await server.call(`/v1.0/devices/${objects.device.id}`, { method: 'DELETE' })
  const at = async (path: string, level: string): Promise<Item[]> => {
    const headers = { accept: `application/json;odata.metadata=${level}` }
    return [...pageOf(await server.call(path, { headers })).value]
  }
  const kinds = KINDS.filter(kind => kind !== 'device')
  assert.deepEqual(
    await at(query, 'none'),
    kinds.map(kind => ({ id: objects[kind].id })),
  )
  for (const [index, item] of (await at(query, 'full')).entries()) {
    const kind = kinds[index] ?? 'device'
    assert.equal(item['@odata.type'], `#microsoft.graph.${kind}`)
    assert.match(String(item['@odata.id']), new RegExp(`/v1.0/[a-zA-Z]+/${objects[kind].id}$`))
  }
  const gone = { id: objects.device.id, '@removed': { reason: 'deleted' } }
  assert.deepEqual(await at(link, 'none'), [gone])
  assert.deepEqual(await at(link, 'full'), [{ '@odata.type': '#microsoft.graph.device', ...gone }])
})

test('a link of directory objects is good for them alone, and other links are not good for them (DELTA-55, DELTA-192)', async t => {
  const server = await aServer(t)
  await oneOfEach(aDirectory(server))
  const refused = badRequest('The state token is not valid for this request.')
  const own = tokenOf(linkOf(pageOf(await server.call(first(isof('group'))))))
  for (const path of ['groups', 'users']) {
    await assertRefused(server, `/v1.0/${path}/delta?$deltatoken=${own}`, {}, refused)
    const other = tokenOf(linkOf(pageOf(await server.call(`/v1.0/${path}/delta`))))
    await assertRefused(server, `${OBJECTS}?$deltatoken=${other}`, {}, refused)
  }
})

test('a round of ids tells these objects, whatever their types, and nothing of an id of nothing (DELTA-193)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const objects = await oneOfEach(directory)
  const ids = [objects.orgContact.id, objects.user.id, objects.group.id, '00000000-0000-4000-8000-000000000000']
  const reader = aReader(server, first(ids.map(id => `id eq '${id}'`).join(' or ')))
  const chosen = ['group', 'user', 'orgContact'] as const
  assert.deepEqual(
    typed(await reader.round()),
    chosen.map(kind => [`#microsoft.graph.${kind}`, objects[kind].id]),
  )
  await server.call(`/v1.0/devices/${objects.device.id}`, { method: 'PATCH', body: { displayName: 'New' } })
  await server.call(`/v1.0/users/${objects.user.id}`, { method: 'PATCH', body: { displayName: 'New' } })
  assert.deepEqual(typed(await reader.round()), [['#microsoft.graph.user', objects.user.id]])
})

test('ids beside types are those of objects of these types (DELTA-193)', async t => {
  const server = await aServer(t)
  const objects = await oneOfEach(aDirectory(server))
  const ids = [objects.user.id, objects.group.id].map(id => `id eq '${id}'`).join(' or ')
  for (const [filter, kinds] of [
    [`${isof('user', 'device')} or ${ids}`, ['user']],
    [`${ids} or ${isof('group')}`, ['group']],
    [`${ids} or ${isof('device')}`, []],
    [`(${isof('user')}) or (${isof('group')} or (${ids}))`, ['group', 'user']],
  ] as const) {
    const { value } = pageOf(await server.call(first(filter)))
    assert.deepEqual(
      value.map(({ id }) => id),
      kinds.map(kind => objects[kind].id),
      filter,
    )
  }
})

test('without types a round of ids follows those that its first request may, on later ones too (DELTA-193, DELTA-196)', async t => {
  const server = await aServer(t)
  const objects = await oneOfEach(aDirectory(server))
  const filter = KINDS.map(kind => `id eq '${objects[kind].id}'`).join(' or ')
  const roles = ['User.Read.All', 'Device.Read.All']
  const { value, ...page } = pageOf(await server.call(first(filter), { roles }))
  assert.deepEqual(typed(value), [
    ['#microsoft.graph.user', objects.user.id],
    ['#microsoft.graph.device', objects.device.id],
  ])
  await server.call(`/v1.0/groups/${objects.group.id}`, { method: 'PATCH', body: { displayName: 'New' } })
  await server.call(`/v1.0/devices/${objects.device.id}`, { method: 'PATCH', body: { displayName: 'New' } })
  const link = linkOf({ value, ...page })
  const later = pageOf(await server.call(link, { roles: [...roles, 'Group.Read.All'] }))
  assert.deepEqual(typed(later.value), [['#microsoft.graph.device', objects.device.id]])
  await assertRefused(server, link, { roles: ['User.Read.All'] }, DENIED)
})

test('a first request needs a filter of types or ids, and any other is refused (DELTA-38, DELTA-194)', async t => {
  const server = await aServer(t)
  const { group } = await oneOfEach(aDirectory(server))
  const missing = unsupported(/need '\$filter'/)
  for (const query of ['', '?$deltatoken=latest', '?$deltatoken=', '?$select=id']) {
    await assertRefused(server, `${OBJECTS}${query}`, {}, missing)
  }
  for (const type of ['application', 'administrativeUnit', 'directoryRole', 'directoryObject', '']) {
    const refused = unsupported(/^Unsupported Query\. Objects of the type '.*' are not kept here\.$/)
    await assertRefused(server, first(`${isof('user')} or ${isof(type)}`), {}, refused)
  }
  for (const filter of [
    `${isof('user')} and ${isof('group')}`,
    `${isof('user')} and id eq '${group.id}'`,
    `not ${isof('user')}`,
    `${isof('user')} eq true`,
    `isof('microsoft.graph.user'`,
    `isof(microsoft.graph.user)`,
    `isof(id)`,
    `isof()`,
    `isof`,
    `displayName eq 'Staff'`,
    `startsWith(displayName, 'S')`,
    ' ',
  ]) {
    await assertRefused(server, first(filter), {}, unsupported('Unsupported Query.'))
  }
  for (const path of ['groups', 'users']) {
    const own = `/v1.0/${path}/delta?$filter=${isof('group')}`
    await assertRefused(server, own, {}, unsupported('Unsupported Query.'))
  }
  const ids = Array.from({ length: 51 }, (_, n) => `id eq '00000000-0000-4000-8000-0000000000${n + 10}'`)
  assert.equal((await server.call(first(`${isof('user')} or ${ids.slice(1).join(' or ')}`))).status, 200)
  await assertRefused(server, first(ids.join(' or ')), {}, unsupported(/at most 50/))
  await assertRefused(server, first(isof('group'), '&$expand=members'), {}, unsupported(/'\$expand'/))
})

test('without $select each type is told as GET shows it, groups with their members (DELTA-20, DELTA-195)', async t => {
  const server = await aServer(t)
  const objects = await oneOfEach(aDirectory(server))
  const { value } = pageOf(await server.call(first(isof(...KINDS))))
  const paths = { group: 'groups', user: 'users', device: 'devices', servicePrincipal: 'servicePrincipals' } as const
  for (const [kind, path] of Object.entries(paths) as [keyof typeof paths, string][]) {
    const item = value.find(({ id }) => id === objects[kind].id)
    const shown = await shownBy(server, `${path}/${objects[kind].id}`)
    for (const [name, told] of Object.entries(shown)) assert.deepEqual(item?.[name], told, name)
    assert.equal(item?.['members@delta']?.length, kind === 'group' ? 2 : undefined)
    assert.equal(item?.['owners@delta'], undefined)
  }
})

test('$select names properties with their types, and a type of which none is named is told by its id (DELTA-195)', async t => {
  const server = await aServer(t)
  const objects = await oneOfEach(aDirectory(server))
  const select = 'microsoft.graph.user/surname,microsoft.graph.Group/DisplayName,graph.group/owners'
  const user = { '@odata.type': '#microsoft.graph.user', id: objects.user.id }
  const device = { '@odata.type': '#microsoft.graph.device', id: objects.device.id }
  const owner = { '@odata.type': '#microsoft.graph.user', id: objects.user.id }
  const group = { '@odata.type': '#microsoft.graph.group', id: objects.group.id }
  await server.call(`/v1.0/users/${objects.user.id}`, { method: 'PATCH', body: { surname: 'A' } })
  const ask = async (names: string) =>
    pageOf(await server.call(first(isof('user', 'group', 'device'), `&$select=${names}`))).value
  assert.deepEqual(await ask(select), [
    { ...group, displayName: 'Staff', 'owners@delta': [owner] },
    { ...user, surname: 'A' },
    device,
  ])
  for (const names of ['id', 'id,deletedDateTime', 'microsoft.graph.user/id']) {
    assert.deepEqual(await ask(names), [group, user, device], names)
  }
  const all = await ask('microsoft.graph.group/*')
  assert.deepEqual([...new Set(Object.keys(all[0] ?? {}).filter(name => name.includes('@delta')))].sort(), [
    'members@delta',
    'owners@delta',
  ])
})

test('$select of what a type does not have, or of a type that is not followed, is 400 (DELTA-195)', async t => {
  const server = await aServer(t)
  for (const [names, message] of [
    ['displayName', /property named 'displayName' on type 'microsoft.graph.directoryObject'/],
    ['microsoft.graph.user/colour', /property named 'colour' on type 'microsoft.graph.user'/],
    ['microsoft.graph.user/members', /property named 'members' on type 'microsoft.graph.user'/],
    ['microsoft.graph.user/manager/id', /property named 'manager\/id'/],
    ['microsoft.graph.user/', /name is empty/],
    ['', /name is empty/],
    [
      'microsoft.graph.device/displayName',
      /'microsoft.graph.device' is not one of the types that are followed: microsoft.graph.group, microsoft.graph.user\.$/,
    ],
    ['microsoft.graph.colour/displayName', /'microsoft.graph.colour' is not one of the types/],
  ] as const) {
    const refused: Refusal = { status: 400, code: 'BadRequest', message }
    await assertRefused(server, first(isof('user', 'group'), `&$select=${names}`), {}, refused)
  }
  const outside = first(isof('group'), '&$select=microsoft.graph.group/hideFromAddressLists')
  assert.equal((await server.call(outside)).status, 501)
})

test('each type that is named takes a right of its own, on every request (DELTA-56, DELTA-196)', async t => {
  const server = await aServer(t)
  await oneOfEach(aDirectory(server))
  const readers = { group: 'Group', user: 'User', device: 'Device', servicePrincipal: 'Application' } as const
  for (const [kind, role] of Object.entries(readers)) {
    const roles = [`${role}.Read.All`]
    const link = linkOf(pageOf(await server.call(first(isof(kind)), { roles })))
    assert.equal((await server.call(link, { roles })).status, 200)
    await assertRefused(server, first(isof(kind, 'orgContact')), { roles }, DENIED)
    await assertRefused(server, link, { roles: ['OrgContact.Read.All'] }, DENIED)
    assert.equal((await server.call(link, { roles: ['Directory.Read.All'] })).status, 200)
  }
  await assertRefused(server, first(isof('group')), { roles: ['GroupMember.Read.All'] }, DENIED)
})

test('an expired link leads to a first request for the same objects (DELTA-50, DELTA-192)', async t => {
  const server = await aServer(t)
  const objects = await oneOfEach(aDirectory(server))
  const ids = ` or id eq '${objects.user.id}' or id eq '${objects.group.id}'`
  const select = '&$select=microsoft.graph.user/surname'
  for (const query of [
    first(isof(...KINDS)),
    first(isof('user', 'group') + ids),
    first(isof('user', 'group'), select),
  ]) {
    const { value, ...page } = pageOf(await server.call(query))
    server.clock.advance(server.services.settings.tokenLifeMs + 1)
    const { status, headers } = await server.call(linkOf({ value, ...page }))
    assert.equal(status, 410)
    const location = String(headers['location'])
    assert.ok(location.startsWith(`${BASE}${OBJECTS}?`) && location.endsWith('$deltatoken='))
    assert.deepEqual(pageOf(await server.call(location)).value, value)
  }
})

test('where all of a type is selected, the Location of an expired link says so in one character (DELTA-50, DELTA-192)', async t => {
  const server = await aServer(t)
  const expired = async (path: string): Promise<string> => {
    const link = linkOf(pageOf(await server.call(path)))
    server.clock.advance(server.services.settings.tokenLifeMs + 1)
    return String((await server.call(link)).headers['location'])
  }
  const all = KINDS.map(kind => `microsoft.graph.${kind}/*`).join(',')
  const location = await expired(first(isof(...KINDS), `&$select=${all}`))
  assert.equal(new URL(location).searchParams.get('$select'), all)
  assert.equal(await expired(location), location)
  const some = await expired(
    first(isof('device', 'user'), '&$select=microsoft.graph.device/*,microsoft.graph.user/mail'),
  )
  assert.equal(new URL(some).searchParams.get('$select'), 'microsoft.graph.user/mail,microsoft.graph.device/*')
  assert.equal(await expired('/v1.0/groups/delta?$select=*'), `${BASE}/v1.0/groups/delta?$select=*&$deltatoken=`)
})

test('the forms of the path that groups have, this one has too (DELTA-192)', async t => {
  const server = await aServer(t)
  const { user } = await oneOfEach(aDirectory(server))
  for (const path of [
    'directoryObjects/delta()',
    'directoryobjects/microsoft.graph.delta()',
    'directoryObjects/delta/',
    'directoryObjects/microsoft.graph.delta',
  ]) {
    for (const option of ['$filter', 'filter']) {
      const { value } = pageOf(await server.call(`/beta/${path}?${option}=${isof('user')}`))
      assert.deepEqual(typed(value), [['#microsoft.graph.user', user.id]])
    }
  }
})
