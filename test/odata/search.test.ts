import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { matches } from '../../src/core/filter.ts'
import type { ObjectId } from '../../src/core/id.ts'
import { subjectOf } from '../../src/odata/filterSubject.ts'
import { readOrderBy } from '../../src/odata/orderBy.ts'
import { readSearch } from '../../src/odata/search.ts'
import { refusal, unlessRefused } from './refusal.ts'

const GROUPS = subjectOf('group', 'live')

function finds(search: string, properties: Readonly<Record<string, string>>): boolean {
  const filter = readSearch(search, GROUPS)
  return matches({ id: 'a' as ObjectId, deletedAt: null, membersHidden: false, properties }, filter)
}

test('words are found in any order and case, each by its beginning (DELTA-143)', () => {
  for (const [search, displayName, expected] of [
    ['"displayName:OneVideo"', 'One more Video', true],
    ['"displayName:OneVideo"', 'Video, one', true],
    ['"displayName:OneVideo"', 'onevideo', false],
    ['"displayName:guthr"', 'Kathrin Guthrie', true],
    ['"displayName:uthr"', 'Kathrin Guthrie', false],
    ['"displayName:helloworld"', 'hello-world', true],
    ['"displayName:hello"', 'HelloWorld', true],
    ['"displayName:world"', 'HelloWorld', true],
    ['"displayName:123"', 'hello123world', true],
    ['"displayName:li david"', '李四(David Li)', true],
    ['"displayName:(李四"', '李四(David Li)', true],
    ['"displayname:ärz"', 'Die ÄRZTE', true],
    ['"displayName:say \\"hi\\""', 'Hi, they say', true],
  ] as const) {
    assert.equal(finds(search, { displayName }), expected, `${search} in ${displayName}`)
  }
})

test('clauses are joined by AND and OR, AND binding tighter, and other texts are found by how they begin (DELTA-143)', () => {
  const one = { displayName: 'One', description: 'video', mail: 'drive@a.example' }
  for (const [search, expected] of [
    ['"displayName:one" AND "description:video"', true],
    ['"displayName:two" OR "mail:DRIVE@"', true],
    ['"displayName:one" OR "displayName:two" AND "displayName:three"', true],
    ['("displayName:one" OR "displayName:two") AND "displayName:three"', false],
    ['"mail:a.example"', false],
    ['"displayName:one"AND"description:video"', true],
  ] as const) {
    assert.equal(finds(search, one), expected, search)
  }
})

test('what is no search is refused, with the name that was wrong (DELTA-143)', () => {
  const broken = ['', 'one', '"one"', 'displayName:one', '"displayName:one', '"displayName:one" and "displayName:two"']
  const joined = ['"displayName:a" "displayName:b"', '("displayName:a"', '"displayName:a")', '"displayName: - "', 'OR']
  for (const text of [...broken, ...joined]) {
    assert.throws(() => readSearch(text, GROUPS), refusal('BadRequest', 'Invalid search clause'), text)
  }
  assert.throws(() => readSearch('"nope:a"', GROUPS), refusal('BadRequest', "'nope'"))
  for (const name of ['theme', 'mailEnabled', 'groupTypes', 'id']) {
    assert.throws(() => readSearch(`"${name}:a"`, GROUPS), refusal('Request_UnsupportedQuery', `'${name}'`))
  }
  const nested = `${'('.repeat(9)}"displayName:a"${')'.repeat(9)}`
  assert.throws(() => readSearch(nested, GROUPS), refusal('Request_UnsupportedQuery', 'deeper'))
  const long = `"displayName:${'a'.repeat(8192)}"`
  assert.throws(() => readSearch(long, GROUPS), refusal('Request_UnsupportedQuery', '8192 bytes'))
})

test('of whatever text is read as $search or $orderby something comes or a refusal', () => {
  const piece = fc.constantFrom(
    '"',
    'displayName',
    ':',
    'AND',
    'OR',
    '(',
    ')',
    '\\',
    ' ',
    'a',
    '"displayName:a"',
    ',',
    'desc',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 20 }).map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(text, text => {
      unlessRefused(() => readSearch(text, subjectOf('user', 'live')))
      unlessRefused(() => readOrderBy(text, 'user', 'live'))
    }),
    { numRuns: 2_000 },
  )
})
