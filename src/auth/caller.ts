import type { JWTPayload } from 'jose'
import { JOSEError, JWTClaimValidationFailed, JWTExpired } from 'jose/errors'
import { type JWTVerifyGetKey, jwtVerify } from 'jose/jwt/verify'
import { decodeBase64url } from '../core/base64url.ts'
import { isGuid, type ObjectId, parseObjectId, parseTenantId, type TenantId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import { type DirectoryRole, directoryRolesOf } from './directoryRoles.ts'
import { GRAPH_RESOURCE, issuerOf } from './issuer.ts'
import type { KeyRing, SigningKey } from './keyRing.ts'
import type { Person } from './person.ts'
import type { SignedToken, VerifiedTokens } from './verifiedTokens.ts'

/** An app that asks by itself, in the tenant that its token was issued for, with the roles that it was granted. */
export interface AppCaller {
  readonly kind: 'app'
  readonly tenant: TenantId
  /** Its client id. */
  readonly app: string
  readonly roles: ReadonlySet<string>
}

/** A person of the tenant who asks through an app. */
export interface PersonCaller extends Person {
  readonly kind: 'person'
  readonly tenant: TenantId
  /** The app's client id. */
  readonly app: string
  /** What the app was granted on behalf of people. */
  readonly scopes: ReadonlySet<string>
  /** Those that the token names: one that is taken away counts until the token ends. */
  readonly directoryRoles: ReadonlySet<DirectoryRole>
}

/** Who asks. */
export type Caller = AppCaller | PersonCaller

/** Who asks without a token, where none is needed: nobody, in no tenant. */
export const NOBODY: Caller = { kind: 'app', tenant: '' as TenantId, app: '', roles: new Set() }

export interface BearerCheck {
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  readonly ring: KeyRing
  /** Every spelling of the server's URL, without a slash at the end: issuers and audiences begin with one of them. */
  readonly bases: readonly string[]
  readonly knownTenant: (id: TenantId) => Promise<boolean>
  /** Null for a user that nobody can be signed in as. */
  readonly person: (tenant: TenantId, user: ObjectId) => Promise<Person | null>
  readonly verified: VerifiedTokens
}

/** How far the clocks of those who check and those who issue may be apart. */
const LEEWAY_S = 60
const LIFE_MAX_S = 86_400
const TOKEN_CHARACTERS_MAX = 8192
/** RFC 6749 §3.3: names with one blank between. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/
const COMPACT_JWS = /^([\w-]+\.[\w-]+)\.([\w-]+)$/

/** The texts that clients know (observed of real Graph). Why else a token was refused is told to the log alone, as the cause. */
const EMPTY = 'Access token is empty.'
const MALFORMED = 'CompactToken parsing failed with error code: 80049217'
const EXPIRED = 'Lifetime validation failed, the token is expired.'
const NOT_YET_VALID = 'Access token has expired or is not yet valid.'
const WRONG_AUDIENCE = 'Access token validation failure. Invalid audience.'
/** Ours: of such a token Graph's documents do not tell. */
const NO_PERSON = 'The user of the access token is deleted or disabled.'

/**
 * The caller that an Authorization header proves. Only the local issuer's own access tokens do: RFC 8725's checks, with
 * nothing left to what jose would accept by default.
 *
 * Throws `InvalidAuthenticationToken` for every other header, and for none.
 */
export async function verifyBearer(authorization: string | undefined, check: BearerCheck): Promise<Caller> {
  const token = bearerToken(authorization)
  const claims = await verifiedClaims(token, check)
  const proven = readCaller(claims, check)
  if (!(await check.knownTenant(proven.tenant))) throw refused(MALFORMED, 'the tenant is not known')
  if (proven.kind === 'app') return proven
  const person = await check.person(proven.tenant, proven.user)
  if (person === null) throw new TokenProblem(NO_PERSON, 'the user is not there, or disabled', proven.tenant)
  return { ...proven, ...person }
}

/** The refusal of a token. `tenant` is that of one which is ours and good no longer; null where nothing of it is proven. */
export class TokenProblem extends Problem {
  readonly tenant: TenantId | null

  constructor(message: string, reason: string, tenant: TenantId | null) {
    super('InvalidAuthenticationToken', message, { cause: reason })
    this.tenant = tenant
  }
}

/** The `WWW-Authenticate` of every 401: where a client gets a token, and the id that Graph's own tokens bear. */
export function wwwAuthenticate(base: string, tenant: TenantId | null): string {
  const graph = '00000003-0000-0000-c000-000000000000'
  return `Bearer realm="", authorization_uri="${base}/${tenant ?? 'common'}/oauth2/authorize", client_id="${graph}"`
}

/** RFC 6750 §2.1: the scheme in any case, one blank, the token. */
function bearerToken(authorization: string | undefined): SignedToken {
  const text = /^Bearer (.+)$/is.exec(authorization ?? '')?.[1]
  if (text === undefined) throw refused(EMPTY, 'no bearer token')
  const [, signed, spelling] = (text.length <= TOKEN_CHARACTERS_MAX && COMPACT_JWS.exec(text)) || []
  if (signed === undefined || spelling === undefined) throw refused(MALFORMED, 'not a signed token in compact form')
  // jose takes several spellings of one signature; each token has one text here.
  const signature = decodeBase64url(spelling)
  if (signature === null) throw refused(MALFORMED, 'the signature is not canonical base64url')
  return { text, signed, signature }
}

/** The claims of a token that one of our keys signed. Whether they hold now `readCaller` says, also of a remembered one. */
async function verifiedClaims(token: SignedToken, { now, ring, bases, verified }: BearerCheck): Promise<JWTPayload> {
  const known = verified.claimsOf(token, ring, now)
  if (known !== null) return known
  let key: SigningKey | undefined
  const keyOf: JWTVerifyGetKey = ({ kid }) => {
    key = ring.signing.find(key => key.kid === kid)
    if (!key) throw refused(MALFORMED, 'the signing key is not known')
    return key.publicJwk
  }
  try {
    const { payload } = await jwtVerify(token.text, keyOf, {
      algorithms: ['RS256'],
      typ: 'JWT',
      requiredClaims: ['iss', 'aud', 'exp', 'nbf', 'iat', 'tid', 'sub', 'oid', 'appid'],
      audience: audiences(bases),
      currentDate: new Date(now),
      clockTolerance: LEEWAY_S,
    })
    if (key !== undefined) verified.remember(token, key, payload, now)
    return payload
  } catch (error) {
    if (error instanceof JWTExpired) throw expired(error.payload)
    if (error instanceof JOSEError) throw refused(textFor(error), error.message)
    throw error
  }
}

function audiences(bases: readonly string[]): string[] {
  return [GRAPH_RESOURCE, ...bases]
}

function textFor(error: JOSEError): string {
  if (error instanceof JWTClaimValidationFailed && error.claim === 'aud') return WRONG_AUDIENCE
  if (error instanceof JWTClaimValidationFailed && error.claim === 'nbf' && error.reason === 'check_failed') {
    return NOT_YET_VALID
  }
  return MALFORMED
}

/**
 * What is checked at every use: that the token is valid now and here, and what jose leaves open: times that are whole
 * and in order, one audience, and an issuer that is the tenant's own.
 */
function readCaller(claims: JWTPayload, { now, bases }: BearerCheck): AppCaller | Omit<PersonCaller, 'isGuest'> {
  if (typeof claims.aud !== 'string') throw refused(WRONG_AUDIENCE, 'more than one audience')
  if (!audiences(bases).includes(claims.aud)) throw refused(WRONG_AUDIENCE, 'another audience')
  const issuedAt = seconds(claims, 'iat')
  const expires = seconds(claims, 'exp')
  const nowS = Math.floor(now / 1000)
  if (seconds(claims, 'nbf') > nowS + LEEWAY_S) throw refused(NOT_YET_VALID, 'not yet valid')
  if (expires <= nowS - LEEWAY_S) throw expired(claims)
  if (issuedAt > nowS + LEEWAY_S) throw refused(NOT_YET_VALID, 'issued in the future')
  if (expires <= issuedAt || expires - issuedAt > LIFE_MAX_S) throw refused(MALFORMED, 'the life is not within a day')

  const tenant = parseTenantId(guid(claims, 'tid'))
  if (!bases.some(base => claims.iss === issuerOf(base, tenant)))
    throw refused(MALFORMED, 'not an issuer of the tenant')
  text(claims, 'sub')
  const caller = { tenant, app: text(claims, 'appid') }
  return claims['idtyp'] === 'app' ? { ...caller, ...readApp(claims) } : { ...caller, ...readPerson(claims) }
}

/** An app without any role has a token all the same: what it asks for is then forbidden to it, not unknown. */
function readApp(claims: JWTPayload): Pick<AppCaller, 'kind' | 'roles'> {
  if ('scp' in claims) throw refused(MALFORMED, "an app's token with scopes")
  text(claims, 'oid')
  return { kind: 'app', roles: new Set(readNames(claims, 'roles')) }
}

/** Of a person the scopes count alone, and no `roles`. An ID token has none: it is no access token, whomever it is for. */
function readPerson(claims: JWTPayload): Pick<PersonCaller, 'kind' | 'user' | 'scopes' | 'directoryRoles'> {
  const { idtyp = 'user', scp } = claims
  if (idtyp !== 'user') throw refused(MALFORMED, 'neither the token of an app nor that of a user')
  if (typeof scp !== 'string' || !SCOPES.test(scp)) throw refused(MALFORMED, 'scp is no list of scopes')
  const user = guid(claims, 'oid')
  return {
    kind: 'person',
    user: parseObjectId(user),
    scopes: new Set(scp.split(' ')),
    directoryRoles: directoryRolesOf(readNames(claims, 'wids')),
  }
}

function readNames(claims: JWTPayload, name: 'roles' | 'wids'): readonly string[] {
  const names: unknown = claims[name] ?? []
  if (!Array.isArray(names) || !names.every(entry => typeof entry === 'string')) {
    throw refused(MALFORMED, `${name} is not a list of names`)
  }
  return names
}

/** A GUID has one spelling in tokens. */
function guid(claims: JWTPayload, name: 'tid' | 'oid'): string {
  const value = text(claims, name)
  if (!isGuid(value) || value !== value.toLowerCase()) throw refused(MALFORMED, `${name} is not a GUID in lower case`)
  return value
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
  return new TokenProblem(message, reason, null)
}

/** Of a token whose signature was verified: its holder only needs a new one. */
function expired({ tid }: JWTPayload): Problem {
  return new TokenProblem(EXPIRED, 'expired', typeof tid === 'string' && isGuid(tid) ? parseTenantId(tid) : null)
}
