import fc from 'fast-check'
import { filterRulesOf } from '../../src/core/filterRule.ts'

const NAMES = [
  ...filterRulesOf('group').keys(),
  ...filterRulesOf('user').keys(),
  'theme',
  'members',
  'owners',
  'nope',
  '__proto__',
]
const FRAGMENTS =
  `( ) , : / ' '' '''' eq ne gt ge lt le in and or not any all null true false $count 0 -1 1e9 2026-01-01
  2026-01-15T09:00:00Z 2026-13-41 startsWith( endsWith( contains( any( x:x x . ; " \\ % # \0 ä 😀 ß İ ς`.split(/\s+/)

const name = fc.constantFrom(...NAMES)
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 12 }))
const value = fc.oneof(
  { arbitrary: text.map(text => `'${text.toWellFormed().replaceAll("'", "''")}'`), weight: 6 },
  { arbitrary: fc.constantFrom('null', 'true', 'false', '0', '5', '2026-01-15T09:00:00Z', '2026-01-15'), weight: 4 },
  { arbitrary: fc.uuid(), weight: 1 },
)

const leaf = fc.oneof(
  fc.tuple(name, fc.constantFrom('eq', 'EQ', 'ne', 'ge', 'le', 'gt', 'lt'), value).map(parts => parts.join(' ')),
  fc
    .tuple(name, fc.array(value, { minLength: 1, maxLength: 4 }))
    .map(([name, values]) => `${name} in (${values.join(', ')})`),
  fc
    .tuple(fc.constantFrom('startsWith', 'endswith', 'contains'), name, value)
    .map(([test, name, value]) => `${test}(${name},${value})`),
  fc
    .tuple(fc.constantFrom('groupTypes', 'proxyAddresses', 'otherMails', 'businessPhones'), value)
    .map(([name, value]) => `${name}/any(x:x eq ${value})`),
  fc.constantFrom(
    'proxyAddresses/$count eq 0',
    'groupTypes/$count ne 0',
    'proxyAddresses/any()',
    'owners/$count eq 0',
    'members/$count ne 1',
  ),
)

/** Filters that nearly make sense. */
const near = fc.letrec<{ filter: string }>(tie => ({
  filter: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.tuple(tie('filter'), fc.constantFrom('and', 'or', 'AND'), tie('filter')).map(parts => parts.join(' ')),
    tie('filter').map(filter => `(${filter})`),
    tie('filter').map(filter => `not ${filter}`),
  ),
})).filter

const pieces = fc.array(fc.oneof(name, value, fc.constantFrom(...FRAGMENTS)), { maxLength: 30 })

/** Text for a `$filter`: filters, filters with a bite taken out, pieces of filters, and anything. */
export const anyFilter: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: near, weight: 6 },
  {
    arbitrary: fc
      .tuple(near, fc.nat(80), fc.nat(6), fc.constantFrom(...FRAGMENTS))
      .map(([filter, at, length, piece]) => filter.slice(0, at) + piece + filter.slice(at + length)),
    weight: 3,
  },
  { arbitrary: pieces.map(parts => parts.join(' ')), weight: 2 },
  { arbitrary: pieces.map(parts => parts.join('')), weight: 1 },
  { arbitrary: text, weight: 1 },
  {
    arbitrary: fc.tuple(fc.constantFrom(...FRAGMENTS), fc.nat(4000)).map(([piece, times]) => piece.repeat(times)),
    weight: 1,
  },
)
