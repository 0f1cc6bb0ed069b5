import type { JWTPayload } from 'jose'
import { isGuid, parseTenantId } from '../../core/id.ts'
import type { AppCaller, NamedCaller, PersonCaller } from '../caller.ts'
import { GRAPH_RESOURCE, issuerOf } from '../issuer/issuer.ts'
import type { KeyRing } from '../keys/keyRing.ts'
import { guidClaim, namesClaim, personOf, rolesByWids, textClaim } from './claims.ts'
import type { TokenIssuer } from './tokenIssuer.ts'
import { MALFORMED, refused, SIGN_IN_ENDED } from './tokenProblem.ts'

/** What the local issuer is at the moment: its keys can be changed while it runs, its place is known once it listens. */
export interface LocalParts {
  readonly ring: () => KeyRing
  /** Every spelling of the server's URL, without a slash at the end: issuers and audiences begin with one of them. */
  readonly bases: () => readonly string[]
  /** Whether the sign-in of this id was ended; none was unless given. */
  readonly hasEnded?: (signIn: string) => boolean
}

/** The issuer that the server itself is. */
export function localIssuer({ ring, bases, hasEnded = () => false }: LocalParts): TokenIssuer {
  return {
    isNamedBy: iss => bases().some(base => isIssuerBelow(base, iss)),
    keys: {
      current: async () => ring().signing,
      find: async kid => ring().signing.find(key => key.kid === kid) ?? null,
    },
    rules: {
      algorithms: ['RS256'],
      typ: 'JWT',
      claims: ['iss', 'aud', 'exp', 'nbf', 'iat', 'tid', 'sub', 'oid', 'appid'],
      audiences: () => [GRAPH_RESOURCE, ...bases()],
      severalAudiences: false,
    },
    read: claims => {
      const { sid } = claims
      if (typeof sid === 'string' && hasEnded(sid)) throw refused(SIGN_IN_ENDED, 'the sign-in was ended')
      return readCaller(claims, bases())
    },
    signIn: tenant => `${bases()[0]}/${tenant ?? 'common'}/oauth2/authorize`,
  }
}

function isIssuerBelow(base: string, iss: string): boolean {
  const [tenant = '', version, ...others] = iss.startsWith(`${base}/`) ? iss.slice(base.length + 1).split('/') : []
  return isGuid(tenant) && version === 'v2.0' && others.length === 0
}

function readCaller(claims: JWTPayload, bases: readonly string[]): NamedCaller {
  const tenant = parseTenantId(guidClaim(claims, 'tid'))
  if (!bases.some(base => claims.iss === issuerOf(base, tenant))) {
    throw refused(MALFORMED, 'not an issuer of the tenant')
  }
  textClaim(claims, 'sub')
  const caller = { tenant, app: textClaim(claims, 'appid') }
  return claims['idtyp'] === 'app' ? { ...caller, ...readApp(claims) } : { ...caller, ...readPerson(claims) }
}

/** An app without any role has a token all the same: what it asks for is then forbidden to it, not unknown. */
function readApp(claims: JWTPayload): Pick<AppCaller, 'kind' | 'roles'> {
  if ('scp' in claims) throw refused(MALFORMED, "an app's token with scopes")
  textClaim(claims, 'oid')
  return { kind: 'app', roles: new Set(namesClaim(claims, 'roles')) }
}

/** Of a person the scopes count alone, and no `roles`. An ID token has none: it is no access token, whomever it is for. */
function readPerson(claims: JWTPayload): Pick<PersonCaller, 'kind' | 'user' | 'scopes' | 'directoryRoles'> {
  const { idtyp = 'user' } = claims
  if (idtyp !== 'user') throw refused(MALFORMED, 'neither the token of an app nor that of a user')
  return personOf(claims, 'scp', rolesByWids)
}
