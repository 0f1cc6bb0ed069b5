import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { readPrefer } from '../../src/odata/prefer.ts'

function isMinimal(header: string | readonly string[] | undefined): boolean {
  return readPrefer(header).minimal
}

test('return=minimal is understood in every spelling of RFC 7240', () => {
  for (const header of [
    'return=minimal',
    'Return=Minimal',
    ' return = minimal ',
    'return="minimal"',
    'return="mini\\mal"',
    'return=minimal; foo="some parameter"',
    'return=minimal;foo',
    'respond-async, return=minimal, wait=10',
    ', ,return=minimal,',
  ]) {
    assert.equal(isMinimal(header), true, header)
  }
})

test('without it, or with another value, nothing is minimal', () => {
  for (const header of [
    '',
    'return',
    'return=',
    'return=""',
    'return=representation',
    'return=minimalist',
    'return=minimal=x',
    'return minimal',
    'minimal',
    'returns=minimal',
    'odata.maxpagesize=1',
    'wait=10; return=minimal',
    'return="min,imal"',
    'return="minimal',
  ]) {
    assert.equal(isMinimal(header), false, header)
  }
  assert.equal(isMinimal(undefined), false)
  assert.equal(isMinimal([]), false)
})

test('of two return preferences the first counts', () => {
  assert.equal(isMinimal('return=minimal, return=representation'), true)
  assert.equal(isMinimal('return=representation, return=minimal'), false)
  assert.equal(isMinimal('return, return=minimal'), false)
  assert.equal(isMinimal('return=a=b, return=minimal'), false)
})

test('a comma, a semicolon and an escape in quotes separate nothing', () => {
  assert.equal(isMinimal('a="x, return=minimal"'), false)
  assert.equal(isMinimal('a="x\\", return=minimal, b="y"'), false)
  assert.equal(isMinimal('a="x;y\\\\", return=minimal'), true)
})

test('several headers are read as one, in their order', () => {
  assert.equal(isMinimal(['odata.maxpagesize=1', 'return=minimal']), true)
  assert.equal(isMinimal(['return=representation', 'return=minimal']), false)
})

test('create-if-missing is asked for by its name alone, in any case, beside others', () => {
  for (const header of [
    'create-if-missing',
    'Create-If-Missing',
    'wait=1, create-if-missing',
    'create-if-missing=""',
  ]) {
    assert.equal(readPrefer(header).createIfMissing, true, header)
  }
  for (const header of [undefined, '', 'create-if-missing=false', 'create', 'a="b, create-if-missing"']) {
    assert.equal(readPrefer(header).createIfMissing, false, header)
  }
  assert.deepEqual(readPrefer('create-if-missing, return=minimal'), { minimal: true, createIfMissing: true })
})

test('whatever the header, it is no error', () => {
  const part = fc.constantFrom('return', '=', 'minimal', ',', ';', '"', '\\', ' ')
  const header = fc.oneof(
    fc.array(part).map(parts => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(fc.property(fc.oneof(header, fc.array(header)), text => typeof readPrefer(text).minimal === 'boolean'))
})
