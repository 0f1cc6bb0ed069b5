import type { JWTPayload } from 'jose'
import { JOSEError, JWTClaimValidationFailed, JWTExpired } from 'jose/errors'
import { type JWTVerifyGetKey, jwtVerify } from 'jose/jwt/verify'
import { decodeBase64url } from '../../core/base64url.ts'
import { isGuid, type ObjectId, parseTenantId, type TenantId } from '../../core/id.ts'
import type { Caller } from '../caller.ts'
import type { Person } from '../person.ts'
import { checkTimes, isExpired, LEEWAY_S } from './claims.ts'
import type { TokenIssuer, TokenRules, VerificationKey } from './tokenIssuer.ts'
import {
  EMPTY,
  EXPIRED,
  MALFORMED,
  NO_PERSON,
  NOT_YET_VALID,
  refused,
  TokenProblem,
  unknownTenant,
  WRONG_AUDIENCE,
} from './tokenProblem.ts'
import type { SignedToken, VerifiedTokens } from './verifiedTokens.ts'

/** What a token is held to. */
export interface BearerCheck {
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  /** Those that are believed; no two of them are named alike. */
  readonly issuers: readonly TokenIssuer[]
  readonly knownTenant: (id: TenantId) => Promise<boolean>
  /** Null for a user that nobody can be signed in as. */
  readonly person: (tenant: TenantId, user: ObjectId) => Promise<Person | null>
  readonly verified: VerifiedTokens
}

/** A token whose signature is good: who signed it, and with what. */
interface Proof {
  readonly issuer: TokenIssuer
  readonly key: VerificationKey
  readonly claims: JWTPayload
}

const TOKEN_CHARACTERS_MAX = 8192
const COMPACT_JWS = /^([\w-]+\.([\w-]+))\.([\w-]+)$/

/**
 * The caller that an Authorization header proves: by an access token of one of the issuers, which is held to RFC 8725's
 * checks, with nothing left to what jose would accept by default.
 *
 * Throws `InvalidAuthenticationToken` for every other header, and for none; `serviceNotAvailable` where the keys of the
 * issuer are not known.
 */
export async function verifyBearer(authorization: string | undefined, check: BearerCheck): Promise<Caller> {
  const { now, knownTenant, person } = check
  const { issuer, key, claims } = await prove(readBearer(authorization), check)
  checkAudience(claims, issuer.rules)
  if (isExpired(claims, now)) throw expired(claims, issuer)
  if ('cnf' in claims) throw refused(MALFORMED, 'bound to a key (RFC 7800 §3), which no bearer shows')
  checkTimes(claims, now)
  const named = issuer.read(claims, key)
  if (!(await knownTenant(named.tenant))) throw unknownTenant()
  if (named.kind === 'app') return named
  const found = await person(named.tenant, named.user)
  if (found !== null) return { ...named, ...found }
  throw new TokenProblem(NO_PERSON, 'the user is not there, or disabled', issuer.signIn(named.tenant))
}

/** RFC 6750 §2.1: the scheme in any case, one blank, the token. */
function readBearer(authorization: string | undefined): SignedToken {
  const text = /^Bearer (.+)$/is.exec(authorization ?? '')?.[1]
  if (text === undefined) throw refused(EMPTY, 'no bearer token')
  const [, signed, payload, spelling] = (text.length <= TOKEN_CHARACTERS_MAX && COMPACT_JWS.exec(text)) || []
  if (signed === undefined || payload === undefined || spelling === undefined) {
    throw refused(MALFORMED, 'not a signed token in compact form')
  }
  // jose takes several spellings of one signature; each token has one text here.
  const signature = decodeBase64url(spelling)
  if (signature === null) throw refused(MALFORMED, 'the signature is not canonical base64url')
  return { text, signed, payload, signature }
}

/** Whether the claims hold now is not said by this, as a token may be remembered. */
async function prove(token: SignedToken, { now, issuers, verified }: BearerCheck): Promise<Proof> {
  const known = verified.find(token, now)
  const issuer = issuerOf(known?.claims ?? unprovenClaims(token), issuers)
  if (known !== null && (await issuer.keys.current()).includes(known.key)) return { issuer, ...known }
  let key: VerificationKey | null = null
  const keyOf: JWTVerifyGetKey = async ({ alg, kid }) => {
    key = typeof kid === 'string' ? await issuer.keys.find(kid) : null
    if (key === null) throw refused(MALFORMED, 'the signing key is not known')
    // One algorithm a key (RFC 8725 §3.1): jose takes another for a mistake of ours.
    if (key.publicJwk.alg !== alg) throw refused(MALFORMED, 'the key is for another algorithm')
    return key.publicJwk
  }
  const claims = await verify(token, keyOf, issuer, now)
  if (key === null) throw new Error('A token was verified without a key.')
  verified.remember(token, key, claims, now)
  return { issuer, key, claims }
}

/** Whose token it says to be: the issuer's own rules and keys are then what it is held to. */
function issuerOf(claims: unknown, issuers: readonly TokenIssuer[]): TokenIssuer {
  const iss: unknown = typeof claims === 'object' && claims !== null && 'iss' in claims ? claims.iss : null
  const issuer = typeof iss === 'string' ? issuers.find(({ isNamedBy }) => isNamedBy(iss)) : undefined
  if (issuer === undefined) throw refused(MALFORMED, 'the issuer is not one that is believed')
  return issuer
}

function unprovenClaims({ payload }: SignedToken): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  } catch {
    throw refused(MALFORMED, 'the claims are no JSON')
  }
}

async function verify(
  { text }: SignedToken,
  keyOf: JWTVerifyGetKey,
  issuer: TokenIssuer,
  now: number,
): Promise<JWTPayload> {
  const { algorithms, typ, claims, audiences } = issuer.rules
  try {
    const { payload } = await jwtVerify(text, keyOf, {
      algorithms: [...algorithms],
      typ,
      requiredClaims: [...claims],
      audience: [...audiences()],
      currentDate: new Date(now),
      clockTolerance: LEEWAY_S,
    })
    return payload
  } catch (error) {
    if (error instanceof JWTExpired) throw expired(error.payload, issuer)
    if (error instanceof JOSEError) throw refused(textFor(error), error.message)
    throw error
  }
}

function textFor(error: JOSEError): string {
  if (error instanceof JWTClaimValidationFailed && error.claim === 'aud') return WRONG_AUDIENCE
  if (error instanceof JWTClaimValidationFailed && error.claim === 'nbf' && error.reason === 'check_failed') {
    return NOT_YET_VALID
  }
  return MALFORMED
}

function checkAudience({ aud }: JWTPayload, { audiences, severalAudiences }: TokenRules): void {
  if (typeof aud !== 'string' && !severalAudiences) throw refused(WRONG_AUDIENCE, 'more than one audience')
  const named = typeof aud === 'string' ? [aud] : (aud ?? [])
  if (!audiences().some(ours => named.includes(ours))) throw refused(WRONG_AUDIENCE, 'another audience')
}

/** Of a token whose signature was verified: its holder only needs a new one. */
function expired({ tid }: JWTPayload, issuer: TokenIssuer): TokenProblem {
  const tenant = typeof tid === 'string' && isGuid(tid) ? parseTenantId(tid) : null
  return new TokenProblem(EXPIRED, 'expired', issuer.signIn(tenant))
}
