import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { type BearerCheck, verifyBearer } from '../../src/auth/bearer/bearerToken.ts'
import { localIssuer } from '../../src/auth/bearer/localProfile.ts'
import { newVerifiedTokens } from '../../src/auth/bearer/verifiedTokens.ts'
import type { Caller } from '../../src/auth/caller.ts'
import { type KeyRing, newKeyRing } from '../../src/auth/keys/keyRing.ts'
import { type ObjectId, parseObjectId, parseTenantId, type TenantId } from '../../src/core/id.ts'
import { Problem } from '../../src/core/problem.ts'

export const EMPTY = 'Access token is empty.'
export const MALFORMED = 'CompactToken parsing failed with error code: 80049217'
export const EXPIRED = 'Lifetime validation failed, the token is expired.'
export const NOT_YET_VALID = 'Access token has expired or is not yet valid.'
export const WRONG_AUDIENCE = 'Access token validation failure. Invalid audience.'

export const GRAPH = 'https://graph.microsoft.com'
export const BASE = 'http://localhost:3000'
export const BASES = [BASE, 'http://127.0.0.1:3000', 'http://[::1]:3000']
export const NOW = Date.UTC(2026, 2, 3, 12, 0, 0, 789)
export const NOW_S = Math.floor(NOW / 1000)
export const TENANT = parseTenantId('11111111-2222-4333-8444-5555555555ab')
export const OTHER_TENANT = parseTenantId('99999999-2222-4333-8444-5555555555ab')
export const APP = 'aaaaaaaa-2222-4333-8444-555555555555'

export const ring = await newKeyRing()
export const otherRing = await newKeyRing()
export const key = ring.signing[0]
export const privateKey = createPrivateKey({ key: { ...key.privateJwk }, format: 'jwk' })
export const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
export const strangersKey = createPrivateKey({ key: { ...otherRing.signing[0].privateJwk }, format: 'jwk' })

export type Json = Record<string, unknown>
export type Signer = (input: Buffer) => Buffer

export const HEADER: Json = { typ: 'JWT', alg: 'RS256', kid: key.kid }
export const CLAIMS: Json = {
  aud: GRAPH,
  iss: `${BASE}/${TENANT}/v2.0`,
  iat: NOW_S,
  nbf: NOW_S,
  exp: NOW_S + 3599,
  appid: APP,
  idtyp: 'app',
  oid: 'bbbbbbbb-2222-4333-8444-555555555555',
  roles: ['Group.Read.All'],
  sub: 'bbbbbbbb-2222-4333-8444-555555555555',
  tid: TENANT,
}

export const USER = parseObjectId('cccccccc-2222-4333-8444-555555555555')
/** What makes of these claims those of a token of a user. */
export const OF_USER: Json = { idtyp: undefined, roles: undefined, oid: USER, scp: 'Group.Read.All User.Read.All' }

export const rs256: Signer = input => sign('sha256', input, privateKey)
export const encode = (part: Json | string) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

/** A token with these very header and claims; text is taken as the JSON itself. `undefined` leaves a claim out. */
export function forge(claims: Json | string = {}, header: Json | string = {}, signer: Signer = rs256): string {
  const headerText = typeof header === 'string' ? header : { ...HEADER, ...header }
  const claimsText = typeof claims === 'string' ? claims : { ...CLAIMS, ...claims }
  const input = `${encode(headerText)}.${encode(claimsText)}`
  return `${input}.${signer(Buffer.from(input)).toString('base64url')}`
}

/** What of a check a test has otherwise than usual. */
export type OtherCheck = Partial<BearerCheck & { readonly ring: KeyRing; readonly bases: readonly string[] }>

/** The caller that a header proves where there is one tenant, with one user who can be signed in as. */
export function verify(
  authorization: string | undefined,
  { ring: keys = ring, bases = BASES, ...check }: OtherCheck = {},
): Promise<Caller> {
  const knownTenant = async (id: TenantId) => id === TENANT
  const person = async (tenant: TenantId, user: ObjectId) =>
    tenant === TENANT && user === USER ? { user, isGuest: false } : null
  return verifyBearer(authorization, {
    now: NOW,
    issuers: [localIssuer({ ring: () => keys, bases: () => bases })],
    knownTenant,
    person,
    verified: newVerifiedTokens(),
    ...check,
  })
}

export async function assertRefused(authorization: string | undefined, message: string, check: OtherCheck = {}) {
  await assert.rejects(verify(authorization, check), (error: unknown) => {
    assert.ok(error instanceof Problem, String(error))
    assert.equal(error.code, 'InvalidAuthenticationToken')
    assert.equal(error.message, message)
    return true
  })
}

export function assertAccepted(token: string, check: OtherCheck = {}): Promise<Caller> {
  return verify(`Bearer ${token}`, check)
}
