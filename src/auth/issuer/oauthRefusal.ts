import { randomUUID } from 'node:crypto'
import { isGuid } from '../../core/id.ts'

/**
 * The `error` values that are used here, of RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5 and OpenID Connect Core §3.1.2.6, and
 * Entra's own for a tenant that is not there; with the status of an answer that is not sent by redirection.
 */
const STATUSES = {
  invalid_request: 400,
  invalid_tenant: 400,
  invalid_scope: 400,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
  access_denied: 400,
  login_required: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  invalid_client: 401,
  temporarily_unavailable: 503,
} as const

export type OAuthError = keyof typeof STATUSES

/** A refusal in the shapes of OAuth, which are not Graph's. `aadsts` is the number that Entra gives to the case. */
export class OAuthRefusal extends Error {
  readonly error: OAuthError
  readonly aadsts: number
  /** What MSAL takes for the end of a sign-in: its program then asks the person again. Null for any other refusal. */
  readonly suberror: 'bad_token' | null

  constructor(error: OAuthError, aadsts: number, message: string, suberror: 'bad_token' | null = null) {
    super(message)
    this.error = error
    this.aadsts = aadsts
    this.suberror = suberror
  }
}

export interface OAuthAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' } as const

/** What of a request its refusal tells again. `now` is in milliseconds since 1970 UTC. */
export interface Refused {
  readonly form: URLSearchParams
  readonly authorization: string | undefined
  readonly now: number
}

/** Answers with what `bodyOf` gives, or with the `OAuthRefusal` that it throws. */
export async function answerOAuth(asked: Refused, bodyOf: () => Promise<OAuthAnswer['body']>): Promise<OAuthAnswer> {
  try {
    return { status: 200, headers: NO_STORE, body: await bodyOf() }
  } catch (error) {
    if (error instanceof OAuthRefusal) return refusalAnswer(error, asked)
    throw error
  }
}

/** A refusal as Entra words it. */
function refusalAnswer(refusal: OAuthRefusal, { form, authorization, now }: Refused): OAuthAnswer {
  const { error, aadsts, suberror } = refusal
  const correlationId = form.get('client-request-id') ?? ''
  const status = statusOf(refusal)
  return {
    status,
    headers: {
      ...NO_STORE,
      // Asked for where the client tried that header (RFC 6749 §5.2).
      ...(status === 401 && authorization !== undefined && { 'www-authenticate': 'Basic realm="tidemark"' }),
      ...(status === 503 && { 'retry-after': '60' }),
    },
    body: {
      error,
      error_description: descriptionOf(refusal),
      error_codes: [aadsts],
      ...(suberror !== null && { suberror }),
      timestamp: new Date(now).toISOString().replace(/T(.*)\..*/, ' $1Z'),
      trace_id: randomUUID(),
      correlation_id: isGuid(correlationId) ? correlationId : randomUUID(),
    },
  }
}

export function statusOf({ error }: OAuthRefusal): number {
  return STATUSES[error]
}

/** In the characters that RFC 6749 §5.2 allows in a description, which may quote what the client sent. */
export function descriptionOf({ aadsts, message }: OAuthRefusal): string {
  return `AADSTS${aadsts}: ${message}`.slice(0, 500).replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')
}

/** RFC 6749 §3.1 and §3.2: no parameter stands twice, whether we know it or not. */
export function refuseRepeated(form: URLSearchParams): void {
  const names = new Set<string>()
  for (const name of form.keys()) {
    if (names.has(name)) throw new OAuthRefusal('invalid_request', 9000411, `The parameter '${name}' stands twice.`)
    names.add(name)
  }
}

/** RFC 6749 §3.2: a parameter without a value counts as left out. */
export function required(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (!value) throw new OAuthRefusal('invalid_request', 900144, `The request lacks the parameter '${name}'.`)
  return value
}
