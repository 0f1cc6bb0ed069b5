import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyBearer } from '../../src/auth/bearer/bearerToken.ts'
import { localIssuer } from '../../src/auth/bearer/localProfile.ts'
import { newVerifiedTokens, type VerifiedTokens } from '../../src/auth/bearer/verifiedTokens.ts'
import type { Caller } from '../../src/auth/caller.ts'
import { GRAPH_RESOURCE, issueAccessToken, issuerOf } from '../../src/auth/issuer/issuer.ts'
import { type KeyRing, newKeyRing, type SigningKey } from '../../src/auth/keys/keyRing.ts'
import { parseTenantId } from '../../src/core/id.ts'
import { Problem } from '../../src/core/problem.ts'
import { aPlainApp } from './aPlainApp.ts'

const BASE = 'http://localhost:3000'
const NOW = Date.UTC(2026, 2, 3, 12)
const MINUTE = 60_000
const LIFE_MS = 3_599_000
const TENANT = parseTenantId('11111111-2222-4333-8444-5555555555ab')
const MALFORMED = 'CompactToken parsing failed with error code: 80049217'

const ring = await newKeyRing()
const [key] = ring.signing
const [strangersKey] = (await newKeyRing()).signing

function issue(roles: readonly string[] = ['Group.Read.All'], audience = GRAPH_RESOURCE, now = NOW): Promise<string> {
  const app = aPlainApp({ clientId: 'app', tenant: TENANT, displayName: 'Test', roles })
  return issueAccessToken({ tenant: TENANT, app, audience, now, issuer: issuerOf(BASE, TENANT), ring })
}

/** A key that verifies as long as `works`: then a token is accepted only where its signature was verified before. */
interface FailingKey {
  works: boolean
  readonly key: SigningKey
}

function aFailingKey(): FailingKey {
  const failing: FailingKey = {
    works: true,
    key: {
      ...key,
      get publicJwk() {
        return (failing.works ? key : strangersKey).publicJwk
      },
    },
  }
  return failing
}

interface Check {
  readonly now?: number
  readonly ring?: KeyRing
  readonly bases?: readonly string[]
  readonly knownTenant?: () => Promise<boolean>
}

interface Server {
  readonly verify: (token: string, check?: Check) => Promise<Caller>
  /** Whether a token is accepted without being verified. */
  readonly remembers: (token: string, now?: number) => Promise<boolean>
}

function aServer(verified: VerifiedTokens = newVerifiedTokens()): Server {
  const failing = aFailingKey()
  const own: KeyRing = { ...ring, signing: [failing.key] }
  const verify: Server['verify'] = (token, check = {}) => {
    const { now = NOW, ring: keys = own, bases = [BASE], knownTenant = async () => true } = check
    const issuers = [localIssuer({ ring: () => keys, bases: () => bases })]
    return verifyBearer(`Bearer ${token}`, { now, issuers, knownTenant, person: async () => null, verified })
  }
  return {
    verify,
    remembers: async (token, now = NOW) => {
      failing.works = false
      try {
        await verify(token, { now })
        return true
      } catch (error) {
        assert.ok(error instanceof Problem && error.code === 'InvalidAuthenticationToken')
        return false
      } finally {
        failing.works = true
      }
    },
  }
}

async function assertRefused(outcome: Promise<Caller>, message: string): Promise<void> {
  await assert.rejects(outcome, { code: 'InvalidAuthenticationToken', message })
}

test('a signature is verified once, and what a token proves is the same at every use', async () => {
  const { verify, remembers } = aServer()
  const token = await issue()
  assert.equal(await remembers(token), false)
  const caller = await verify(token)
  assert.equal(await remembers(token), true)
  assert.deepEqual(await verify(token), caller)
})

test('a wrong signature on a payload that was verified before is 401', async () => {
  const { verify } = aServer()
  const token = await issue()
  await verify(token)
  const [header, payload, signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  for (const place of [0, 100, bytes.length - 1]) {
    const wrong = Buffer.from(bytes)
    wrong.writeUInt8(wrong.readUInt8(place) ^ 1, place)
    await assertRefused(verify(`${header}.${payload}.${wrong.toString('base64url')}`), MALFORMED)
  }
  await assertRefused(verify(`${header}.${payload}.${bytes.subarray(1).toString('base64url')}`), MALFORMED)
  await verify(token)
})

test('a verified signature under another payload, or in another spelling, is 401', async () => {
  const { verify } = aServer()
  const [token, greater] = await Promise.all([issue(), issue(['Group.ReadWrite.All'])])
  await verify(token)
  const [header, payload, signature = ''] = token.split('.')
  const stolen = greater.split('.')[1]
  await assertRefused(verify(`${header}.${stolen}.${signature}`), MALFORMED)
  await assertRefused(verify(`${header}.${payload?.slice(0, -1)}.${payload?.slice(-1)}${signature}`), MALFORMED)
  for (const other of [`${signature}=`, `${signature}A`])
    await assertRefused(verify(`${header}.${payload}.${other}`), MALFORMED)
})

test('a token is remembered for five minutes', async () => {
  const { verify, remembers } = aServer()
  const token = await issue()
  await verify(token)
  assert.equal(await remembers(token, NOW + 5 * MINUTE - 1), true)
  assert.equal(await remembers(token, NOW + 5 * MINUTE), false)
  await verify(token, { now: NOW + 6 * MINUTE })
  assert.equal(await remembers(token, NOW + 10 * MINUTE), true)
  assert.equal(await remembers(token, NOW), false)
})

test('a token is remembered until it expires, and refused a minute after', async () => {
  const { verify, remembers } = aServer()
  const token = await issue()
  const expiry = NOW + LIFE_MS
  await verify(token, { now: expiry - MINUTE })
  assert.equal(await remembers(token, expiry - 1), true)
  assert.equal(await remembers(token, expiry), false)
  await verify(token, { now: expiry + MINUTE - 1 })
  await assertRefused(verify(token, { now: expiry + MINUTE }), 'Lifetime validation failed, the token is expired.')
})

test('a remembered token ends with its key', async () => {
  const { verify } = aServer()
  const token = await issue()
  await verify(token)
  const sameName = { ...strangersKey, kid: key.kid }
  for (const other of [strangersKey, sameName]) {
    await assertRefused(verify(token, { ring: { ...ring, signing: [other] } }), MALFORMED)
  }
})

test('times, audience, issuer and tenant of a remembered token are checked at every use', async () => {
  const { verify } = aServer()
  const elsewhere = 'http://127.0.0.1:3000'
  const [token, local] = await Promise.all([issue(), issue([], elsewhere)])
  for (const each of [token, local]) await verify(each, { bases: [BASE, elsewhere] })
  await assertRefused(verify(token, { now: NOW - 2 * MINUTE }), 'Access token has expired or is not yet valid.')
  await assertRefused(verify(local, { bases: [BASE] }), 'Access token validation failure. Invalid audience.')
  await assertRefused(verify(token, { bases: [elsewhere] }), MALFORMED)
  await assertRefused(verify(token, { knownTenant: async () => false }), MALFORMED)
})

test('of more tokens than there is room for the one that was used longest ago is forgotten', async () => {
  const { verify, remembers } = aServer(newVerifiedTokens(2))
  const [first, second, third] = await Promise.all([issue(), issue(), issue()])
  for (const token of [first, second, first, third]) await verify(token)
  assert.deepEqual([await remembers(first), await remembers(second), await remembers(third)], [true, false, true])
})
