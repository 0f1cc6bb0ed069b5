import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Copy, mergeItems } from './copy.ts'
import { readDeltaPage } from './deltaPage.ts'

test('what is sent is set, null among it, and what is not sent stays', () => {
  const copy = merged(
    { id: 'g', displayName: 'Staff', description: 'All', theme: 'Blue' },
    { id: 'g', description: null, displayName: 'People' },
  )
  assert.deepEqual(Object.fromEntries(copy.get('g')?.properties ?? []), {
    displayName: 'People',
    description: null,
    theme: 'Blue',
  })
})

test('members and owners come and go by their own entries', () => {
  const copy = merged(
    { id: 'g', 'members@delta': [{ id: 'ann' }, { id: 'bob' }], 'owners@delta': [{ id: 'ann' }] },
    { id: 'g', 'members@delta': [{ id: 'ann', '@removed': { reason: 'deleted' } }, { id: 'cid' }] },
  )
  assert.deepEqual(copy.get('g')?.members, new Set(['bob', 'cid']))
  assert.deepEqual(copy.get('g')?.owners, new Set(['ann']))
})

test('the slices of a large group add up', () => {
  const copy = merged({ id: 'g', 'members@delta': [{ id: 'ann' }] }, { id: 'g', 'members@delta': [{ id: 'bob' }] })
  assert.deepEqual(copy.get('g')?.members, new Set(['ann', 'bob']))
})

test('an entry that comes twice changes nothing, and a removal of what was never there is no news', () => {
  const removal = { id: 'g', 'members@delta': [{ id: 'ann', '@removed': { reason: 'deleted' } }] }
  assert.deepEqual(merged(removal, removal).get('g')?.members, new Set())
  assert.equal(merged({ id: 'g', '@removed': { reason: 'changed' } }).size, 0)
})

test('a removed group goes with its members, so that a restored one has those it is sent only', () => {
  const copy = merged(
    { id: 'g', displayName: 'Staff', theme: 'Blue', 'members@delta': [{ id: 'ann' }, { id: 'bob' }] },
    { id: 'g', '@removed': { reason: 'changed' } },
    { id: 'g', displayName: 'Staff', 'members@delta': [{ id: 'bob' }] },
  )
  assert.deepEqual(copy.get('g')?.members, new Set(['bob']))
  assert.deepEqual([...(copy.get('g')?.properties ?? [])], [['displayName', 'Staff']])
})

function merged(...value: object[]): Copy {
  const copy: Copy = new Map()
  mergeItems(copy, readDeltaPage({ value, '@odata.deltaLink': 'http://localhost/' }).items)
  return copy
}
