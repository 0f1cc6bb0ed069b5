import assert from 'node:assert/strict'
import test from 'node:test'
import { decodeProtectedHeader } from 'jose'
import { GRAPH_RESOURCE, issueAccessToken, issuerOf, jwks } from '../../src/auth/issuer/issuer.ts'
import { trustedAt, withNewSigningKey, withOneSigningKey } from '../../src/auth/issuer/keyRotation.ts'
import { formatKeyRing, type KeyRing, newKeyRing, parseKeyRing } from '../../src/auth/keys/keyRing.ts'
import { aPlainApp } from './aPlainApp.ts'
import { APP, assertAccepted, assertRefused, BASE, MALFORMED, NOW, TENANT } from './aToken.ts'

/** The longest life of a token that the replaced key signed, and two minutes. */
const OVERLAP_MS = 3_719_000

const before = await newKeyRing()
const after = await withNewSigningKey(before, NOW)

function tokenOf(ring: KeyRing): Promise<string> {
  const app = aPlainApp({ clientId: APP, tenant: TENANT, displayName: 'Sync', roles: [] })
  const issuer = issuerOf(BASE, TENANT)
  return issueAccessToken({ tenant: TENANT, app, audience: GRAPH_RESOURCE, now: NOW, issuer, ring })
}

test('a new signing key signs from then on, and the one before still proves what it signed', async () => {
  const [inUse, replaced] = after.signing
  assert.equal(decodeProtectedHeader(await tokenOf(after)).kid, inUse.kid)
  assert.notEqual(inUse.kid, before.signing[0].kid)
  assert.equal(replaced?.kid, before.signing[0].kid)
  await assertAccepted(await tokenOf(before), { ring: after })
  await assertAccepted(await tokenOf(after), { ring: after })
  assert.deepEqual(
    jwks(after).keys.map(({ kid }) => kid),
    [inUse.kid, replaced?.kid],
  )
})

test('a replaced key is withdrawn once no token that it signed is good any more, and not before', async () => {
  assert.equal(trustedAt(after, NOW + OVERLAP_MS - 1), after)
  const alone = trustedAt(after, NOW + OVERLAP_MS)
  assert.deepEqual(alone.signing, [after.signing[0]])
  assert.equal(alone.state, after.state)
  await assertRefused(`Bearer ${await tokenOf(before)}`, MALFORMED, { ring: alone })
})

test('the key in use never ends by itself, nor one of which it is not known when it was replaced', () => {
  const unmarked: KeyRing = { ...before, signing: [after.signing[0], ...before.signing] }
  assert.equal(trustedAt(unmarked, NOW + 1_000 * OVERLAP_MS), unmarked)
})

test('all keys before can be withdrawn at once', async () => {
  const alone = await withOneSigningKey(after)
  assert.equal(alone.signing.length, 1)
  for (const ring of [before, after]) await assertRefused(`Bearer ${await tokenOf(ring)}`, MALFORMED, { ring: alone })
})

test('when a key was replaced stays known in the text of the ring, and nonsense there is refused', () => {
  assert.deepEqual(parseKeyRing(formatKeyRing(after)), after)
  const text = JSON.parse(formatKeyRing(after))
  for (const retiredAt of ['yesterday', -1, 1.5, {}]) {
    text.signing[1].retiredAt = retiredAt
    assert.throws(() => parseKeyRing(JSON.stringify(text)), /signing keys cannot be used: number 2/)
  }
})

test('the keys that others see tell nothing of when one was replaced', () => {
  for (const key of jwks(after).keys) assert.deepEqual(Object.keys(key).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
})
