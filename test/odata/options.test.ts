import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { checkFormat, readOptions, readSelect, readTop } from '../../src/odata/options.ts'
import { refusal, unlessRefused } from './refusal.ts'

test('options are read by name', () => {
  assert.deepEqual(readOptions('$select=id,displayName&$top=5&$filter=a%20eq%20%27b%27&$count=true'), {
    select: 'id,displayName',
    top: '5',
    filter: "a eq 'b'",
    count: 'true',
  })
  assert.deepEqual(readOptions(''), {})
  assert.deepEqual(readOptions('&&'), {})
})

test('names are known in any case, with or without $, encoded or not (DELTA-2)', () => {
  for (const name of ['$deltatoken', '$deltaToken', 'DELTATOKEN', '%24deltatoken', '%24Delta%54oken']) {
    assert.deepEqual(readOptions(`${name}=abc`), { deltatoken: 'abc' }, name)
  }
  assert.deepEqual(readOptions('%24select=displayName%2Cmembers'), { select: 'displayName,members' })
})

test('blanks are written + or %20, and those around a value do not count', () => {
  for (const query of ['$filter=id+eq+%27a%27', '$filter=+id%20eq%20%27a%27+', "$filter= id eq 'a'"]) {
    assert.deepEqual(readOptions(query), { filter: "id eq 'a'" }, query)
  }
  assert.deepEqual(readOptions('$search=a%2Bb'), { search: 'a+b' })
})

test('a state token is taken as it is: a blank beside it is part of it', () => {
  assert.deepEqual(readOptions('$skiptoken=%20abc'), { skiptoken: ' abc' })
  assert.deepEqual(readOptions('$deltatoken=abc+'), { deltatoken: 'abc ' })
})

test('an option without a value is empty, not absent', () => {
  assert.deepEqual(readOptions('$deltatoken='), { deltatoken: '' })
  assert.deepEqual(readOptions('$deltatoken'), { deltatoken: '' })
  assert.deepEqual(readOptions('$filter=a=b'), { filter: 'a=b' })
})

test('what is no OData option is passed over, however often it comes (DELTA-18)', () => {
  assert.deepEqual(
    readOptions('maxPageSize=5&client-request-id=1&client-request-id=2&__proto__=x&$$top=1&top%20x=1&=&constructor=1'),
    {},
  )
})

test('an option given twice is refused by name', () => {
  for (const query of ['$select=a&$select=a', '$select=a&select=b', '$SELECT=&%24select=']) {
    assert.throws(() => readOptions(query), refusal('Request_BadRequest', "'$select'"))
  }
})

test('a broken escape is refused, in a name, a value, and beside the options', () => {
  for (const query of ['$select=%', '%zz=1', 'x=%ff', '$top=1&a=%4']) {
    assert.throws(() => readOptions(query), refusal('BadRequest', 'not percent-encoded UTF-8'))
  }
})

test('a format is named by its short name or its media type, and others than the one offered are refused', () => {
  for (const format of ['json', 'JSON', 'application/json', 'application/json;odata.metadata=none']) {
    checkFormat(format, 'json')
    assert.throws(() => checkFormat(format, 'xml'), refusal('BadRequest', `'${format}' is not offered`))
  }
  for (const format of ['xml', 'application/xml; charset=utf-8']) checkFormat(format, 'xml')
  for (const format of ['xml', 'atom', '', 'jsonx', 'text/plain']) {
    assert.throws(() => checkFormat(format, 'json'), refusal('BadRequest', `'${format}' is not offered`))
  }
})

test('whatever the query, options are read or refused', () => {
  const part = fc.constantFrom('$', 'select', 'filter', '=', '&', '%', '20', '+', 'a', '__proto__')
  const query = fc.oneof(
    fc.array(part).map(parts => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(query, text => void unlessRefused(() => readOptions(text))),
    { numRuns: 1000 },
  )
})

test('every value is read back as it was written', () => {
  const value = fc.string({ unit: 'grapheme' }).map(text => text.trim())
  fc.assert(
    fc.property(value, text => {
      assert.equal(readOptions(new URLSearchParams({ $filter: text }).toString()).filter, text)
      assert.equal(readOptions(`$filter=${encodeURIComponent(text)}`).filter, text)
    }),
  )
})

const KNOWN = new Map(['id', 'displayName', 'mailNickname', 'members'].map(name => [name.toLowerCase(), name]))

test('selected names come in the order of the request, each once, in their own spelling (DELTA-2)', () => {
  assert.deepEqual(readSelect('members,displayName', KNOWN, 'group'), ['members', 'displayName'])
  assert.deepEqual(readSelect(' MAILNICKNAME , id,mailNickName', KNOWN, 'group'), ['mailNickname', 'id'])
})

test('* selects every name', () => {
  assert.deepEqual(readSelect('*', KNOWN, 'group'), [...KNOWN.values()])
  assert.deepEqual(readSelect('id,*', KNOWN, 'group'), [...KNOWN.values()])
})

test('a name that the resource does not have is refused, and so is a path (DELTA-23)', () => {
  for (const name of [
    'x',
    'members/displayName',
    'microsoft.graph.group/displayName',
    'display Name',
    'members($select=id)',
    '__proto__',
    'id*',
  ]) {
    assert.throws(
      () => readSelect(`id,${name}`, KNOWN, 'group'),
      refusal(
        'BadRequest',
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.group'.`,
      ),
    )
  }
})

test('an empty name is refused', () => {
  for (const text of ['', ' ', ',', 'id,', ',id', 'id,,members']) {
    assert.throws(
      () => readSelect(text, KNOWN, 'group'),
      refusal('BadRequest', 'Parsing OData Select and Expand failed: A property name is empty.'),
    )
  }
})

test('a page size is a number from 1 to 999', () => {
  assert.equal(readTop('1'), 1)
  assert.equal(readTop('999'), 999)
  for (const text of ['0', '1000', '-1', '+5', '1.0', '1e2', '', 'ten', '٣', '9'.repeat(30)]) {
    assert.throws(() => readTop(text), refusal('Request_BadRequest', `Invalid page size '${text}'`))
  }
})
