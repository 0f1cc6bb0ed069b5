import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from '../../src/core/fact.ts'
import { readJson } from '../../src/odata/json.ts'
import { refusal, unlessRefused } from './refusal.ts'

const UNREADABLE =
  'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format. '

function refuses(body: string | Uint8Array, cause: string): void {
  assert.throws(() => readJson(body), refusal('BadRequest', UNREADABLE + cause))
}

test('a body is read as JSON, from text and from UTF-8', () => {
  const text = '{"displayName":"Größe \\u6f6e 😀","members@odata.bind":["a","b"],"n":[1,-0.5,1e3,true,false,null]}'
  assert.deepEqual(readJson(text), JSON.parse(text))
  assert.deepEqual(readJson(Buffer.from(text)), JSON.parse(text))
})

test('any JSON value is a body', () => {
  for (const text of ['null', ' 1 ', '""', '[]', '\t{}\r\n']) assert.deepEqual(readJson(text), JSON.parse(text))
})

test('a byte order mark before the body is passed over, anywhere else it is refused', () => {
  assert.deepEqual(readJson('\uFEFF{"a":1}'), { a: 1 })
  assert.deepEqual(readJson(Buffer.from('\uFEFF{"a":1}')), { a: 1 })
  refuses('\uFEFF\uFEFF{}', 'The payload is not JSON.')
  refuses('{}\uFEFF', 'The payload is not JSON.')
})

test('what is no JSON is refused (DELTA-106)', () => {
  for (const text of [
    '',
    ' ',
    '{',
    '[1',
    '{"a"}',
    '{a:1}',
    "{'a':1}",
    '[1,]',
    '{"a":1,}',
    '01',
    '+1',
    '.5',
    '1-2',
    '-',
    'NaN',
  ]) {
    refuses(text, 'The payload is not JSON.')
  }
  for (const text of ['[]]', '}', '"\\x"', '"\\u12"', '"a\tb"', '{} {}', '/* */ {}', 'undefined']) {
    refuses(text, 'The payload is not JSON.')
  }
  refuses('{"a":"b', 'A string has no end.')
  refuses('"\\"', 'A string has no end.')
})

test('a refusal does not show the body', () => {
  assert.throws(
    () => readJson('{"password": hunter2}'),
    (error: Error) => !`${error.message} ${String(error.cause)}`.includes('hunter2'),
  )
})

test('bytes that are not UTF-8 are refused', () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0xaf, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0xff, 0xfe, 0x31, 0x00],
  ]) {
    refuses(Uint8Array.from(bytes), 'The payload is not UTF-8.')
  }
})

test('a property given twice is refused, at any level, however it is spelled (DELTA-106)', () => {
  refuses('{"a":1,"a":1}', "The property 'a' is given twice.")
  refuses('{"mailNickname":"a","mailNickName":"b"}', "The property 'mailNickName' is given twice.")
  refuses('[{"x":{"b":1,"c":{},"B":[]}}]', "The property 'B' is given twice.")
  refuses('{"a":1,"\\u0061":2}', "The property 'a' is given twice.")
  refuses('{"a":{"b":1},"c":[{"d":1}],"a":2}', "The property 'a' is given twice.")
})

test('one name may stand in several objects, and be a value beside', () => {
  const text = '{"a":"a","b":["a","a",{"a":{"a":"a"}},{"a":[]}],"c":{"a":"c"}}'
  assert.deepEqual(readJson(text), JSON.parse(text))
})

test('names that reach an object prototype are refused, at any level, however they are spelled (DELTA-106)', () => {
  for (const name of ['__proto__', 'constructor', 'prototype', '__PROTO__', '\\u005f_proto__']) {
    refuses(`{"a":[{"${name}":{}}]}`, 'A property cannot be named ')
  }
  assert.deepEqual(readJson('["__proto__","constructor"]'), ['__proto__', 'constructor'])
})

test('U+0000 is refused in any string and name (DELTA-106)', () => {
  refuses('"a\\u0000"', 'A string holds U+0000.')
  refuses('{"a\\u0000":1}', 'A string holds U+0000.')
  refuses('["a\0"]', 'A string holds U+0000.')
  assert.equal(readJson('"\\\\u0000 \\u0001"'), '\\u0000 \u0001')
})

test('half of a surrogate pair is refused in any string and name, a whole one is not (DELTA-106)', () => {
  for (const half of ['\\ud83d', '\\uDE00', '\\ude00\\ud83d', '\ud83d']) {
    refuses(`["${half}"]`, 'A string holds half of a surrogate pair.')
    refuses(`{"${half}":1}`, 'A string holds half of a surrogate pair.')
  }
  assert.equal(readJson('"\\ud83d\\ude00"'), '😀')
})

test('depth 32 is read, depth 33 is refused, and so is a million (DELTA-106)', () => {
  const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)
  assert.deepEqual(readJson(nested('[', ']', 32)), JSON.parse(nested('[', ']', 32)))
  refuses(nested('[', ']', 33), 'It is nested deeper than 32.')
  refuses(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, 'It is nested deeper than 32.')
  refuses('['.repeat(1_000_000), 'It is nested deeper than 32.')
  assert.equal(readJson(`"${'['.repeat(100)}"`), '['.repeat(100))
  assert.deepEqual(readJson(`[${'[],'.repeat(100)}{}]`), JSON.parse(`[${'[],'.repeat(100)}{}]`))
})

test('numbers that JavaScript cannot keep are refused', () => {
  for (const number of ['9007199254740992', '-9007199254740993', '1e400', '-1e400', '1e16', '9'.repeat(400)]) {
    refuses(`{"a":[${number}]}`, 'The number ')
  }
  for (const number of ['9007199254740991', '-9007199254740991', '0.1', '1e15', '1e-400', '1.50']) {
    assert.equal(readJson(number), Number(number))
  }
  assert.equal(readJson('"1e400"'), '1e400')
})

test('a body of a megabyte is read', () => {
  const links = Array.from({ length: 10_000 }, (_, i) => `https://graph.example/v1.0/directoryObjects/${i}`)
  const names = Object.fromEntries(links.map(link => [link, `\n${link}\t`]))
  const text = JSON.stringify({ links, names })
  assert.ok(text.length > 1_000_000)
  assert.deepEqual(readJson(text), { links, names })
})

/** Text near JSON: its tokens, whole and broken, in any order. */
const nearJson = fc
  .array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"A"',
      '"',
      '\\',
      '1',
      '-',
      '1e999',
      'true',
      ' ',
      '"\\ud800"',
      '"__proto__"',
    ),
  )
  .map(tokens => tokens.join(''))

test('whatever the text, a body is read as JSON.parse reads it, or refused', () => {
  const text = fc.oneof(nearJson, fc.json(), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(text, body => {
      const value = unlessRefused(() => ({ read: readJson(body) }))
      if (value !== null) assert.deepEqual(value.read, JSON.parse(body))
    }),
    { numRuns: 2000 },
  )
})

test('whatever the bytes, a body is read or refused', () => {
  fc.assert(fc.property(fc.uint8Array(), body => void unlessRefused(() => readJson(body))))
})

/** An independent judge of values: what a body may hold, found by walking the parsed value. */
function mayBeBody(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(mayBeBody)
  const names = Object.keys(value)
  const folded = new Set(names.map(name => name.toLowerCase()))
  if (folded.size < names.length || ['__proto__', 'constructor', 'prototype'].some(name => folded.has(name)))
    return false
  return names.every(mayBeBody) && Object.values(value).every(mayBeBody)
}

test('every JSON text that breaks none of the rules is read, and no other', () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('a', 'A', 'b', '__proto__', 'constructor', 'ß', '\0', '\ud800'))
  const leaf = fc.oneof(
    name,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
  )
  const { value } = fc.letrec(tie => ({
    value: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
    object: fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map(entries => Object.fromEntries(entries)),
  }))
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (body, indent) => {
      const text = JSON.stringify(body, null, indent)
      assert.equal(unlessRefused(() => ({ read: readJson(text) })) !== null, mayBeBody(JSON.parse(text)))
    }),
    { numRuns: 2000 },
  )
})
