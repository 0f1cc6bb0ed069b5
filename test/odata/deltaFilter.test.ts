import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { readIdFilter, readObjectFilter } from '../../src/odata/deltaFilter.ts'
import { refusal, unlessRefused } from './refusal.ts'

const A = '02bd9fd6-8f93-4758-87c3-1fb73740a315'
const B = '1c2aa3ac-0f9d-4b3c-9f2b-3d9b1f0f6f61'
const C = 'ffffffff-0000-0000-0000-000000000000'

function idOf(number: number): string {
  return `00000000-0000-0000-0000-${number.toString(16).padStart(12, '0')}`
}

function filterOf(ids: readonly string[]): string {
  return ids.map(id => `id eq '${id}'`).join(' or ')
}

test('one id, or several joined by or (DELTA-37)', () => {
  assert.deepEqual(readIdFilter(`id eq '${A}'`), [A])
  assert.deepEqual(readIdFilter(`id eq '${A}' or id eq '${B}' or id eq '${C}'`), [A, B, C])
})

test('ids come in ascending order and lower case, each once', () => {
  assert.deepEqual(readIdFilter(filterOf([C, B.toUpperCase(), A, C.toUpperCase()])), [A, B, C])
})

test('an id may stand on either side', () => {
  assert.deepEqual(readIdFilter(`'${B}' eq id or id eq '${A}'`), [A, B])
})

test('parentheses may stand around any part (DELTA-37)', () => {
  for (const filter of [
    `((id eq '${A}') or (id eq '${B}'))`,
    `(id eq '${A}' or id eq '${B}')`,
    `(id eq '${A}') or id eq '${B}'`,
    `(id) eq ('${A}') or ((('${B}') eq (id)))`,
    `(id eq '${A}')or(id eq '${B}')`,
    `((((((((id eq '${A}' or id eq '${B}'))))))))`,
  ]) {
    assert.deepEqual(readIdFilter(filter), [A, B], filter)
  }
})

test('keywords and the property are known in any case, blanks may be many', () => {
  assert.deepEqual(readIdFilter(`\t ID  Eq '${A}'  OR  Id EQ\t'${B}' `), [A, B])
})

test('fifty ids are allowed, also when some come twice; fifty-one are not (DELTA-38)', () => {
  const fifty = Array.from({ length: 50 }, (_, i) => idOf(i))
  assert.deepEqual(readIdFilter(filterOf([...fifty].reverse())), fifty)
  assert.deepEqual(readIdFilter(filterOf([...fifty, idOf(49), idOf(3)])), fifty)
  assert.throws(
    () => readIdFilter(filterOf([...fifty, A])),
    refusal('Request_UnsupportedQuery', 'names 51 ids; at most 50'),
  )
})

test('a value that is no GUID is refused by name', () => {
  for (const [literal, value] of [
    ['x', 'x'],
    ['', ''],
    ["o''neill", "o'neill"],
    [`${A} `, `${A} `],
    [`{${A}}`, `{${A}}`],
  ]) {
    const filter = `id eq '${A}' or id eq '${literal}'`
    assert.throws(() => readIdFilter(filter), refusal('Request_BadRequest', `Invalid object identifier '${value}'.`))
  }
})

test('any other filter is not supported (DELTA-38)', () => {
  for (const filter of [
    '',
    ' ',
    '()',
    'id',
    `'${A}'`,
    'id eq',
    `eq '${A}'`,
    `id eq ${A}`,
    `id eq '${A}`,
    `id eq '${A}'' or id eq '${B}'`,
    'id eq null',
    'id eq id',
    `'${A}' eq '${A}'`,
    `id ne '${A}'`,
    `not (id eq '${A}')`,
    `id eq '${A}' and id eq '${B}'`,
    `id eq '${A}' id eq '${B}'`,
    `id eq '${A}' or`,
    `or id eq '${A}'`,
    `id eq '${A}' or '${B}'`,
    `id eq ('${A}' or '${B}')`,
    `id eq (id eq '${A}')`,
    `id eq '${A}' eq id`,
    `(id eq '${A}'`,
    `id eq '${A}')`,
    `id in ('${A}')`,
    `ids eq '${A}'`,
    `$id eq '${A}'`,
    `id eq "${A}"`,
    `id\neq '${A}'`,
    `id\u00a0eq '${A}'`,
    `displayName eq 'x'`,
    `displayName eq '${A}'`,
    "isof('microsoft.graph.group')",
  ]) {
    assert.throws(() => readIdFilter(filter), refusal('Request_UnsupportedQuery', 'Unsupported Query.'), filter)
  }
})

test('a filter that is not supported is so whatever its values', () => {
  assert.throws(() => readIdFilter("id eq 'x' and"), refusal('Request_UnsupportedQuery', 'Unsupported Query.'))
})

test('nine parentheses deep is too deep, a thousand as well', () => {
  for (const depth of [9, 1000]) {
    const filter = `${'('.repeat(depth)}id eq '${A}'${')'.repeat(depth)}`
    assert.throws(() => readIdFilter(filter), refusal('Request_UnsupportedQuery', 'nested deeper than 8'))
  }
  const beside = Array.from({ length: 20 }, () => `(id eq '${A}')`).join(' or ')
  assert.deepEqual(readIdFilter(beside), [A])
})

test('a filter of 8,192 characters is read, a longer one is refused', () => {
  const filter = `id eq '${A}'`
  assert.deepEqual(readIdFilter(filter.padEnd(8192)), [A])
  assert.throws(() => readIdFilter(filter.padEnd(8193)), refusal('Request_UnsupportedQuery', 'longer than 8192'))
  assert.throws(() => readIdFilter('('.repeat(1_000_000)), refusal('Request_UnsupportedQuery', 'longer than 8192'))
})

test('whatever the text, a filter is read or refused', () => {
  const part = fc.constantFrom('id', 'eq', 'or', 'and', ' ', '(', ')', "'", "''", `'${A}'`, `id eq '${B}'`, ' or ', 'x')
  const filter = fc.oneof(
    fc.array(part).map(parts => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(filter, text => {
      const ids = unlessRefused(() => readIdFilter(text))
      if (ids !== null)
        assert.deepEqual(
          ids,
          [A, B].filter(id => text.includes(id)),
        )
    }),
    { numRuns: 3000 },
  )
})

test('every filter that the grammar allows names exactly its ids', () => {
  const blank = fc.constantFrom(' ', '  ', '\t')
  const comparison = fc
    .record({ id: fc.uuid(), reversed: fc.boolean(), inside: fc.boolean(), blank, upper: fc.boolean() })
    .map(shape => {
      const { id, reversed, inside, upper } = shape
      const literal = `'${upper ? id.toUpperCase() : id}'`
      const [left, right] = reversed ? [literal, 'id'] : ['id', literal]
      const text = `${left}${shape.blank}eq${shape.blank}${right}`
      return { ids: [id], text: inside ? `(${shape.blank}${text})` : text, depth: inside ? 1 : 0 }
    })
  const joined = fc
    .tuple(comparison, fc.array(fc.tuple(comparison, fc.boolean()), { maxLength: 49 }))
    .map(([first, others]) =>
      others.reduce((left, [right, wrap]) => {
        const text = `${left.text} or ${right.text}`
        const wraps = wrap && left.depth < 7
        return {
          ids: left.ids.concat(right.ids),
          text: wraps ? `(${text})` : text,
          depth: wraps ? left.depth + 1 : left.depth,
        }
      }, first),
    )
  fc.assert(
    fc.property(joined, ({ ids, text }) => {
      assert.deepEqual(readIdFilter(text), [...new Set(ids.map(id => id.toLowerCase()))].sort())
    }),
  )
})

test('types and ids may stand beside each other, in any order and with parentheses (DELTA-193)', () => {
  for (const [filter, types, ids] of [
    ["isof('microsoft.graph.user')", ['user'], null],
    ["isof('microsoft.graph.user') or isof('microsoft.graph.group')", ['group', 'user'], null],
    ["ISOF ( 'Microsoft.Graph.ServicePrincipal' )or isof('#microsoft.graph.user')", ['user', 'servicePrincipal'], null],
    ["isof('microsoft.graph.user') or isof('microsoft.graph.user')", ['user'], null],
    [`id eq '${B}' or '${A}' eq id`, null, [A, B]],
    [`id eq '${B}' or isof('microsoft.graph.user') or id eq '${A}'`, ['user'], [A, B]],
    [
      `(isof('microsoft.graph.orgContact') or (id eq '${A}')) or isof('microsoft.graph.device')`,
      ['device', 'orgContact'],
      [A],
    ],
  ] as const) {
    assert.deepEqual(readObjectFilter(filter), { types, ids }, filter)
  }
})

test('an isof that is not whole, or compared, is not supported (DELTA-194)', () => {
  for (const filter of [
    'isof',
    'isof()',
    "isof('microsoft.graph.user'",
    "isof 'microsoft.graph.user'",
    "isof(('microsoft.graph.user'))",
    "isof('microsoft.graph.user' or 'microsoft.graph.group')",
    'isof(id)',
    "isof('microsoft.graph.user') eq id",
    `isof('microsoft.graph.user') and id eq '${A}'`,
    "isof('microsoft.graph.user') isof('microsoft.graph.group')",
    "isof('microsoft.graph.user') or",
    '',
  ]) {
    assert.throws(() => readObjectFilter(filter), refusal('Request_UnsupportedQuery', 'Unsupported Query.'), filter)
  }
  for (const name of ['microsoft.graph.application', 'directoryObject', '', 'x']) {
    const filter = `isof('${name}')`
    assert.throws(
      () => readObjectFilter(filter),
      refusal('Request_UnsupportedQuery', `type '${name}' are not kept`),
      filter,
    )
  }
})
