import type { Store, Tenant } from '../store/store.ts'
import { authenticateClient, type Client, type ClientRequest } from './issuer/client.ts'
import { ACCESS_TOKEN_LIFE_S, issueAccessToken, issuerOf } from './issuer/issuer.ts'
import { answerOAuth, type OAuthAnswer, OAuthRefusal, refuseRepeated, required } from './issuer/oauthRefusal.ts'
import { readAudience } from './issuer/scope.ts'
import type { KeyRing } from './keys/keyRing.ts'
import { redeemCode } from './signIn/code.ts'
import { redeemDevice } from './signIn/device.ts'
import { personTokens } from './signIn/personTokens.ts'
import { redeemRefresh } from './signIn/refresh.ts'
import type { SignIns } from './signIn/signIns.ts'
import { tenantNamed } from './tenantNamed.ts'

/** A POST to `/{tenant}/oauth2/v2.0/token`. */
export interface TokenRequest extends Omit<ClientRequest, 'demo' | 'store'> {
  /** The path's first segment, decoded: a tenant id or a domain of the tenant. */
  readonly tenant: string
  /** The server's URL as this request sees it, without a slash at its end. One of `bases`, each a resource to ask tokens for. */
  readonly base: string
  readonly ring: KeyRing
  /** Null where nobody can sign in: on all but a demonstration. */
  readonly signIns: SignIns | null
  readonly store: Pick<Store, 'app' | 'tenant' | 'tenantOfDomain' | 'read' | 'directoryRoles'>
}

/** The token endpoint (RFC 6749 §3.2) as Entra speaks it. */
export function answerTokenRequest(request: TokenRequest): Promise<OAuthAnswer> {
  return answerOAuth(request, () => tokensFor(request))
}

/** The tenant that the path names. Throws an `OAuthRefusal`. */
export async function findTenant({ tenant, store }: Pick<TokenRequest, 'tenant' | 'store'>): Promise<Tenant> {
  const found = await tenantNamed(tenant, store)
  if (!found) throw new OAuthRefusal('invalid_tenant', 90002, `Tenant '${tenant}' not found.`)
  return found
}

async function tokensFor(request: TokenRequest): Promise<OAuthAnswer['body']> {
  const tenant = await findTenant(request)
  const { form, signIns, now } = request
  refuseRepeated(form)
  const grantType = required(form, 'grant_type')
  const authenticated = () => authenticateClient({ ...request, demo: signIns !== null }, tenant)
  if (grantType === 'client_credentials') return appToken(request, tenant, authenticated)
  const redeem = REDEMPTIONS.get(grantType)
  if (redeem === undefined || signIns === null) throw unsupported(signIns !== null)
  const client = await authenticated()
  return personTokens(redeem(client, signIns, form, now), client, { ...request, signIns, tenant })
}

/** How a sign-in is found, by grant type. MSAL writes that of devices without its URN. */
const REDEMPTIONS: ReadonlyMap<string, Redemption> = new Map<string, Redemption>([
  ['authorization_code', (client, signIns, form, now) => redeemCode(form, client, signIns, now)],
  ['refresh_token', (client, signIns, form, now) => redeemRefresh(form, client, signIns, now)],
  ['urn:ietf:params:oauth:grant-type:device_code', ofDevice],
  ['device_code', ofDevice],
])

type Redemption = (
  client: Client,
  signIns: SignIns,
  form: URLSearchParams,
  now: number,
) => ReturnType<typeof redeemCode>

function ofDevice(client: Client, { devices }: SignIns, form: URLSearchParams, now: number) {
  return redeemDevice(form, client, devices, now)
}

function unsupported(people: boolean): OAuthRefusal {
  const message = people
    ? 'The grant_type must be client_credentials, authorization_code, refresh_token or device_code.'
    : 'The only grant_type here is client_credentials.'
  return new OAuthRefusal('unsupported_grant_type', 70003, message)
}

/** The client credentials grant (RFC 6749 §4.4): only who proves itself asks by itself. */
async function appToken(request: TokenRequest, tenant: Tenant, authenticated: () => Promise<Client>) {
  const { form, base, bases, now, ring } = request
  const scope = required(form, 'scope')
  const { app, proof } = await authenticated()
  if (proof === 'none') {
    throw new OAuthRefusal('invalid_client', 7000216, 'The client must send its client_secret or a client_assertion.')
  }
  const audience = readAudience(scope, bases)
  const issuer = issuerOf(base, tenant.id)
  return {
    token_type: 'Bearer',
    expires_in: ACCESS_TOKEN_LIFE_S,
    ext_expires_in: ACCESS_TOKEN_LIFE_S,
    access_token: await issueAccessToken({ tenant: tenant.id, app, proof, audience, now, issuer, ring }),
  }
}
