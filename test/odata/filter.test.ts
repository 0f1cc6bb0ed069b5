import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { type Filter, matches } from '../../src/core/filter.ts'
import type { ObjectId } from '../../src/core/id.ts'
import { readFilter } from '../../src/odata/filter.ts'
import { collectionSubject, subjectOf } from '../../src/odata/filterSubject.ts'
import { anyFilter } from './anyFilter.ts'
import { refusal, unlessRefused } from './refusal.ts'

const read = (text: string) => readFilter(text, subjectOf('group', 'live'))
const GUID = 'abcdef12-3f2d-4a53-9d43-0f5bb9d3a1c7'

/** Whether a filter lets a group with these properties pass. */
function passes(
  text: string,
  properties: Parameters<typeof matches>[0]['properties'],
  deletedAt: string | null = null,
) {
  const { filter } = readFilter(text, subjectOf('group', deletedAt === null ? 'live' : 'deleted'))
  return matches({ id: GUID as ObjectId, deletedAt, membersHidden: false, properties }, filter)
}

const property = (name: string, value: string | boolean | null): Filter => ({
  kind: 'property',
  property: name,
  test: { kind: 'eq', value },
})

test('and binds tighter than or, not tighter than both, and parentheses tightest', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(text => property('displayName', text))
  assert.ok(a && b && c)
  const texts = ["displayName eq 'a'", "displayName eq 'b'", "displayName eq 'c'"]
  assert.deepEqual(read(`${texts[0]} or ${texts[1]} and ${texts[2]}`).filter, {
    kind: 'or',
    terms: [a, { kind: 'and', terms: [b, c] }],
  })
  assert.deepEqual(read(`(${texts[0]} or ${texts[1]}) and ${texts[2]}`).filter, {
    kind: 'and',
    terms: [{ kind: 'or', terms: [a, b] }, c],
  })
  assert.deepEqual(read(`not ${texts[0]} and ${texts[1]}`).filter, {
    kind: 'and',
    terms: [{ kind: 'not', term: a }, b],
  })
})

test('names and keywords are known in any case, a quote inside a text is written twice (DELTA-135)', () => {
  assert.deepEqual(read("DISPLAYNAME EQ 'O''Hara'").filter, property('displayName', "o'hara"))
  assert.deepEqual(read('mailenabled Eq TRUE').filter, property('mailEnabled', true))
  assert.deepEqual(read("'a' eq displayName").filter, property('displayName', 'a'))
  assert.deepEqual(read(`id eq ${GUID.toUpperCase()}`).filter, property('id', GUID))
  assert.deepEqual(read(`id eq '${GUID}'`).filter, property('id', GUID))
  const blanks = read("  startsWith ( displayName , 'a' )  ").filter
  assert.deepEqual(blanks, { kind: 'property', property: 'displayName', test: { kind: 'startsWith', text: 'a' } })
})

test('text is compared without regard to case, null only with null, what was never set is null (DELTA-136)', () => {
  const group = { displayName: 'Ärzte', mail: null, mailEnabled: false }
  for (const [text, expected] of [
    ["displayName eq 'äRZTE'", true],
    ["displayName ne 'ärzte'", false],
    ["startsWith(displayName,'äR')", true],
    ["startsWith(displayName,'rz')", false],
    ["displayName ge 'ä' and displayName le 'äz'", true],
    ["displayName in ('x','ÄRZTE')", true],
    ['mail eq null', true],
    ['description eq null', true],
    ['mail ne null', false],
    ["mail ne 'a@b'", true],
    ["mail eq 'null'", false],
    ["mail ge ''", false],
    ["mail le 'z'", false],
    ["not startsWith(mail,'a')", true],
    ["endsWith(mail,'')", false],
    ['mailEnabled eq false', true],
    ['isAssignableToRole eq false', false],
    ['isAssignableToRole ne true', true],
  ] as const) {
    assert.equal(passes(text, group), expected, text)
  }
})

test('any asks the elements of a collection, $count whether there are any (DELTA-137)', () => {
  const group = { groupTypes: ['Unified'], proxyAddresses: ['SMTP:Ann@a.example', 'smtp:bob@b.example'] }
  for (const [text, expected] of [
    ["groupTypes/any(c:c eq 'Unified')", true],
    ["groupTypes/any(c:c eq 'unified')", true],
    ["groupTypes/any(c:c eq 'DynamicMembership')", false],
    ["not groupTypes/any(c:c eq 'Unified')", false],
    ["groupTypes/any(c:not(c eq 'Unified'))", false],
    ["proxyAddresses/any(x:startsWith(x,'smtp:ann') and endsWith(x,'a.example'))", true],
    ["proxyAddresses/any(x:startsWith(x,'smtp:ann') and endsWith(x,'b.example'))", false],
    ['proxyAddresses/any()', true],
    ['proxyAddresses/$count eq 0', false],
    ['proxyAddresses/$count ne 0', true],
    ['resourceProvisioningOptions/$count eq 0', true],
    ["resourceProvisioningOptions/any(x:x eq 'Team')", false],
  ] as const) {
    assert.equal(passes(text, group), expected, text)
  }
})

test('moments are compared as moments, whatever their zone, and a day is its beginning (DELTA-136)', () => {
  const group = { createdDateTime: '2026-01-15T09:00:00Z' }
  for (const [text, expected] of [
    ['createdDateTime eq 2026-01-15T10:00:00+01:00', true],
    ['createdDateTime ge 2026-01-15T09:00:00.5Z', false],
    ['createdDateTime le 2026-01-15T09:00:00.5Z', true],
    ['createdDateTime ge 2026-01-15', true],
    ['createdDateTime le 2026-01-15', false],
  ] as const) {
    assert.equal(passes(text, group), expected, text)
  }
  assert.equal(passes('deletedDateTime le 2026-02-01T00:00:00Z', {}, '2026-01-20T00:00:00Z'), true)
})

test('what only advanced queries may ask is told apart (DELTA-138)', () => {
  const basic = [
    "displayName eq 'a'",
    "displayName in ('a')",
    "startsWith(mail,'a')",
    "groupTypes/any(c:c eq 'Unified')",
    'createdDateTime ge 2026-01-01T00:00:00Z',
    'mailEnabled eq true',
  ]
  const advanced = [
    "displayName ne 'a'",
    "not (displayName eq 'a')",
    "endsWith(mail,'a')",
    'mail eq null',
    'proxyAddresses/$count eq 0',
    "startsWith(displayName,'a') eq false",
    "description eq 'a'",
    "proxyAddresses/any(x:endsWith(x,'a'))",
    "displayName in ('a',null)",
  ]
  for (const text of basic) assert.equal(read(text).advanced, false, text)
  for (const text of advanced) assert.equal(read(text).advanced, true, text)
})

test('an unknown name is refused by name, and so is an operator that a property does not have (DELTA-140)', () => {
  for (const name of ['nope', 'owners', '__proto__', 'constructor', 'displayName.x']) {
    assert.throws(() => read(`${name} eq 'a'`), refusal('BadRequest', `'${name}' on type 'microsoft.graph.group'`))
  }
  for (const text of [
    "displayName gt 'a'",
    "displayName lt 'a'",
    "contains(displayName,'a')",
    "endsWith(displayName,'a')",
    'displayName ge null',
    'displayName/$count eq 0',
    "displayName/any(x:x eq 'a')",
  ]) {
    assert.throws(
      () => read(text),
      refusal('Request_UnsupportedQuery', "property 'displayName' of resource 'Group'"),
      text,
    )
  }
  for (const name of ['visibility', 'theme', 'deletedDateTime', 'hideFromAddressLists', 'securityIdentifier']) {
    const value = name === 'deletedDateTime' ? '2026-01-01' : name === 'hideFromAddressLists' ? 'true' : "'a'"
    assert.throws(() => read(`${name} eq ${value}`), refusal('Request_UnsupportedQuery', `not indexed: '${name}'`))
  }
})

test('what is no filter, or compares with a value of another kind, is refused (DELTA-140)', () => {
  const broken = `|and|eq|displayName|displayName eq|eq 'a'|displayName eq 'a|(displayName eq 'a'|displayName eq 'a')
    displayName eq 'a' 'b'|displayName in ()|displayName in 'a'|displayName eq mail|'a' eq 'b'|startsWith(displayName)
    startsWith('a',displayName)|not|displayName eq 'a' and|displayName == 'a'|displayName eq "a"|;|displayName eq 'a';
    groupTypes/any(c c eq 'a')|groupTypes/any(c:displayName eq 'a')|true|startsWith(displayName,'a') eq 1
    mailEnabled eq 'true'|mailEnabled eq 1|displayName eq true|displayName eq 5|createdDateTime eq '2026-01-01'
    createdDateTime ge 2026-02-30|createdDateTime ge 2026-01-01T99:00:00Z|id eq 5|displayName eq null eq null`
  for (const text of broken.split(/[|\n]/).map(text => text.trim())) {
    assert.throws(() => read(text), refusal('BadRequest', 'Invalid filter clause: '), text)
  }
  for (const text of ["groupTypes/all(c:c eq 'a')", "groupTypes/any(c:groupTypes/any(d:d eq 'a'))"]) {
    assert.throws(() => read(text), refusal('Request_UnsupportedQuery', 'Unsupported Query.'), text)
  }
})

test('a filter may have 8,192 bytes and 8 levels, and no more (DELTA-140)', () => {
  const sized = (bytes: number) => `displayName eq '${'ä'.repeat((bytes - 17) / 2)}'`
  assert.equal(Buffer.byteLength(sized(8191)), 8191)
  assert.ok(read(`${sized(8191)} `))
  assert.throws(() => read(`${sized(8193)}`), refusal('Request_UnsupportedQuery', '8192 bytes'))
  const nested = (depth: number) => `${'('.repeat(depth)}displayName eq 'a'${')'.repeat(depth)}`
  assert.ok(read(nested(8)))
  assert.throws(() => read(nested(9)), refusal('Request_UnsupportedQuery', 'deeper than 8'))
  const negated = (depth: number) => `${'not '.repeat(depth)}displayName eq 'a'`
  assert.ok(read(negated(8)))
  assert.throws(() => read(negated(9)), refusal('Request_UnsupportedQuery', 'deeper than 8'))
  assert.throws(() => read('('.repeat(8000)), refusal('Request_UnsupportedQuery', 'deeper than 8'))
})

test('how many members and owners a group has is asked as none, one, or another number', () => {
  const read = (text: string) => readFilter(text, collectionSubject('group', false))
  for (const [text, passing] of [
    ['owners/$count eq 0', [0]],
    ['Owners/$COUNT ne 0', [1, 2, 3]],
    ['members/$count eq 1', [1]],
    ['0 ne members/$count', [1, 2, 3]],
    ['not(members/$count ne 1)', [1]],
    ['members/$count ne 0 and members/$count ne 1', [2, 3]],
  ] as const) {
    const { filter, advanced } = read(text)
    assert.equal(advanced, true)
    const group = { id: GUID as ObjectId, deletedAt: null, membersHidden: false, properties: {} }
    const numbers = [0, 1, 2, 3].filter(edges => matches(group, filter, (_, __, atLeast) => edges >= atLeast))
    assert.deepEqual(numbers, passing, text)
  }
  const counts = ['owners/$count eq 2', 'owners/$count gt 0', "owners/$count eq '0'", 'owners/$count eq null']
  for (const text of [...counts, 'owners eq 0', 'owners/any()']) {
    assert.throws(() => read(text), refusal('Request_UnsupportedQuery', "'owners'"), text)
  }
  assert.throws(() => read('memberOf/$count eq 0'), refusal('BadRequest', 'Could not find a property'))
  assert.throws(
    () => readFilter('owners/$count eq 0', subjectOf('group', 'deleted')),
    refusal('BadRequest', "'owners'"),
  )
  assert.throws(
    () => readFilter('owners/$count eq 0', collectionSubject('user', false)),
    refusal('BadRequest', "'owners'"),
  )
})

const CASES = Number(process.env['FILTER_FUZZ'] ?? 20_000)

test('of whatever text is read, a filter comes or a refusal, in at most 20 steps a byte (DELTA-140)', t => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2_147_483_647)
  t.diagnostic(`FUZZ_SEED=${seed}, ${CASES} cases`)
  let reads = 0
  const reading = fc.property(anyFilter, fc.constantFrom('group' as const, 'user' as const), (text, type) => {
    const found = unlessRefused(() => readFilter(text, collectionSubject(type, false)))
    if (found === null) return
    reads += 1
    assert.ok(found.steps <= 20 * Buffer.byteLength(text), `${found.steps} steps for ${text}`)
    matches(
      {
        id: GUID as ObjectId,
        deletedAt: null,
        membersHidden: false,
        properties: { displayName: 'x', proxyAddresses: ['y'] },
      },
      found.filter,
      (_source, _relation, atLeast) => atLeast < 2,
    )
  })
  fc.assert(reading, { numRuns: CASES, seed })
  assert.ok(reads > CASES / 20, `only ${reads} of ${CASES} texts were filters`)
})
