import type { ObjectId, TenantId } from '../../core/id.ts'
import type { Store, Tenant } from '../../store/store.ts'
import { directoryRolesNamed } from '../directoryRoles.ts'
import type { Client } from '../issuer/client.ts'
import {
  ACCESS_TOKEN_LIFE_S,
  type DelegatedTokenGrant,
  issueDelegatedToken,
  issueIdToken,
  issuerOf,
} from '../issuer/issuer.ts'
import { readScope } from '../issuer/scope.ts'
import type { KeyRing } from '../keys/keyRing.ts'
import { isSignable } from '../person.ts'
import { issueRefresh, nextRefresh, REFRESH_LIFE_S } from './refresh.ts'
import { type SignIn, signInEnded } from './signIn.ts'
import type { SignIns } from './signIns.ts'

export interface PersonTokenParts {
  readonly form: URLSearchParams
  readonly tenant: Tenant
  readonly base: string
  readonly bases: readonly string[]
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  readonly ring: KeyRing
  readonly signIns: SignIns
  readonly store: Pick<Store, 'read' | 'directoryRoles'>
}

/**
 * The tokens of a sign-in (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3), with what the app has and the person is by now.
 * Throws an `OAuthRefusal` for a sign-in that has ended, a person who cannot sign in any more, and a scope that is not
 * granted.
 */
export async function personTokens(signIn: SignIn, client: Client, parts: PersonTokenParts) {
  const { form, tenant, base, bases, now, ring, store } = parts
  const { app, proof } = client
  if (signIn.ended) throw signInEnded(50173, 'The sign-in has ended.')
  const isRefresh = form.get('grant_type') === 'refresh_token'
  // What the person saw is what a code is good for; MSAL asks for other scopes by the refresh token.
  const scope = readScope((isRefresh && form.get('scope')) || signIn.scope, bases, app)
  const user = await personNamed(tenant.id, signIn.user, store)
  if (user === null) throw signInEnded(50057, 'The user is deleted or disabled.')
  const { audience, openId } = scope
  const visible = [...openId].filter(name => name !== 'offline_access')
  const grant: DelegatedTokenGrant = {
    ...{ tenant: tenant.id, app, proof, audience, now, issuer: issuerOf(base, tenant.id), ring, user },
    scopes: [...scope.names, ...visible],
    signIn: signIn.id,
    directoryRoles: directoryRolesNamed(await store.directoryRoles(tenant.id, user.id)),
  }
  const refresh = refreshFor(signIn, openId.has('offline_access'), parts)
  return {
    token_type: 'Bearer',
    scope: [...scope.told, ...visible].join(' '),
    expires_in: ACCESS_TOKEN_LIFE_S,
    ext_expires_in: ACCESS_TOKEN_LIFE_S,
    access_token: await issueDelegatedToken(grant),
    ...(refresh !== null && { refresh_token: refresh, refresh_token_expires_in: REFRESH_LIFE_S }),
    ...(openId.has('openid') && { id_token: await issueIdToken({ ...grant, nonce: signIn.nonce }) }),
    // MSAL names accounts by it.
    ...(form.get('client_info') === '1' && { client_info: clientInfo(user.id, tenant.id) }),
  }
}

/** Whoever has one gets the next; else it takes `offline_access` (OpenID Connect Core §11). */
function refreshFor(
  signIn: SignIn,
  offline: boolean,
  { form, signIns: { refreshes }, now }: PersonTokenParts,
): string | null {
  if (form.get('grant_type') === 'refresh_token') return nextRefresh(form, signIn, refreshes, now)
  return offline ? issueRefresh(signIn, refreshes, now) : null
}

function clientInfo(uid: ObjectId, utid: TenantId): string {
  return Buffer.from(JSON.stringify({ uid, utid })).toString('base64url')
}

function personNamed(
  tenant: TenantId,
  id: ObjectId,
  store: Pick<Store, 'read'>,
): Promise<DelegatedTokenGrant['user'] | null> {
  return store.read(tenant, async snapshot => {
    const user = await snapshot.object(id)
    if (user === null || !isSignable(user)) return null
    const { displayName, userPrincipalName } = user.properties
    return { id, displayName: String(displayName), userPrincipalName: String(userPrincipalName) }
  })
}
