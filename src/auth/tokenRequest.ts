import { randomUUID } from 'node:crypto'
import { isGuid } from '../core/id.ts'
import type { App, Store, Tenant } from '../store/store.ts'
import { ACCESS_TOKEN_LIFE_S, GRAPH_RESOURCE, issueAccessToken, issuerOf } from './issuer.ts'
import type { KeyRing } from './keyRing.ts'
import { hashSecret, matchesSecret, newClientSecret } from './secret.ts'
import { tenantNamed } from './tenantNamed.ts'

/** A POST to `/{tenant}/oauth2/v2.0/token`. */
export interface TokenRequest {
  /** The path's first segment, decoded: a tenant id or a domain of the tenant. */
  readonly tenant: string
  readonly form: URLSearchParams
  /** The header of that name. */
  readonly authorization: string | undefined
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  /** The server's URL as this request sees it, without a slash at its end. */
  readonly base: string
  /** Every spelling of the server's URL, `base` among them: each is a resource to ask tokens for. */
  readonly bases: readonly string[]
  readonly ring: KeyRing
  readonly store: Pick<Store, 'app' | 'tenant' | 'tenantOfDomain'>
}

export interface TokenAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

/** The `error` values of RFC 6749 §5.2 that are used here, and Entra's own for a tenant that is not there. */
const STATUSES = {
  invalid_request: 400,
  invalid_tenant: 400,
  invalid_scope: 400,
  unsupported_grant_type: 400,
  invalid_client: 401,
} as const

type TokenError = keyof typeof STATUSES

/** A refusal in the shapes of OAuth, which are not Graph's. `aadsts` is the number that Entra gives to the case. */
class TokenRefused extends Error {
  readonly error: TokenError
  readonly aadsts: number

  constructor(error: TokenError, aadsts: number, message: string) {
    super(message)
    this.error = error
    this.aadsts = aadsts
  }
}

interface Client {
  readonly id: string
  readonly secret: string
}

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** What the secret of an app that is not there is compared with, so that the answer takes as long as for one that is. */
const NOBODYS_HASH = hashSecret(newClientSecret())

/** The client credentials grant (RFC 6749 §4.4) as Entra speaks it. */
export async function answerTokenRequest(request: TokenRequest): Promise<TokenAnswer> {
  try {
    const tenant = await findTenant(request)
    refuseRepeated(request.form)
    const grantType = required(request.form, 'grant_type')
    if (grantType !== 'client_credentials') {
      throw new TokenRefused('unsupported_grant_type', 70003, 'The only grant_type here is client_credentials.')
    }
    const client = readClient(request)
    const scope = required(request.form, 'scope')
    const app = await authenticate(client, tenant, request.store)
    const audience = readAudience(scope, request.bases)
    const issuer = issuerOf(request.base, tenant.id)
    const { now, ring } = request
    const accessToken = await issueAccessToken({ tenant: tenant.id, app, audience, now, issuer, ring })
    return {
      status: 200,
      headers: NO_STORE,
      body: {
        token_type: 'Bearer',
        expires_in: ACCESS_TOKEN_LIFE_S,
        ext_expires_in: ACCESS_TOKEN_LIFE_S,
        access_token: accessToken,
      },
    }
  } catch (error) {
    if (error instanceof TokenRefused) return refusalAnswer(error, request)
    throw error
  }
}

async function findTenant({ tenant, store }: TokenRequest): Promise<Tenant> {
  const found = await tenantNamed(tenant, store)
  if (!found) throw new TokenRefused('invalid_tenant', 90002, `Tenant '${tenant}' not found.`)
  return found
}

/** RFC 6749 §3.2: no parameter stands twice, whether we know it or not. */
function refuseRepeated(form: URLSearchParams): void {
  const names = new Set<string>()
  for (const name of form.keys()) {
    if (names.has(name)) throw new TokenRefused('invalid_request', 9000411, `The parameter '${name}' stands twice.`)
    names.add(name)
  }
}

/** RFC 6749 §3.2: a parameter without a value counts as left out. */
function required(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (!value) throw new TokenRefused('invalid_request', 900144, `The request body lacks the parameter '${name}'.`)
  return value
}

/** The client's id and secret from the body or from a Basic header, never from both (RFC 6749 §2.3). */
function readClient({ form, authorization }: TokenRequest): Client {
  if (authorization === undefined) return withSecret(required(form, 'client_id'), form.get('client_secret'))
  const client = readBasic(authorization)
  const idInBody = form.get('client_id')
  if (form.get('client_secret') || (idInBody && idInBody !== client.id)) {
    throw new TokenRefused('invalid_request', 90023, 'The client names itself in the body and in the header.')
  }
  return withSecret(client.id, client.secret)
}

function withSecret(id: string, secret: string | null): Client {
  if (!secret) throw new TokenRefused('invalid_client', 7000216, 'The client must send its client_secret.')
  return { id, secret }
}

/** `base64(form-encoded id ":" form-encoded secret)`, RFC 6749 §2.3.1. */
function readBasic(authorization: string): Client {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1]
  const pair = encoded && /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8'))
  const id = pair && formDecode(pair[1] ?? '')
  const secret = pair && formDecode(pair[2] ?? '')
  if (typeof id !== 'string' || typeof secret !== 'string') {
    throw new TokenRefused('invalid_client', 7000216, 'The Authorization header holds no Basic credentials.')
  }
  return { id, secret }
}

function formDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** One refusal, and the same work before it, for an unknown app, another tenant's app and a wrong secret. */
async function authenticate(client: Client, tenant: Tenant, store: TokenRequest['store']): Promise<App> {
  const app = isPrintable(client.id) ? await store.app(client.id) : null
  const hashes = app && app.secretHashes.length > 0 ? app.secretHashes : [NOBODYS_HASH]
  const matching = hashes.filter(hash => matchesSecret(client.secret, hash))
  if (!app || app.tenant !== tenant.id || matching.length === 0) {
    throw new TokenRefused('invalid_client', 7000215, 'The client is not known in this tenant, or its secret is wrong.')
  }
  return app
}

/** RFC 6749 §A.1. A store need not be able to look up any other text. */
function isPrintable(clientId: string): boolean {
  return /^[\x20-\x7e]{1,200}$/.test(clientId)
}

/** The resource of a scope that is exactly `<resource>/.default`. A slash at the resource's end is not part of it. */
function readAudience(scope: string, bases: readonly string[]): string {
  const resource = /^(\S+)\/\.default$/.exec(scope)?.[1]?.replace(/\/$/, '')
  const audience = [GRAPH_RESOURCE, ...bases].find(known => known === resource)
  if (audience !== undefined) return audience
  const allowed = [GRAPH_RESOURCE, ...bases].map(known => `${known}/.default`).join(' or ')
  throw new TokenRefused('invalid_scope', 70011, `The scope must be ${allowed}.`)
}

function refusalAnswer(
  { error, aadsts, message }: TokenRefused,
  { form, authorization, now }: TokenRequest,
): TokenAnswer {
  const correlationId = form.get('client-request-id') ?? ''
  const status = STATUSES[error]
  return {
    status,
    headers: {
      ...NO_STORE,
      // Asked for where the client tried that header (RFC 6749 §5.2).
      ...(status === 401 && authorization !== undefined && { 'www-authenticate': 'Basic realm="tidemark"' }),
    },
    body: {
      error,
      error_description: describe(`AADSTS${aadsts}: ${message}`),
      error_codes: [aadsts],
      timestamp: new Date(now).toISOString().replace(/T(.*)\..*/, ' $1Z'),
      trace_id: randomUUID(),
      correlation_id: isGuid(correlationId) ? correlationId : randomUUID(),
    },
  }
}

/** The characters that RFC 6749 §5.2 allows in a description, which may quote what the client sent. */
function describe(text: string): string {
  return text.slice(0, 500).replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')
}
