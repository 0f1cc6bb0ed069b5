import type { JWTPayload } from 'jose'
import type { TenantId } from '../../core/id.ts'
import type { AppCaller, NamedCaller, PersonCaller } from '../caller.ts'
import { DIRECTORY_ROLE_NAMES, DIRECTORY_ROLES, type DirectoryRole } from '../directoryRoles.ts'
import { namesClaim, personOf, scopesClaim, textClaim } from './claims.ts'
import type { IssuerKeys, SigningAlgorithm, TokenIssuer } from './tokenIssuer.ts'
import { MALFORMED, refused } from './tokenProblem.ts'

/** An issuer of access tokens by RFC 9068. */
export interface StandardPlace {
  readonly profile: 'standard'
  /** The `iss` of its tokens, character by character. */
  readonly url: string
  /** The one tenant for which it speaks: no claim of RFC 9068 names one. */
  readonly tenant: TenantId
}

export const STANDARD_ALGORITHMS: readonly SigningAlgorithm[] = ['RS256', 'PS256', 'ES256']

/** Tokens by RFC 9068, of people with the `oid` that they have in the directory. */
export function standardIssuer(
  { url, tenant }: StandardPlace,
  audiences: readonly string[],
  keys: IssuerKeys,
): TokenIssuer {
  return {
    isNamedBy: iss => iss === url,
    keys,
    rules: {
      algorithms: STANDARD_ALGORITHMS,
      typ: 'at+jwt',
      claims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
      audiences: () => audiences,
      severalAudiences: true,
    },
    read(claims) {
      if (claims.iss !== url) throw refused(MALFORMED, 'another issuer')
      if (claims['tid'] !== undefined && claims['tid'] !== tenant) throw refused(MALFORMED, 'tid is another tenant')
      const caller = { tenant, app: textClaim(claims, 'client_id') }
      return { ...caller, ...('oid' in claims ? readPerson(claims) : readApp(claims)) } satisfies NamedCaller
    },
    signIn: () => url,
  }
}

/** Roles are those of RFC 9068 §2.2.3.1: of the user, in the directory. */
function readPerson(claims: JWTPayload): Pick<PersonCaller, 'kind' | 'user' | 'scopes' | 'directoryRoles'> {
  if (claims.sub === claims['client_id']) throw refused(MALFORMED, 'a user whose subject is the app')
  textClaim(claims, 'sub')
  return personOf(claims, 'scope', rolesByName)
}

/**
 * An app is its own subject (RFC 9068 §2.2). Any other token without `oid` is of a user who cannot be told: it is refused
 * and not taken for that of an app, which needs no directory role.
 */
function readApp(claims: JWTPayload): Pick<AppCaller, 'kind' | 'roles'> {
  if (textClaim(claims, 'sub') !== claims['client_id'])
    throw refused(MALFORMED, 'neither an app nor a user with an oid')
  return { kind: 'app', roles: new Set('scope' in claims ? scopesClaim(claims, 'scope') : []) }
}

/** By name or by template id; others are passed over. */
function rolesByName(claims: JWTPayload): ReadonlySet<DirectoryRole> {
  const named = namesClaim(claims, 'roles')
  return new Set(DIRECTORY_ROLE_NAMES.filter(name => named.includes(name) || named.includes(DIRECTORY_ROLES[name])))
}
