import { createHash, randomBytes } from 'node:crypto'
import type { JSONWebKeySet, JWTPayload } from 'jose'
import { SignJWT } from 'jose/jwt/sign'
import { guidOf, type ObjectId, type TenantId } from '../../core/id.ts'
import type { App } from '../../store/store.ts'
import { DIRECTORY_ROLES, type DirectoryRole } from '../directoryRoles.ts'
import type { KeyRing } from '../keys/keyRing.ts'

/** The resource every Graph program asks a token for, whatever server it then talks to. */
export const GRAPH_RESOURCE = 'https://graph.microsoft.com'

/** Entra's usual life of an access token: an hour, less the second that the answer takes. */
export const ACCESS_TOKEN_LIFE_S = 3599

/** The `iss` of a tenant's tokens. `base` is the server's URL as the client sees it, without a slash at its end. */
export function issuerOf(base: string, tenant: TenantId): string {
  return `${base}/${tenant}/v2.0`
}

/** How an app proved itself, with what tokens tell of it (`appidacr`). */
const PROOFS = { none: '0', secret: '1', certificate: '2' } as const
export type Proof = keyof typeof PROOFS

export interface AccessTokenGrant {
  readonly tenant: TenantId
  readonly app: App
  /** The resource the token is for. */
  readonly audience: string
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  readonly issuer: string
  readonly ring: KeyRing
  /** By a secret unless given. */
  readonly proof?: Proof
}

/** An access token for an app by itself, with the claims of an Entra token of that kind. */
export function issueAccessToken(grant: AccessTokenGrant): Promise<string> {
  const { tenant, app, ring } = grant
  const principal = uuidFrom(tenant, app.clientId)
  return sign(ring, {
    ...commonClaims(grant),
    idtyp: 'app',
    oid: principal,
    roles: [...app.roles],
    sub: principal,
  })
}

/** What an app gets on behalf of a user who has signed in. */
export interface DelegatedTokenGrant extends AccessTokenGrant {
  readonly user: { readonly id: ObjectId; readonly displayName: string; readonly userPrincipalName: string }
  /** What the app may do for the user, by Graph's names; at least one. */
  readonly scopes: readonly string[]
  readonly directoryRoles: readonly DirectoryRole[]
  /** The id of the sign-in by whose end the token ends too; unless given it ends by itself. */
  readonly signIn?: string
}

/** An access token for an app on behalf of a user, with the claims of an Entra token of that kind. */
export function issueDelegatedToken(grant: DelegatedTokenGrant): Promise<string> {
  const { tenant, app, user, scopes, directoryRoles, signIn, ring } = grant
  return sign(ring, {
    ...commonClaims(grant),
    name: user.displayName,
    oid: user.id,
    preferred_username: user.userPrincipalName,
    scp: scopes.join(' '),
    ...(signIn !== undefined && { sid: signIn }),
    sub: uuidFrom(tenant, app.clientId, user.id),
    wids: directoryRoles.map(name => DIRECTORY_ROLES[name]),
  })
}

/** What tells an app who has signed in (OpenID Connect Core §2). It opens nothing: its audience is the app. */
export function issueIdToken(grant: DelegatedTokenGrant & { readonly nonce: string | null }): Promise<string> {
  const { tenant, app, user, nonce, ring } = grant
  return sign(ring, {
    ...timesOf({ ...grant, audience: app.clientId }),
    ...(nonce !== null && { nonce }),
    name: user.displayName,
    oid: user.id,
    preferred_username: user.userPrincipalName,
    sub: uuidFrom(tenant, app.clientId, user.id),
    tid: tenant,
    ver: '2.0',
  })
}

function timesOf({ audience, now, issuer }: Pick<AccessTokenGrant, 'audience' | 'now' | 'issuer'>) {
  const issuedAt = Math.floor(now / 1000)
  return { aud: audience, iss: issuer, iat: issuedAt, nbf: issuedAt, exp: issuedAt + ACCESS_TOKEN_LIFE_S }
}

function commonClaims(grant: AccessTokenGrant) {
  const { tenant, app, proof = 'secret' } = grant
  return {
    ...timesOf(grant),
    app_displayname: app.displayName,
    appid: app.clientId,
    appidacr: PROOFS[proof],
    azp: app.clientId,
    azpacr: PROOFS[proof],
    tid: tenant,
    uti: randomBytes(16).toString('base64url'),
    ver: '2.0',
  }
}

function sign({ signing: [key] }: KeyRing, claims: JWTPayload): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: key.kid }).sign(key.privateJwk)
}

/** The public halves of the signing keys, for those who check our tokens (RFC 7517 §5). */
export function jwks(ring: KeyRing): JSONWebKeySet {
  return { keys: ring.signing.map(key => ({ ...key.publicJwk })) }
}

/**
 * What stands for an app in its tenant, in `oid` and `sub`, or for a user before one app, in `sub`. It is made from the
 * names of all (a UUID of version 8, RFC 9562 §5.8), so that it stays the same without being kept.
 */
function uuidFrom(...names: readonly string[]): string {
  const bytes = createHash('sha256').update(names.join('/')).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return guidOf(bytes.toString('hex'))
}
