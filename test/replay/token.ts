import type { Connections } from './connection.ts'
import { Fault } from './fault.ts'

/** Where an app gets its access tokens, and with what. */
export interface Credentials {
  readonly tokenUrl: URL
  readonly clientId: string
  readonly clientSecret: string
}

/** Gives an access token that is good for some time to come. */
export type TokenSource = () => Promise<string>

/**
 * Client credentials for Graph: one token for all who ask, renewed a minute before its end (or at half its life, where
 * that is later). `now` is a clock in milliseconds.
 */
export function newTokenSource(
  credentials: Credentials,
  send: Connections['send'],
  now: () => number = Date.now,
): TokenSource {
  let token: Promise<string> | null = null
  /** Never, while a new token is on its way. */
  let renewAt = Number.POSITIVE_INFINITY

  async function fetchToken(): Promise<string> {
    const askedAt = now()
    const { clientId, clientSecret, tokenUrl } = credentials
    const answer = await send({
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'https://graph.microsoft.com/.default',
        client_id: clientId,
        client_secret: clientSecret,
      }).toString(),
    })
    if (answer.status !== 200) {
      throw new Fault(1, `The app ${clientId} gets no token: ${tokenUrl.href} answered ${answer.status}.`)
    }
    const { access_token: text, expires_in: seconds } = JSON.parse(answer.text)
    const lifeMs = Number(seconds) * 1000
    if (typeof text !== 'string' || !(lifeMs > 0)) {
      throw new Fault(1, `${tokenUrl.href} answered without an access token and its life.`)
    }
    renewAt = askedAt + Math.max(lifeMs - 60_000, lifeMs / 2)
    return text
  }

  return () => {
    if (token === null || now() >= renewAt) {
      renewAt = Number.POSITIVE_INFINITY
      token = fetchToken()
    }
    return token
  }
}
