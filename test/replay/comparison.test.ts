import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare, tellDifference } from './comparison.ts'
import type { Copy, View } from './copy.ts'

const VIEW: View = { properties: ['displayName', 'description', 'proxyAddresses'], relations: ['members', 'owners'] }

interface Content {
  readonly properties?: Record<string, unknown>
  readonly members?: readonly string[]
  readonly owners?: readonly string[]
}

test('a copy that holds what the server lists does not differ, and tells how much was compared', () => {
  const groups = {
    g: { properties: { displayName: 'Staff' }, members: ['ann', 'bob'], owners: ['ann'] },
    h: { properties: { displayName: 'Empty' } },
  }
  assert.deepEqual(differences(groups, groups), { told: [], extent: { groups: 2, edges: 3 } })
})

test('a property that was never set is absent in the copy, and null or empty in the listing', () => {
  const there = { displayName: 'Staff', description: null, proxyAddresses: [] }
  assert.deepEqual(differences({ g: { properties: { displayName: 'Staff' } } }, { g: { properties: there } }).told, [])
})

test('null in the copy is null in the listing, and nothing else', () => {
  const copy = { g: { properties: { displayName: 'Staff', description: null } } }
  assert.deepEqual(differences(copy, { g: { properties: { displayName: 'Staff', description: null } } }).told, [])
  assert.deepEqual(differences(copy, { g: { properties: { displayName: 'Staff', description: '' } } }).told, [
    'group "Staff" (g) has description null in the copy, "" on the server',
  ])
  assert.deepEqual(differences(copy, { g: { properties: { displayName: 'Staff' } } }).told, [
    'group "Staff" (g) has description null in the copy, not set on the server',
  ])
})

test('a value that is old, not there yet or still there is a difference', () => {
  const told = differences(
    { g: { properties: { displayName: 'Staff', description: 'old' } }, h: {} },
    { g: { properties: { displayName: 'People', description: null } }, h: { properties: { displayName: 'New' } } },
  ).told
  assert.deepEqual(told, [
    'group "People" (g) has displayName "Staff" in the copy, "People" on the server',
    'group "People" (g) has description "old" in the copy, null on the server',
    'group "New" (h) has displayName not set in the copy, "New" on the server',
  ])
})

test('lists are compared by value', () => {
  const groups = (value: unknown) => ({ g: { properties: { proxyAddresses: value } } })
  assert.deepEqual(differences(groups(['a']), groups(['a'])).told, [])
  assert.equal(differences(groups(['a']), groups(['b'])).told.length, 1)
  assert.equal(differences(groups([]), groups(null)).told.length, 1)
})

test('a group on one side only is one difference, whatever is in it', () => {
  const staff = { properties: { displayName: 'Staff' }, members: ['ann'] }
  assert.deepEqual(differences({}, { g: staff }).told, ['group "Staff" (g) is missing in the copy'])
  assert.deepEqual(differences({ g: staff }, {}), {
    told: ['group "Staff" (g) is in the copy, but not on the server'],
    extent: { groups: 1, edges: 0 },
  })
})

test('every member and owner on one side only is a difference', () => {
  const told = differences(
    { g: { members: ['ann', 'bob'], owners: ['eve'] } },
    { g: { members: ['bob', 'cid'], owners: [] } },
  )
  assert.deepEqual(told, {
    told: [
      'group "" (g) has ann among its members in the copy, but not on the server',
      'group "" (g) lacks cid among its members in the copy',
      'group "" (g) has eve among its owners in the copy, but not on the server',
    ],
    extent: { groups: 1, edges: 4 },
  })
})

test('what the reader did not ask for is not compared, but may not be in its copy', () => {
  const view: View = { properties: ['displayName'], relations: ['members'] }
  const there = { properties: { displayName: 'Staff', description: 'All' }, members: ['ann'], owners: ['eve'] }
  const asked = { properties: { displayName: 'Staff' }, members: ['ann'] }
  assert.deepEqual(differences({ g: asked }, { g: there }, view).told, [])
  assert.deepEqual(differences({ g: there }, { g: there }, view).told, [
    'group "Staff" (g) has description "All" in the copy, not set on the server',
    'group "Staff" (g) has eve among its owners in the copy, but not on the server',
  ])
})

function differences(copy: Record<string, Content>, listing: Record<string, Content>, view = VIEW) {
  const told: string[] = []
  const extent = compare(copyOf(copy), copyOf(listing), view, difference => told.push(tellDifference(difference)))
  return { told, extent }
}

function copyOf(groups: Record<string, Content>): Copy {
  return new Map(
    Object.entries(groups).map(([id, { properties = {}, members, owners }]) => [
      id,
      { properties: new Map(Object.entries(properties)), members: new Set(members), owners: new Set(owners) },
    ]),
  )
}
