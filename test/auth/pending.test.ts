import assert from 'node:assert/strict'
import test from 'node:test'
import { newPending } from '../../src/auth/issuer/pending.ts'

test('what waits is there for its life, and no longer', () => {
  const pending = newPending<string>(10, 1_000)
  assert.ok(pending.add('a', 'first', 0))
  assert.equal(pending.get('a', 999), 'first')
  assert.equal(pending.get('a', 1_000), null)
  assert.equal(pending.get('b', 0), null)
})

test('what is removed is gone', () => {
  const pending = newPending<string>(10, 1_000)
  pending.add('a', 'first', 0)
  pending.remove('a')
  pending.remove('a')
  assert.equal(pending.get('a', 0), null)
})

test('where there is no room nothing is kept, until something has ended or was removed', () => {
  const pending = newPending<number>(2, 1_000)
  assert.deepEqual([pending.add('a', 1, 0), pending.add('b', 2, 500), pending.add('c', 3, 999)], [true, true, false])
  assert.equal(pending.get('c', 999), null)
  assert.equal(pending.add('c', 3, 1_000), true)
  assert.equal(pending.add('d', 4, 1_000), false)
  pending.remove('c')
  assert.equal(pending.add('d', 4, 1_000), true)
})
