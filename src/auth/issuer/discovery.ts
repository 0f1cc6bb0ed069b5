import type { TenantId } from '../../core/id.ts'
import { GRAPH_RESOURCE, issuerOf } from './issuer.ts'
import { OPENID_SCOPES } from './scope.ts'

export interface Discovered {
  /** The server's URL as the client sees it, without a slash at its end. */
  readonly base: string
  readonly tenant: TenantId
  /** Whether people can sign in. */
  readonly signIn: boolean
}

/**
 * The OpenID discovery document of a tenant, at Entra's paths. MSAL does not go on without an `authorization_endpoint`;
 * that no response type but `none` is offered there says that nobody can sign in.
 */
export function openIdConfiguration({ base, tenant, signIn }: Discovered) {
  const oauth = `${base}/${tenant}/oauth2/v2.0`
  return {
    issuer: issuerOf(base, tenant),
    authorization_endpoint: `${oauth}/authorize`,
    token_endpoint: `${oauth}/token`,
    jwks_uri: `${base}/${tenant}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256'],
    ...(signIn ? ofSignIn(oauth) : WITHOUT_SIGN_IN),
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: [...(signIn ? OPENID_SCOPES : []), `${GRAPH_RESOURCE}/.default`, `${base}/.default`],
    claims_supported: ['aud', 'iss', 'iat', 'nbf', 'exp', 'appid', 'azp', 'idtyp', 'oid', 'roles', 'sub', 'tid', 'ver'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  }
}

const WITHOUT_SIGN_IN = { grant_types_supported: ['client_credentials'], response_types_supported: ['none'] }

function ofSignIn(oauth: string) {
  return {
    device_authorization_endpoint: `${oauth}/devicecode`,
    end_session_endpoint: `${oauth}/logout`,
    grant_types_supported: [
      'client_credentials',
      'authorization_code',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  }
}

/**
 * What MSAL asks before it trusts an authority that it does not know: whether there is one at an authorization endpoint,
 * and where that describes itself. The aliases are all the names of the server's host. Null for an endpoint elsewhere.
 */
export function instanceDiscovery(authorizationEndpoint: string, base: string, bases: readonly string[]) {
  const found = bases.find(known => authorizationEndpoint.startsWith(`${known}/`))
  const path = authorizationEndpoint.slice((found ?? '').length + 1)
  const tenant = /^([^/?#]+)\/oauth2\/(v2\.0\/)?authorize$/.exec(path)?.[1]
  if (found === undefined || tenant === undefined) return null
  const host = new URL(base).host
  return {
    tenant_discovery_endpoint: `${found}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: host,
        preferred_cache: host,
        aliases: [...new Set(bases.map(known => new URL(known).host))],
      },
    ],
  }
}
