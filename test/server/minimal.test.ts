import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader, headOf } from './aReader.ts'
import { aServer, pagesOf } from './aServer.ts'

const MINIMAL = { prefer: 'return=minimal' }
const SELECT = '/v1.0/groups/delta?$select=displayName,description,theme,members'

test('without Prefer a changed group is shown with all its selected properties that were ever set (DELTA-25)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff', { description: 'all of us' })
  const reader = aReader(server, SELECT)
  await reader.round()
  await staff.set({ displayName: 'Everyone' })
  assert.deepEqual(await reader.round(), [{ id: staff.id, description: 'all of us', displayName: 'Everyone' }])
  await staff.set({ description: null })
  assert.deepEqual(await reader.round(), [{ id: staff.id, description: null, displayName: 'Everyone' }])
})

test('with return=minimal a changed group is shown with what was set since the base (DELTA-26)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const staff = await directory.group('Staff', { description: 'all of us', members: [ann], owners: [ann] })
  const reader = aReader(server, SELECT, MINIMAL)
  await reader.round()
  await staff.set({ displayName: 'Everyone', preferredLanguage: 'de' })
  assert.deepEqual(await reader.round(), [{ id: staff.id, displayName: 'Everyone' }])
  await staff.set({ description: null })
  assert.deepEqual(await reader.round(), [{ id: staff.id, description: null }])
  await staff.set({ theme: null })
  await staff.remove(ann)
  await staff.add(bob)
  await staff.addOwner(bob)
  const user = '#microsoft.graph.user'
  const entries = [
    { '@odata.type': user, id: ann.id, '@removed': { reason: 'deleted' } },
    { '@odata.type': user, id: bob.id },
  ]
  const [item, ...others] = await reader.round()
  assert.deepEqual(others, [])
  const { 'members@delta': members, ...rest } = item ?? { id: '' }
  assert.deepEqual(rest, { id: staff.id, theme: null })
  assert.deepEqual(new Set(members), new Set(entries))
})

test('Preference-Applied says where return=minimal was obeyed, and is absent elsewhere (DELTA-154)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const groups = await directory.groups('One', 'Two')
  const applied = async (path: string, prefer: string) => {
    const { headers, body } = await server.call(path, { prefer })
    return [headers['preference-applied'], body['@odata.nextLink'] ?? body['@odata.deltaLink']]
  }
  let link = SELECT
  for (let page = 0; page < 9 && !link.includes('$deltatoken='); page += 1) {
    const [header, next] = await applied(link, 'return=minimal')
    assert.equal(header, undefined)
    link = next
  }
  for (const group of groups) await group.set({ theme: 'Teal' })
  const [header, next] = await applied(link, 'return=minimal')
  assert.equal(header, 'return=minimal')
  for (const prefer of ['', 'return=representation', 'odata.maxpagesize=1']) {
    assert.equal((await applied(next, prefer))[0], undefined)
  }
  assert.equal((await applied(next, 'odata.maxpagesize=1, return=minimal'))[0], 'return=minimal')
})

test('return=minimal is judged by the base of the round, not by its pages (DELTA-26)', async t => {
  const server = await aServer(t, pagesOf({ edges: 1 }))
  const directory = aDirectory(server)
  const people = await directory.users(3)
  const staff = await directory.group('Staff', { description: 'all of us' })
  const reader = aReader(server, SELECT, MINIMAL)
  await reader.round()
  await staff.set({ displayName: 'Everyone' })
  for (const person of people) await staff.add(person)
  await reader.round()
  assert.equal(reader.pages.length, 3)
  for (const { value } of reader.pages) {
    for (const { 'members@delta': members, ...item } of value) {
      assert.ok(members)
      assert.deepEqual(item, { id: staff.id, displayName: 'Everyone' })
    }
  }
})

test('return=minimal is obeyed on each request of a round by itself, nextLinks too (DELTA-27)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const groups = await directory.groups('One', 'Two', 'Three', 'Four')
  for (const group of groups) await group.set({ description: 'a group' })
  const reader = aReader(server, SELECT)
  await reader.round()
  for (const group of groups) await group.set({ theme: 'Teal' })
  for (const [index, prefer] of ['return=minimal', '', 'return=minimal', 'return=representation'].entries()) {
    const { value } = await reader.page({ prefer })
    const id = groups[index]?.id
    const whole = { id, description: 'a group', displayName: ['One', 'Two', 'Three', 'Four'][index], theme: 'Teal' }
    assert.deepEqual(value, [prefer === 'return=minimal' ? { id, theme: 'Teal' } : whole])
  }
})

test('return=minimal changes neither which groups are told nor what the links mean (DELTA-27)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const [one, two, three, four] = await directory.groups('One', 'Two', 'Three', 'Four')
  const whole = aReader(server, SELECT)
  const minimal = aReader(server, SELECT, MINIMAL)
  await whole.round()
  await minimal.round()
  await one?.set({ theme: 'Teal' })
  await two?.add(ann)
  await three?.set({ preferredLanguage: 'de' })
  await four?.delete()
  const told = [await whole.round(), await minimal.round()].map(items => items.map(item => item.id))
  assert.deepEqual(told[0], [one?.id, two?.id, four?.id])
  assert.deepEqual(told[1], told[0])
  assert.deepEqual(
    minimal.pages.map(page => page['@odata.nextLink'] ?? page['@odata.deltaLink']),
    whole.pages.map(page => page['@odata.nextLink'] ?? page['@odata.deltaLink']),
  )
  assert.deepEqual(minimal.listing(), whole.listing())
})

test('return=minimal is found among other preferences, in any case', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const reader = aReader(server, SELECT)
  await reader.round()
  const { link } = reader
  await staff.set({ description: 'new' })
  for (const prefer of ['odata.maxpagesize=5, return=minimal', 'Return=Minimal', 'return = "minimal"; x=1']) {
    reader.link = link
    assert.deepEqual(await reader.round({ prefer }), [{ id: staff.id, description: 'new' }], prefer)
  }
  for (const prefer of ['return=representation, return=minimal', 'x="return=minimal"', 'minimal']) {
    reader.link = link
    const [item] = await reader.round({ prefer })
    assert.equal(item?.['displayName'], 'Staff', prefer)
  }
})

test('return=minimal changes nothing in a first round, its catch-up included (DELTA-28)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const [one, two] = [
    await directory.group('One', { description: 'first' }),
    await directory.group('Two', { description: 'second' }),
  ]
  const reader = aReader(server, SELECT, MINIMAL)
  await reader.page()
  for (const group of [one, two]) await group.set({ theme: 'Teal' })
  const items = await reader.round()
  assert.ok(items.length > 2)
  for (const { id, ...item } of items) {
    const known = id === one.id ? ['One', 'first'] : ['Two', 'second']
    assert.deepEqual([item['displayName'], item['description']], known)
  }
  assert.deepEqual(reader.listing(), await directory.listing())
})

test('return=minimal changes nothing for a group that was created or restored since the base (DELTA-28)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const staff = await directory.group('Staff', { description: 'all of us', members: [ann] })
  const reader = aReader(server, SELECT, MINIMAL)
  await reader.round()
  const fresh = await directory.group('Fresh', { description: 'new here' })
  await fresh.set({ theme: 'Teal' })
  await staff.delete()
  await staff.restore()
  await staff.set({ theme: 'Pink' })
  const members = [{ '@odata.type': '#microsoft.graph.user', id: ann.id }]
  assert.deepEqual(await reader.round(), [
    { id: fresh.id, description: 'new here', displayName: 'Fresh', theme: 'Teal' },
    { id: staff.id, description: 'all of us', displayName: 'Staff', theme: 'Pink', 'members@delta': members },
  ])
  await fresh.set({ theme: 'Red' })
  assert.deepEqual(await reader.round(), [{ id: fresh.id, theme: 'Red' }])
})

test('a group created since the base is shown whole, without @removed (DELTA-29)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName,description,members,owners')
  await reader.round()
  const staff = await directory.group('Staff', { members: [ann], owners: [bob], preferredLanguage: 'de' })
  await staff.set({ displayName: 'Everyone' })
  await staff.add(bob)
  const [item, ...others] = await reader.round()
  assert.deepEqual(others, [])
  assert.deepEqual(Object.keys(item ?? {}).sort(), ['displayName', 'id', 'members@delta', 'owners@delta'])
  assert.equal(item?.['displayName'], 'Everyone')
  assert.deepEqual(reader.membersOf(staff), [ann.id, bob.id].sort())
  assert.deepEqual([...(reader.copy.get(staff.id)?.owners ?? [])], [bob.id])
})

test('a group created since the base is told also where nothing that is selected was set (DELTA-29)', async t => {
  const server = await aServer(t)
  const readers = ['id', 'description', 'members'].map(select =>
    aReader(server, `/v1.0/groups/delta?$select=${select}`),
  )
  for (const reader of readers) await reader.round()
  const staff = await aDirectory(server).group('Staff')
  for (const reader of readers) assert.deepEqual(await reader.round(), [{ id: staff.id }])
})

test('a PATCH to the stored values makes no commit and tells nothing (DELTA-30)', async t => {
  const server = await aServer(t)
  const team = await aDirectory(server).team('Team', { description: 'all of us' })
  await team.set({ theme: null })
  const reader = aReader(server)
  await reader.round()
  const { link } = reader
  await team.set({ displayName: 'Team', DESCRIPTION: 'all of us', theme: null, groupTypes: ['Unified'] })
  await team.set({})
  assert.deepEqual(await reader.round(), [])
  assert.equal(reader.link, link)
  assert.equal(await headOf(server), 2)
})

test('a property changed and changed back by two commits is told (DELTA-30)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const reader = aReader(server, SELECT, MINIMAL)
  await reader.round()
  await staff.set({ displayName: 'Everyone' })
  await staff.set({ displayName: 'Staff' })
  assert.deepEqual(await reader.round(), [{ id: staff.id, displayName: 'Staff' }])
})

test('in a round without writes each property and edge is told once (DELTA-31)', async t => {
  const server = await aServer(t, pagesOf({ objects: 3, edges: 4 }))
  const directory = aDirectory(server)
  const people = await directory.users(9)
  const groups = await directory.groups('Empty', 'One', 'Four', 'Nine')
  const sizes = [0, 1, 4, 9]
  for (const [index, group] of groups.entries()) {
    const members = people.slice(0, sizes[index])
    if (members.length > 0) await group.add(...members)
  }
  const reader = aReader(server)
  for (const kind of ['first', 'later']) {
    const items = await reader.round()
    for (const [index, group] of groups.entries()) {
      const told = items.filter(({ id }) => id === group.id)
      const entries = told.flatMap(item => item['members@delta'] ?? [])
      assert.equal(entries.length, sizes[index], kind)
      assert.equal(new Set(entries.map(({ id }) => id)).size, sizes[index])
      for (const item of told) assert.ok(told.length === 1 || item['members@delta'], `${kind} ${index}`)
    }
    for (const group of groups) await group.delete()
    for (const group of groups) await group.restore()
  }
})
