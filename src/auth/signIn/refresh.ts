import type { Client } from '../issuer/client.ts'
import { required } from '../issuer/oauthRefusal.ts'
import { newPending, type Pending } from '../issuer/pending.ts'
import { type EndedSignIns, endSignIn, invalidGrant, newTicket, type SignIn, signInEnded, ticketKey } from './signIn.ts'

interface IssuedRefresh {
  readonly signIn: SignIn
  /** When another was first given for it, in milliseconds since 1970 UTC. */
  usedAt: number | null
}

export type Refreshes = Pending<IssuedRefresh>

/** In seconds: a day, as long as Entra gives to pages in a browser. */
export const REFRESH_LIFE_S = 86_400
const REFRESHES_MAX = 100_000
/** Requests of one program that are under way together bring the same token: MSAL asks so for several scopes. */
const TOGETHER_MS = 60_000

export function newRefreshes(): Refreshes {
  return newPending(REFRESHES_MAX, REFRESH_LIFE_S * 1000)
}

/** A refresh token; null where too many are kept: then its holder signs in again. */
export function issueRefresh(signIn: SignIn, refreshes: Refreshes, now: number): string | null {
  const token = newTicket()
  return refreshes.add(ticketKey(token), { signIn, usedAt: null }, now) ? token : null
}

/**
 * The sign-in of the refresh token in a token request (RFC 6749 §6). Each is good once, and the answer has the next
 * (`nextRefresh`); one that comes again long after that ends the sign-in (RFC 9700 §4.14.2). Throws an `OAuthRefusal`.
 */
export function redeemRefresh(
  form: URLSearchParams,
  { app }: Client,
  { refreshes, ended }: { readonly refreshes: Refreshes; readonly ended: EndedSignIns },
  now: number,
): SignIn {
  const issued = refreshes.get(ticketKey(required(form, 'refresh_token')), now)
  if (issued === null) throw signInEnded(700082, 'The refresh token is not known, or too old.')
  const { signIn } = issued
  if (signIn.clientId !== app.clientId || signIn.tenant !== app.tenant) {
    throw invalidGrant(700005, 'The refresh token was made for another app.')
  }
  if (issued.usedAt !== null && now >= issued.usedAt + TOGETHER_MS) endSignIn(signIn, ended, now)
  if (signIn.ended) throw signInEnded(50173, 'The sign-in of the refresh token has ended.')
  return signIn
}

/**
 * The refresh token that follows the one of a token request; null where too many are kept: the one before stays good. It
 * counts as used from now on, and not before: whoever is refused something else has to be able to ask with it again.
 */
export function nextRefresh(form: URLSearchParams, signIn: SignIn, refreshes: Refreshes, now: number): string | null {
  const next = issueRefresh(signIn, refreshes, now)
  const last = refreshes.get(ticketKey(required(form, 'refresh_token')), now)
  if (next !== null && last !== null) last.usedAt ??= now
  return next
}
