import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseSegment, type Segment } from '../../src/odata/segment.ts'

test('a name is matched in lower case and kept as it was sent', () => {
  assert.deepEqual(parseSegment('Groups'), [{ kind: 'name', name: 'groups', text: 'Groups' }])
  assert.deepEqual(parseSegment('%24ref'), [{ kind: 'name', name: '$ref', text: '$ref' }])
  assert.deepEqual(parseSegment('O%27Neill%40x.example'), [
    { kind: 'name', name: "o'neill@x.example", text: "O'Neill@x.example" },
  ])
})

test('a key in parentheses is a segment of its own', () => {
  assert.deepEqual(parseSegment("Groups('A-1')"), [
    { kind: 'name', name: 'groups', text: 'Groups' },
    { kind: 'key', property: null, text: 'A-1' },
  ])
  assert.deepEqual(parseSegment('groups%28%27a%27%29'), parseSegment("groups('a')"))
})

test('an alternate key tells its property', () => {
  assert.deepEqual(parseSegment("groups(uniqueName='Staff=1 (all)')"), [
    { kind: 'name', name: 'groups', text: 'groups' },
    { kind: 'key', property: 'uniquename', text: 'Staff=1 (all)' },
  ])
})

test('an alternate key may stand between slashes, an id in parentheses may not', () => {
  assert.deepEqual(parseSegment("(uniqueName='staff')"), [{ kind: 'key', property: 'uniquename', text: 'staff' }])
  for (const raw of ["('staff')", '(uniquename=staff)', '()', "(='staff')"]) {
    assert.deepEqual(parseSegment(raw), [nameAsSent(raw)])
  }
})

test('a quote in a key is written twice', () => {
  const textOfKey = (raw: string) => parseSegment(raw)?.at(-1)?.text
  assert.equal(textOfKey("users('o''neill')"), "o'neill")
  assert.equal(textOfKey("users('''')"), "'")
  assert.equal(textOfKey("users('')"), '')
  assert.equal(textOfKey("users('o%27%27neill')"), "o'neill")
})

test('delta has one name, bare or qualified, with parentheses or without', () => {
  for (const raw of [
    'delta',
    'Delta',
    'delta()',
    'microsoft.graph.delta',
    'microsoft.graph.delta()',
    'graph.delta',
    'Microsoft.Graph.Delta%28%29',
  ]) {
    assert.equal(parseSegment(raw)?.length, 1)
    assert.equal(namesOf(raw), 'delta')
  }
})

test('restore has one name, bare or qualified, and no parentheses', () => {
  assert.equal(namesOf('microsoft.graph.restore'), 'restore')
  assert.equal(namesOf('restore()'), 'restore()')
})

test('a type is named with its whole namespace', () => {
  assert.equal(namesOf('graph.group'), 'microsoft.graph.group')
  assert.equal(namesOf('microsoft.graph.servicePrincipal'), 'microsoft.graph.serviceprincipal')
  assert.equal(namesOf('group'), 'group')
  assert.equal(namesOf('paragraph.group'), 'paragraph.group')
})

test('parentheses are part of a name that is no function', () => {
  assert.equal(namesOf('groups()'), 'groups()')
  assert.equal(namesOf('microsoft.graph.groups'), 'microsoft.graph.groups')
})

test('parentheses that hold no key are part of a name', () => {
  const inner = [
    "'",
    "'a",
    "a'",
    'a',
    '1',
    "'a'b'",
    "'''",
    "='a'",
    'x=a',
    "x='a",
    "x='a'y='b'",
    "x='a',y='b'",
    "'a','b'",
    " 'a'",
  ]
  for (const key of inner) assert.deepEqual(parseSegment(`groups(${key})`), [nameAsSent(`groups(${key})`)])
  for (const raw of ["('a')", "groups('a')x", 'groups(', "groups('a'))", "groups(('a')"]) {
    assert.deepEqual(parseSegment(raw), [nameAsSent(raw)])
  }
})

function nameAsSent(text: string): Segment {
  return { kind: 'name', name: text, text }
}

function namesOf(raw: string): string | undefined {
  const segment = parseSegment(raw)?.[0]
  return segment?.kind === 'name' ? segment.name : undefined
}

test('what only looks like a segment is none', () => {
  for (const raw of ['', '%', '%zz', '%ff', 'a%2fb', 'a%2Fb', 'a%00', '%0a', 'a%7f', 'a%C2%85'])
    assert.equal(parseSegment(raw), null, raw)
})

test('every key is read back as it was written', () => {
  const key = fc.string({ unit: 'grapheme' }).filter(text => !/[/\u0000-\u001f\u007f-\u009f]/.test(text))
  fc.assert(
    fc.property(key, text => {
      const raw = encodeURIComponent(`users('${text.replaceAll("'", "''")}')`)
      assert.deepEqual(parseSegment(raw)?.at(1), { kind: 'key', property: null, text })
    }),
  )
})
