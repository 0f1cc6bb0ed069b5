import type { JWTPayload } from 'jose'
import { isGuid, parseTenantId, type TenantId } from '../../core/id.ts'
import type { AppCaller, NamedCaller, PersonCaller } from '../caller.ts'
import { guidClaim, namesClaim, personOf, rolesByWids, textClaim } from './claims.ts'
import type { IssuerKeys, SigningAlgorithm, TokenIssuer, VerificationKey } from './tokenIssuer.ts'
import { MALFORMED, PERSONAL, refused } from './tokenProblem.ts'

/** Microsoft Entra, or one that issues tokens as it does. */
export interface EntraPlace {
  readonly profile: 'entra'
  /** The authority: `https://login.microsoftonline.com`. */
  readonly base: string
  /** The one tenant that is believed; null for every tenant of the directory. */
  readonly tenant: TenantId | null
}

/**
 * The authorities of Microsoft Entra, each with the place that its tokens of version 1.0 name
 * (learn.microsoft.com, entra/identity-platform/authentication-national-cloud and access-tokens).
 */
export const ENTRA_AUTHORITIES: Readonly<Record<string, string>> = {
  'https://login.microsoftonline.com': 'https://sts.windows.net',
  'https://login.microsoftonline.us': 'https://sts.windows.net',
  'https://login.partner.microsoftonline.cn': 'https://sts.chinacloudapi.cn',
}

export const ENTRA_ALGORITHMS: readonly SigningAlgorithm[] = ['RS256']

/** The tenant of all personal accounts. */
const PERSONAL_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Claims of ID tokens (OpenID Connect Core 1.0 §2 and §3.3.2.11) that no access token has. */
const OF_ID_TOKENS = ['nonce', 'at_hash', 'c_hash']

type Version = '1.0' | '2.0'

/** What an `iss` says: the tenant that it names, and the version of the token. */
interface Named {
  readonly tenant: string
  readonly version: Version
}

/**
 * Tokens with the claims of Microsoft Entra's access tokens, of version 1.0 and 2.0
 * (learn.microsoft.com, entra/identity-platform/access-token-claims-reference and claims-validation).
 */
export function entraIssuer({ base, tenant }: EntraPlace, audiences: readonly string[], keys: IssuerKeys): TokenIssuer {
  const named = (iss: unknown): Named | null => {
    const found = typeof iss === 'string' ? namedBy(iss, base) : null
    return found !== null && (tenant === null || found.tenant === tenant) ? found : null
  }
  return {
    isNamedBy: iss => named(iss) !== null,
    keys,
    rules: {
      algorithms: ENTRA_ALGORITHMS,
      typ: 'JWT',
      claims: ['iss', 'aud', 'exp', 'nbf', 'iat', 'tid', 'sub', 'oid', 'ver'],
      audiences: () => audiences,
      severalAudiences: false,
    },
    read(claims, key) {
      const { version, tenant: of } = readIssuer(claims, named(claims.iss))
      checkKey(key, of, base)
      if (of === PERSONAL_TENANT) throw refused(PERSONAL, 'the tenant of personal accounts')
      const mark = OF_ID_TOKENS.find(name => name in claims)
      if (mark !== undefined) throw refused(MALFORMED, `an ID token, which has ${mark}`)
      const app = textClaim(claims, version === '1.0' ? 'appid' : 'azp')
      const caller = { tenant: parseTenantId(of), app }
      return { ...caller, ...('scp' in claims ? readPerson(claims) : readApp(claims)) } satisfies NamedCaller
    },
    signIn: of => `${base}/${tenant ?? of ?? 'organizations'}/oauth2/authorize`,
  }
}

function namedBy(iss: string, base: string): Named | null {
  const older = ENTRA_AUTHORITIES[base]
  const places: readonly { begin: string; end: string; version: Version }[] = [
    { begin: `${base}/`, end: '/v2.0', version: '2.0' },
    ...(older === undefined ? [] : [{ begin: `${older}/`, end: '/', version: '1.0' as const }]),
  ]
  for (const { begin, end, version } of places) {
    const tenant = iss.startsWith(begin) && iss.endsWith(end) ? iss.slice(begin.length, -end.length) : ''
    if (isGuid(tenant)) return { tenant, version }
  }
  return null
}

/** `iss`, `tid` and `ver` tell the same. */
function readIssuer(claims: JWTPayload, named: Named | null): Named {
  if (named === null || guidClaim(claims, 'tid') !== named.tenant) throw refused(MALFORMED, 'tid is not that of iss')
  if (textClaim(claims, 'ver') !== named.version) throw refused(MALFORMED, 'ver is not that of iss')
  return named
}

/**
 * A key that names an issuer signs for it alone: there are keys of single tenants, and one of personal accounts. Tokens
 * of version 1.0 have the keys of version 2.0, which name the issuer of that version.
 */
function checkKey({ issuer }: VerificationKey, tenant: string, base: string): void {
  if (issuer === undefined || issuer.replace('{tenantid}', tenant) === `${base}/${tenant}/v2.0`) return
  throw refused(MALFORMED, 'the key is that of another issuer')
}

/** `scp` is in access tokens of users alone. Their `roles` are those that the app has given them, and count for nothing. */
function readPerson(claims: JWTPayload): Pick<PersonCaller, 'kind' | 'user' | 'scopes' | 'directoryRoles'> {
  if ((claims['idtyp'] ?? 'user') !== 'user') throw refused(MALFORMED, "scopes in a token that is not a user's")
  return personOf(claims, 'scp', rolesByWids)
}

/** An app says so in `idtyp`, or is its own subject and has roles: an ID token has roles too, and another subject. */
function readApp(claims: JWTPayload): Pick<AppCaller, 'kind' | 'roles'> {
  const roles = new Set(namesClaim(claims, 'roles'))
  const isOwnSubject = textClaim(claims, 'sub') === guidClaim(claims, 'oid') && roles.size > 0
  if (claims['idtyp'] !== 'app' && !(claims['idtyp'] === undefined && isOwnSubject)) {
    throw refused(MALFORMED, 'neither scopes nor the token of an app')
  }
  return { kind: 'app', roles }
}
