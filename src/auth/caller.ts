import type { JWTPayload } from 'jose'
import { JOSEError, JWTClaimValidationFailed, JWTExpired } from 'jose/errors'
import { type JWTVerifyGetKey, jwtVerify } from 'jose/jwt/verify'
import { isGuid, parseTenantId, type TenantId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import { decodeBase64url } from './base64url.ts'
import { GRAPH_RESOURCE, issuerOf } from './issuer.ts'
import type { KeyRing } from './keyRing.ts'

/** Who asks: an app, in the tenant that its token was issued for, with the roles that it was granted. */
export interface Caller {
  readonly tenant: TenantId
  /** Its client id. */
  readonly app: string
  readonly roles: ReadonlySet<string>
}

/** Who asks without a token, where none is needed: nobody, in no tenant. */
export const NOBODY: Caller = { tenant: '' as TenantId, app: '', roles: new Set() }

export interface BearerCheck {
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  readonly ring: KeyRing
  /** Every spelling of the server's URL, without a slash at the end: issuers and audiences begin with one of them. */
  readonly bases: readonly string[]
  readonly knownTenant: (id: TenantId) => Promise<boolean>
}

/** How far the clocks of those who check and those who issue may be apart. */
const LEEWAY_S = 60
const LIFE_MAX_S = 86_400
const TOKEN_CHARACTERS_MAX = 8192
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.([\w-]+)$/

/** The texts that clients know (observed of real Graph). Why else a token was refused is told to the log alone, as the cause. */
const EMPTY = 'Access token is empty.'
const MALFORMED = 'CompactToken parsing failed with error code: 80049217'
const EXPIRED = 'Lifetime validation failed, the token is expired.'
const NOT_YET_VALID = 'Access token has expired or is not yet valid.'
const WRONG_AUDIENCE = 'Access token validation failure. Invalid audience.'

/**
 * The caller that an Authorization header proves. Only the local issuer's own access tokens for apps do: RFC 8725's
 * checks, with nothing left to what jose would accept by default.
 *
 * Throws `InvalidAuthenticationToken` for every other header, and for none.
 */
export async function verifyBearer(authorization: string | undefined, check: BearerCheck): Promise<Caller> {
  const token = bearerToken(authorization)
  const claims = await verifiedClaims(token, check)
  const caller = readCaller(claims, check)
  if (!(await check.knownTenant(caller.tenant))) throw refused(MALFORMED, 'the tenant is not known')
  return caller
}

/** The `WWW-Authenticate` of every 401: where a client gets a token, and the id that Graph's own tokens bear. */
export function wwwAuthenticate(base: string): string {
  const graph = '00000003-0000-0000-c000-000000000000'
  return `Bearer realm="", authorization_uri="${base}/common/oauth2/authorize", client_id="${graph}"`
}

/** RFC 6750 §2.1: the scheme in any case, one blank, the token. */
function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer (.+)$/is.exec(authorization ?? '')?.[1]
  if (token === undefined) throw refused(EMPTY, 'no bearer token')
  const signature = token.length <= TOKEN_CHARACTERS_MAX && COMPACT_JWS.exec(token)?.[1]
  if (!signature) throw refused(MALFORMED, 'not a signed token in compact form')
  // jose takes several spellings of one signature; each token has one text here.
  if (decodeBase64url(signature) === null) throw refused(MALFORMED, 'the signature is not canonical base64url')
  return token
}

/** The claims of a token that one of our keys signed and that is valid now. */
async function verifiedClaims(token: string, { now, ring, bases }: BearerCheck): Promise<JWTPayload> {
  const keyOf: JWTVerifyGetKey = ({ kid }) => {
    const key = ring.signing.find(key => key.kid === kid)
    if (!key) throw refused(MALFORMED, 'the signing key is not known')
    return key.publicJwk
  }
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: ['RS256'],
      typ: 'JWT',
      requiredClaims: ['iss', 'aud', 'exp', 'nbf', 'iat', 'tid', 'sub', 'oid', 'appid', 'idtyp'],
      audience: [GRAPH_RESOURCE, ...bases],
      currentDate: new Date(now),
      clockTolerance: LEEWAY_S,
    })
    return payload
  } catch (error) {
    if (error instanceof JOSEError) throw refused(textFor(error), error.message)
    throw error
  }
}

function textFor(error: JOSEError): string {
  if (error instanceof JWTExpired) return EXPIRED
  if (error instanceof JWTClaimValidationFailed && error.claim === 'aud') return WRONG_AUDIENCE
  if (error instanceof JWTClaimValidationFailed && error.claim === 'nbf' && error.reason === 'check_failed') {
    return NOT_YET_VALID
  }
  return MALFORMED
}

/** What jose leaves open: times that are whole and in order, one audience, and an issuer that is the tenant's own. */
function readCaller(claims: JWTPayload, { now, bases }: BearerCheck): Caller {
  if (typeof claims.aud !== 'string') throw refused(WRONG_AUDIENCE, 'more than one audience')
  const issuedAt = seconds(claims, 'iat')
  const expires = seconds(claims, 'exp')
  seconds(claims, 'nbf')
  if (issuedAt > Math.floor(now / 1000) + LEEWAY_S) throw refused(NOT_YET_VALID, 'issued in the future')
  if (expires <= issuedAt || expires - issuedAt > LIFE_MAX_S) throw refused(MALFORMED, 'the life is not within a day')

  const tenant = readTenant(claims)
  if (!bases.some(base => claims.iss === issuerOf(base, tenant)))
    throw refused(MALFORMED, 'not an issuer of the tenant')
  if (claims['idtyp'] !== 'app' || 'scp' in claims) throw refused(MALFORMED, "not an app's token")
  text(claims, 'sub')
  text(claims, 'oid')
  return { tenant, app: text(claims, 'appid'), roles: readRoles(claims) }
}

function readTenant(claims: JWTPayload): TenantId {
  const tid = text(claims, 'tid')
  if (!isGuid(tid) || tid !== tid.toLowerCase()) throw refused(MALFORMED, 'tid is not a GUID in lower case')
  return parseTenantId(tid)
}

/** An app without any role has a token all the same: what it asks for is then forbidden to it, not unknown. */
function readRoles(claims: JWTPayload): ReadonlySet<string> {
  const roles: unknown = claims['roles'] ?? []
  if (!Array.isArray(roles) || !roles.every(role => typeof role === 'string')) {
    throw refused(MALFORMED, 'roles is not a list of names')
  }
  return new Set(roles)
}

function seconds(claims: JWTPayload, name: 'exp' | 'iat' | 'nbf'): number {
  const value = claims[name]
  if (value === undefined || !Number.isSafeInteger(value)) throw refused(MALFORMED, `${name} is no time`)
  return value
}

function text(claims: JWTPayload, name: string): string {
  const value = claims[name]
  if (typeof value !== 'string' || value === '') throw refused(MALFORMED, `${name} is missing`)
  return value
}

function refused(message: string, reason: string): Problem {
  return new Problem('InvalidAuthenticationToken', message, { cause: reason })
}
