import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader } from './aReader.ts'
import { aServer, pagesOf } from './aServer.ts'

function filtered(filter: string): string {
  return `/v1.0/groups/delta?$select=displayName,members&$filter=${encodeURIComponent(filter)}`
}

function oneOf(ids: readonly string[]): string {
  return ids.map(id => `id eq '${id}'`).join(' or ')
}

test('a round with a filter tells the groups that it names and no others, in every round (DELTA-37)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const groups = await directory.groups('One', 'Two', 'Three', 'Four', 'Five', 'Six')
  const chosen = [groups[1], groups[3], groups[4]].flatMap(group => group ?? [])
  const ids = chosen.map(group => group.id).sort()
  const reader = aReader(server, filtered(oneOf(ids)))
  await reader.round()
  assert.deepEqual([...reader.copy.keys()].sort(), ids)
  for (const group of groups) await group.add(ann)
  for (const group of groups) await group.set({ displayName: 'Renamed' })
  const told = new Set((await reader.round()).map(item => item.id))
  assert.deepEqual([...told].sort(), ids)
  for (const { members, properties } of reader.copy.values()) {
    assert.deepEqual([...members], [ann.id])
    assert.equal(properties.get('displayName'), 'Renamed')
  }
  for (const group of groups) await group.delete()
  await reader.round()
  assert.equal(reader.copy.size, 0)
  for (const group of groups) await group.restore()
  await reader.round()
  assert.deepEqual([...reader.copy.keys()].sort(), ids)
})

test('a filter may be written with parentheses, and with blanks as %20 or + (DELTA-37)', async t => {
  const server = await aServer(t)
  const [one, two] = await aDirectory(server).groups('One', 'Two', 'Three')
  const [a, b] = [one?.id, two?.id]
  const expected = await aReader(server, filtered(`id eq '${a}' or id eq '${b}'`)).round()
  assert.equal(expected.length, 2)
  for (const filter of [
    `id%20eq%20'${a}'%20or%20id%20eq%20'${b}'`,
    `id+eq+'${a}'+or+id+eq+'${b}'`,
    `%20id%20eq%20'${a}'+or+id+eq+'${b}'+`,
    `(id+eq+'${a}')+or+(id+eq+'${b}')`,
    `((id+eq+'${a}'+or+id+eq+'${b}'))`,
    `(id+eq+('${a}'))or(id+eq+'${b}')`,
    `ID+EQ+'${a?.toUpperCase()}'+OR+Id+eq+'${b}'`,
    `id+eq+'${b}'+or+id+eq+'${a}'+or+id+eq+'${b}'`,
    `%27${a}%27%20eq%20id%20or%20id%20eq%20%27${b}%27`,
  ]) {
    const reader = aReader(server, `/v1.0/groups/delta?$select=displayName,members&$filter=${filter}`)
    assert.deepEqual(await reader.round(), expected, filter)
  }
})

test('a filter may name 50 ids, and ids that name no group (DELTA-37)', async t => {
  const server = await aServer(t, pagesOf({ objects: 7 }))
  const directory = aDirectory(server)
  const other = aDirectory(server, { tenant: await server.addTenant() })
  const foreign = await other.group('Foreign')
  const ann = await directory.user('Ann')
  const groups = await directory.groups(...Array.from({ length: 45 }, (_, index) => `Group ${index}`))
  await groups[0]?.delete()
  await groups[0]?.purge()
  const unknown = Array.from({ length: 3 }, () => randomUUID())
  const ids = [...groups.map(group => group.id), ann.id, foreign.id, ...unknown]
  assert.equal(ids.length, 50)
  const reader = aReader(server, filtered(oneOf(ids)))
  await reader.round()
  assert.deepEqual(new Set(reader.copy.keys()), new Set(groups.slice(1).map(group => group.id)))
  await foreign.set({ displayName: 'Still foreign' })
  assert.deepEqual(await reader.round(), [])
  assert.ok(reader.link.length < 2_048)
})

test('a filter that names no group of the directory is a round of its own, and empty (DELTA-37)', async t => {
  const server = await aServer(t)
  await aDirectory(server).group('Staff')
  const reader = aReader(server, filtered(oneOf([randomUUID()])))
  for (let round = 0; round < 2; round += 1) assert.deepEqual(await reader.round(), [])
})

test('a filter with more than 50 ids, or of any other form, is refused (DELTA-38)', async t => {
  const server = await aServer(t)
  const id = (await aDirectory(server).group('Staff')).id
  const refused = [
    oneOf(Array.from({ length: 51 }, () => randomUUID())),
    "displayName eq 'Staff'",
    `id ne '${id}'`,
    `id eq '${id}' and id eq '${id}'`,
    `not (id eq '${id}')`,
    `not id eq '${id}'`,
    `id in ('${id}')`,
    `id eq '${id}' or displayName eq 'Staff'`,
    `id eq '${id}' or`,
    `id eq '${id}' id eq '${id}'`,
    `(id eq '${id}'`,
    `id eq '${id}')`,
    `id eq '${id}`,
    `id eq ${id}`,
    `id eq "${id}"`,
    'id eq id',
    `'${id}' eq '${id}'`,
    'id',
    `startswith(id,'${id}')`,
    "isof('microsoft.graph.group')",
    `members/any(m:m/id eq '${id}')`,
    '()',
    '',
    '%',
    `${'('.repeat(2_000)}id eq '${id}'${')'.repeat(2_000)}`,
  ]
  for (const filter of refused) {
    const { status, body } = await server.call(filtered(filter))
    assert.equal(status, 400, filter)
    assert.equal(body.error.code, 'Request_UnsupportedQuery', filter)
  }
})

test('a filter on what is no id is refused too', async t => {
  const { call } = await aServer(t)
  for (const filter of ["id eq 'Staff'", "id eq ''", `id eq '${randomUUID()}0'`]) {
    assert.equal((await call(filtered(filter))).status, 400, filter)
  }
})

test('a filter and a selection hold together, through pages and rounds (DELTA-37, DELTA-16)', async t => {
  const server = await aServer(t, pagesOf({ edges: 2 }))
  const directory = aDirectory(server)
  const people = await directory.users(5)
  const [staff, sales] = await directory.groups('Staff', 'Sales')
  assert.ok(staff && sales)
  for (const group of [staff, sales]) await group.add(...people)
  const reader = aReader(server, `/v1.0/groups/delta?$select=members&$filter=id+eq+'${staff.id}'`)
  for (const expected of [5, 0, 2]) {
    const items = await reader.round()
    assert.ok(items.every(item => item.id === staff.id && !('displayName' in item)))
    assert.equal(items.flatMap(item => item['members@delta'] ?? []).length, expected)
    if (expected === 5) for (const group of [staff, sales]) await group.set({ displayName: 'Renamed' })
    if (expected === 0) for (const person of people.slice(0, 2)) await staff.remove(person)
  }
  assert.deepEqual(reader.membersOf(staff), await staff.members())
})
