import { createHash } from 'node:crypto'
import type { JWTPayload, ProtectedHeaderParameters } from 'jose'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { JOSEError, JWTClaimValidationFailed, JWTExpired } from 'jose/errors'
import { jwtVerify } from 'jose/jwt/verify'
import type { App, AppCertificate } from '../../store/store.ts'
import { OAuthRefusal } from './oauthRefusal.ts'
import { newPending, type Pending } from './pending.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface AssertionCheck {
  readonly app: App
  /** Whom it may be made for: names of the tenant's token endpoint and issuer. */
  readonly audiences: readonly string[]
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  /** Null where one may be sent again for as long as it lives, as MSAL does. */
  readonly used: UsedAssertions | null
}

/** Assertions that were used and have not ended. */
export type UsedAssertions = Pending<true>

const CHARACTERS_MAX = 8192
const LEEWAY_S = 60
/** MSAL's live for ten minutes, and that is what Entra's documents advise. */
const LIFE_MAX_S = 3600
const JTI_CHARACTERS_MAX = 256
const USED_MAX = 10_000
/** Of those that sign by an RSA key and SHA-256: MSAL takes the first beside `x5t`, the second beside `x5t#S256`. */
const ALGORITHMS = ['RS256', 'PS256']
/** RFC 7523 names none; the second is that of draft-ietf-oauth-rfc7523bis. */
const TYPES: readonly (string | undefined)[] = [undefined, 'JWT', 'client-authentication+jwt']

export function newUsedAssertions(): UsedAssertions {
  return newPending(USED_MAX, (LIFE_MAX_S + 2 * LEEWAY_S) * 1000)
}

/** The client id of whoever an assertion says that it is from; nothing of that is proven. Null for no assertion at all. */
export function claimedClient(assertion: string): string | null {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(assertion.slice(0, CHARACTERS_MAX + 1))?.[1] ?? ''
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    const named = typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : null
    return typeof named === 'string' ? named : null
  } catch {
    return null
  }
}

/**
 * Checks that an assertion is signed by a certificate of the app's, for us, now (`private_key_jwt`: RFC 7523 §3, OpenID
 * Connect Core §9; the header as Entra has it). Throws an `OAuthRefusal`, `invalid_client`.
 */
export async function verifyAssertion(assertion: string, check: AssertionCheck): Promise<void> {
  const { app, now } = check
  const certificate = certificateOf(readHeader(assertion), app, now)
  const claims = await readClaims(assertion, certificate, check)
  const { aud, exp = 0, iat = 0, jti } = claims
  if (typeof aud !== 'string') throw refused(700023, 'The assertion must have one audience.')
  const nowS = Math.floor(now / 1000)
  if (!Number.isSafeInteger(exp) || exp > nowS + LIFE_MAX_S + LEEWAY_S || iat > nowS + LEEWAY_S) {
    throw refused(700024, `The assertion must be made now, and live for ${LIFE_MAX_S / 60} minutes at the most.`)
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_CHARACTERS_MAX) {
    throw refused(50027, 'The assertion needs an id, the claim jti.')
  }
  if (check.used !== null) useOnce(`${app.clientId} ${jti}`, check.used, now)
}

function useOnce(name: string, used: UsedAssertions, now: number): void {
  const key = createHash('sha256').update(name).digest('base64url')
  if (used.get(key, now)) throw refused(700027, 'The assertion was used before: each is good once.')
  if (used.add(key, true, now)) return
  throw new OAuthRefusal('temporarily_unavailable', 90033, 'Too many assertions were used: try again later.')
}

function readHeader(assertion: string): ProtectedHeaderParameters {
  try {
    if (assertion.length > CHARACTERS_MAX) throw new TypeError('too long')
    const header = decodeProtectedHeader(assertion)
    if (TYPES.includes(header.typ)) return header
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
  throw refused(50027, 'The assertion is no signed JWT.')
}

/** The certificate that the header names by its thumbprint, or by both of them. */
function certificateOf(header: ProtectedHeaderParameters, { certificates }: App, now: number): AppCertificate {
  const { x5t: sha1 } = header
  const sha256 = header['x5t#S256']
  if (sha1 === undefined && sha256 === undefined) {
    throw refused(700027, 'The assertion names no certificate: its header needs x5t or x5t#S256.')
  }
  const found = certificates.find(
    known => (sha1 === undefined || known.sha1 === sha1) && (sha256 === undefined || known.thumbprint === sha256),
  )
  if (found === undefined) throw refused(700027, 'The certificate of the assertion is none of this app.')
  if (now >= found.notAfter) throw refused(700027, 'The certificate of the assertion has ended.')
  return found
}

async function readClaims(
  assertion: string,
  { publicJwk }: AppCertificate,
  { app, audiences, now }: AssertionCheck,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(
      assertion,
      { ...publicJwk },
      {
        algorithms: ALGORITHMS,
        issuer: app.clientId,
        subject: app.clientId,
        audience: [...audiences],
        requiredClaims: ['exp'],
        clockTolerance: LEEWAY_S,
        currentDate: new Date(now),
      },
    )
    return payload
  } catch (error) {
    if (error instanceof JWTExpired) throw refused(700024, 'The assertion has ended.')
    if (error instanceof JWTClaimValidationFailed && error.claim === 'nbf') {
      throw refused(700024, 'The assertion is not good yet.')
    }
    if (error instanceof JWTClaimValidationFailed && error.claim === 'aud') {
      throw refused(700023, `The audience of the assertion must be ${audiences[0]}.`)
    }
    if (error instanceof JWTClaimValidationFailed) {
      throw refused(50027, `The claim ${error.claim} of the assertion does not hold.`)
    }
    if (error instanceof JOSEError)
      throw refused(700027, 'The assertion is not signed by the certificate that it names.')
    throw error
  }
}

function refused(aadsts: number, message: string): OAuthRefusal {
  return new OAuthRefusal('invalid_client', aadsts, message)
}
