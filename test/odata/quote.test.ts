import assert from 'node:assert/strict'
import test from 'node:test'
import { quoted } from '../../src/odata/quote.ts'

test('a value is named in quotes', () => {
  assert.equal(quoted("o'neill"), "'o'neill'")
  assert.equal(quoted(''), "''")
})

test('a long value is cut, and never leaves half a surrogate pair', () => {
  assert.equal(quoted('a'.repeat(200)), `'${'a'.repeat(200)}'`)
  assert.equal(quoted('a'.repeat(201)), `'${'a'.repeat(200)}…'`)
  const cut = quoted(`${'a'.repeat(199)}😀 and more`)
  assert.ok(cut.isWellFormed())
  assert.ok(quoted('\ud800').isWellFormed())
})
