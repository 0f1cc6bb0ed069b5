import type { Store, Tenant } from '../../store/store.ts'
import { OAuthRefusal } from '../issuer/oauthRefusal.ts'
import { answerUrl, matchesRedirect } from './redirect.ts'

export interface EndSessionRequest {
  readonly form: URLSearchParams
  readonly tenant: Tenant
  readonly store: Pick<Store, 'apps'>
}

const STATE_CHARACTERS_MAX = 2_048

/**
 * Where an app wants a person to be sent after signing out (OpenID Connect RP-Initiated Logout 1.0 §2), which has to be
 * one of the redirect URIs of an app of the tenant, as MSAL does not say of which. Null for nowhere. Throws an
 * `OAuthRefusal` for any other address.
 */
export async function afterSignOut({ form, tenant, store }: EndSessionRequest): Promise<string | null> {
  const address = form.get('post_logout_redirect_uri')
  if (!address) return null
  const known = (await store.apps(tenant.id)).flatMap(({ redirectUris }) => redirectUris)
  if (!known.some(registered => matchesRedirect(address, registered))) {
    throw new OAuthRefusal(
      'invalid_request',
      50011,
      `You are signed out. The post_logout_redirect_uri '${address}' is none of those of the apps of this tenant.`,
    )
  }
  const state = (form.get('state') ?? '').slice(0, STATE_CHARACTERS_MAX)
  const answer = new URLSearchParams(state === '' ? {} : { state })
  return answerUrl({ redirectUri: address, mode: 'query', state: null }, answer)
}
