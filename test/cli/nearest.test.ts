import assert from 'node:assert/strict'
import test from 'node:test'
import { DIRECTORY_ROLE_NAMES } from '../../src/auth/directoryRoles.ts'
import { nearest } from '../../src/cli/nearest.ts'

test('a name with a slip in it is nearest to the name that was meant', () => {
  for (const [text, name] of [
    ['Gruops Administrator', 'Groups Administrator'],
    ['groups-administrator', 'Groups Administrator'],
    ['GlobalAdmin', 'Global Administrator'],
    ['directory reader', 'Directory Readers'],
    ['Administrator of Teams', 'Teams Administrator'],
  ] as const) {
    assert.equal(nearest(text, DIRECTORY_ROLE_NAMES)[0], name)
  }
})

test('no more than so many are named, and none that is not like it at all', () => {
  assert.equal(nearest('Administrator', DIRECTORY_ROLE_NAMES).length, 3)
  assert.equal(nearest('Administrator', DIRECTORY_ROLE_NAMES, 5).length, 5)
  for (const text of ['', 'x', '???', 'qqqq', '🙂🙂']) assert.deepEqual(nearest(text, DIRECTORY_ROLE_NAMES), [])
})
