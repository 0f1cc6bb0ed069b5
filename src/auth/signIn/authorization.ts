import type { App, Store, Tenant } from '../../store/store.ts'
import { namedClient } from '../issuer/client.ts'
import { OAuthRefusal, refuseRepeated, required } from '../issuer/oauthRefusal.ts'
import { type GrantedScope, readScope } from '../issuer/scope.ts'
import { readChallenge } from './pkce.ts'
import { matchesRedirect, RESPONSE_MODES, type ReturnAddress } from './redirect.ts'

/** An app that asks for somebody to sign in (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1). */
export interface AuthorizationRequest {
  readonly tenant: Tenant
  readonly app: App
  readonly returnAddress: ReturnAddress
  /** As the app spelled it, and what of it is granted. */
  readonly scope: string
  readonly granted: GrantedScope
  readonly nonce: string | null
  readonly challenge: string | null
  /** Whom the app expects, by name; empty for nobody. */
  readonly loginHint: string
}

/** What is refused to the app, by the way on which an answer comes to it. */
export interface RefusedAuthorization {
  readonly refusal: OAuthRefusal
  readonly returnAddress: ReturnAddress
}

export interface AuthorizationParts {
  readonly form: URLSearchParams
  readonly tenant: Tenant
  readonly bases: readonly string[]
  readonly store: Pick<Store, 'app'>
}

const TEXT_CHARACTERS_MAX = 2_048

/**
 * Reads an authorization request. Until app and redirect URI are found to belong together nothing is sent to the latter:
 * then an `OAuthRefusal` is thrown, for the person to see. Whatever else is wrong is told to the app.
 */
export async function readAuthorization(
  parts: AuthorizationParts,
): Promise<AuthorizationRequest | RefusedAuthorization> {
  const { form, tenant, store } = parts
  for (const name of ['client_id', 'redirect_uri']) {
    if (form.getAll(name).length > 1) throw invalid(`The parameter '${name}' stands twice.`)
  }
  const app = await namedClient(required(form, 'client_id'), tenant, store)
  const redirectUri = required(form, 'redirect_uri')
  if (!app.redirectUris.some(registered => matchesRedirect(redirectUri, registered))) {
    throw new OAuthRefusal(
      'invalid_request',
      50011,
      `The redirect URI '${redirectUri}' is none of those of the app '${app.displayName}'.`,
    )
  }
  const mode = RESPONSE_MODES.find(known => known === form.get('response_mode')) ?? 'query'
  const returnAddress: ReturnAddress = { redirectUri, mode, state: form.get('state') }
  try {
    return { tenant, app, returnAddress, ...readRest(parts, app) }
  } catch (error) {
    if (error instanceof OAuthRefusal) return { refusal: error, returnAddress }
    throw error
  }
}

function readRest({ form, bases }: AuthorizationParts, app: App) {
  refuseRepeated(form)
  refuseOthers(form)
  const challenge = readChallenge(form)
  if (challenge === null && !provesItself(app)) {
    throw new OAuthRefusal('invalid_request', 9002325, 'An app that cannot prove itself needs a code_challenge.')
  }
  const scope = required(form, 'scope')
  const granted = readScope(scope, bases, app)
  return { scope, granted, challenge, nonce: form.get('nonce') || null, loginHint: form.get('login_hint') ?? '' }
}

/** What OpenID Connect has and is not offered here. */
function refuseOthers(form: URLSearchParams): void {
  if (required(form, 'response_type') !== 'code') {
    throw new OAuthRefusal('unsupported_response_type', 700054, 'The response_type must be code.')
  }
  const mode = form.get('response_mode')
  if (mode && !RESPONSE_MODES.some(known => known === mode)) {
    throw invalid(`The response_mode must be one of ${RESPONSE_MODES.join(', ')}.`)
  }
  if (form.has('request')) throw new OAuthRefusal('request_not_supported', 90023, 'Request objects are not read here.')
  if (form.has('request_uri')) {
    throw new OAuthRefusal('request_uri_not_supported', 90023, 'Request objects are not read here.')
  }
  if (form.get('prompt')?.split(' ').includes('none')) {
    throw new OAuthRefusal(
      'login_required',
      50058,
      'Nobody stays signed in here: people choose who they are each time.',
    )
  }
  for (const name of ['state', 'nonce', 'login_hint']) {
    if ((form.get(name) ?? '').length > TEXT_CHARACTERS_MAX) throw invalid(`The parameter '${name}' is too long.`)
  }
}

/** Whether it can: a code that it asks for without a challenge is then good with its proof alone. */
function provesItself({ secretHashes, certificates }: App): boolean {
  return secretHashes.length + certificates.length > 0
}

function invalid(message: string): OAuthRefusal {
  return new OAuthRefusal('invalid_request', 900144, message)
}
