import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { decodePercent } from '../../src/odata/percent.ts'

test('percent-encoding is taken off once', () => {
  assert.equal(decodePercent('%24ref'), '$ref')
  assert.equal(decodePercent('%2524ref'), '%24ref')
  assert.equal(decodePercent('%e6%bd%ae+a'), '潮+a')
})

test('broken escapes and bytes that are not UTF-8 give nothing', () => {
  for (const text of ['%', '%2', '%zz', 'a%', '%ff', '%c0%af', '%ed%a0%80']) assert.equal(decodePercent(text), null)
})

test('what was encoded is read back', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => decodePercent(encodeURIComponent(text)) === text))
})
