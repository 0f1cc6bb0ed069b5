import type { App, Store, Tenant } from '../../store/store.ts'
import { ASSERTION_TYPE, claimedClient, type UsedAssertions, verifyAssertion } from './clientAssertion.ts'
import { issuerOf, type Proof } from './issuer.ts'
import { OAuthRefusal, required } from './oauthRefusal.ts'
import { hashSecret, matchesSecret, newClientSecret } from './secret.ts'

/** An app that asks for tokens, and how it has proved that it is this app. */
export interface Client {
  readonly app: App
  readonly proof: Proof
}

/** A request of an app for tokens. */
export interface ClientRequest {
  readonly form: URLSearchParams
  /** The header of that name. */
  readonly authorization: string | undefined
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  /** Every spelling of the server's URL. */
  readonly bases: readonly string[]
  /** Whether apps of the demonstration are let in. */
  readonly demo: boolean
  readonly usedAssertions: UsedAssertions | null
  readonly store: Pick<Store, 'app'>
}

/** What a request brings as a proof; `value` is the secret or the assertion. */
type Credential =
  | { readonly id: string; readonly proof: 'none' }
  | { readonly id: string; readonly proof: 'secret' | 'certificate'; readonly value: string }

/** What the secret of an app that is not there is compared with, so that the answer takes as long as for one that is. */
const NOBODYS_HASH = hashSecret(newClientSecret())

/** The app that a request is from. An app that lies with people need not prove itself. Throws an `OAuthRefusal`. */
export async function authenticateClient(request: ClientRequest, tenant: Tenant): Promise<Client> {
  const credential = readCredential(request)
  const found = isPrintable(credential.id) ? await request.store.app(credential.id) : null
  const app = found !== null && found.tenant === tenant.id && (request.demo || !found.demo) ? found : null
  if (credential.proof === 'secret') return withSecret(credential.value, app)
  if (app === null) throw unknown()
  if (credential.proof === 'certificate') {
    const { now, bases, usedAssertions: used } = request
    const audiences = bases.flatMap(base => [`${base}/${tenant.id}/oauth2/v2.0/token`, issuerOf(base, tenant.id)])
    await verifyAssertion(credential.value, { app, audiences, now, used })
  } else if (!app.publicClient) {
    throw new OAuthRefusal('invalid_client', 7000216, 'The client must send its client_secret or a client_assertion.')
  }
  return { app, proof: credential.proof }
}

/** The app that a page or a device names, which proves nothing yet. Throws an `OAuthRefusal`. */
export async function namedClient(id: string, tenant: Tenant, store: Pick<Store, 'app'>): Promise<App> {
  const app = isPrintable(id) ? await store.app(id) : null
  if (app !== null && app.tenant === tenant.id) return app
  throw new OAuthRefusal('unauthorized_client', 700016, `There is no app '${id}' in this tenant.`)
}

/** One refusal, and the same work before it, for an unknown app, another tenant's app and a wrong secret. */
function withSecret(secret: string, app: App | null): Client {
  const hashes = app !== null && app.secretHashes.length > 0 ? app.secretHashes : [NOBODYS_HASH]
  const matching = hashes.filter(hash => matchesSecret(secret, hash))
  if (app === null || matching.length === 0) throw unknown()
  return { app, proof: 'secret' }
}

function unknown(): OAuthRefusal {
  return new OAuthRefusal('invalid_client', 7000215, 'The client is not known in this tenant, or its secret is wrong.')
}

/** The client's proof, in the body or in a Basic header and never twice (RFC 6749 §2.3). */
function readCredential({ form, authorization }: ClientRequest): Credential {
  const assertion = form.get('client_assertion')
  const secret = form.get('client_secret')
  if (authorization !== undefined) {
    const client = readBasic(authorization)
    const idInBody = form.get('client_id')
    if (secret || assertion || (idInBody && idInBody !== client.id)) throw twice()
    return client
  }
  if (assertion) {
    if (secret) throw twice()
    if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
      throw new OAuthRefusal('invalid_request', 900144, `The client_assertion_type must be ${ASSERTION_TYPE}.`)
    }
    const id = form.get('client_id') || claimedClient(assertion)
    if (id === null) throw new OAuthRefusal('invalid_client', 50027, 'The assertion is no signed JWT.')
    return { id, proof: 'certificate', value: assertion }
  }
  const id = required(form, 'client_id')
  return secret ? { id, proof: 'secret', value: secret } : { id, proof: 'none' }
}

function twice(): OAuthRefusal {
  return new OAuthRefusal('invalid_request', 90023, 'The client proves itself in more than one way.')
}

/** `base64(form-encoded id ":" form-encoded secret)`, RFC 6749 §2.3.1. */
function readBasic(authorization: string): Credential {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1]
  const pair = encoded && /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8'))
  const id = pair && formDecode(pair[1] ?? '')
  const value = pair && formDecode(pair[2] ?? '')
  if (typeof id !== 'string' || typeof value !== 'string' || value === '') {
    throw new OAuthRefusal('invalid_client', 7000216, 'The Authorization header holds no Basic credentials.')
  }
  return { id, proof: 'secret', value }
}

function formDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** RFC 6749 §A.1. A store need not be able to look up any other text. */
function isPrintable(clientId: string): boolean {
  return /^[\x20-\x7e]{1,200}$/.test(clientId)
}
