import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeBase64url, encodeBase64url } from '../../src/core/base64url.ts'

test('bytes come back from their base64url text, a part of a larger buffer too', () => {
  const all = Uint8Array.from({ length: 256 }, (_, index) => index)
  for (const bytes of [all, all.subarray(3, 7), new Uint8Array()]) {
    assert.deepEqual(decodeBase64url(encodeBase64url(bytes)), new Uint8Array(bytes))
  }
})

test('every other spelling of the same bytes is refused', () => {
  assert.deepEqual(decodeBase64url('-_8'), Uint8Array.of(0xfb, 0xff))
  for (const text of ['+/8', '-_8=', '-_9', '-_8 ', '-_8\n', '-_ 8', 'A', '!', 'é']) {
    assert.equal(decodeBase64url(text), null, text)
  }
})
