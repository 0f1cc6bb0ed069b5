import type { Client } from '../issuer/client.ts'
import { required } from '../issuer/oauthRefusal.ts'
import { newPending, type Pending } from '../issuer/pending.ts'
import { provesChallenge } from './pkce.ts'
import { type EndedSignIns, endSignIn, invalidGrant, newTicket, noRoom, type SignIn, ticketKey } from './signIn.ts'

/** An authorization code that has been handed out: whose it is, and to what it is bound. */
interface IssuedCode {
  readonly signIn: SignIn
  readonly redirectUri: string
  /** Null where the app asked without: it then has to prove itself. */
  readonly challenge: string | null
  used: boolean
}

export type Codes = Pending<IssuedCode>

/** Apps exchange a code at once (RFC 6749 §4.1.2 asks for ten minutes at the most). */
const LIFE_MS = 60_000
/** A used code is remembered so long, so that one that comes again is noticed. */
const REMEMBERED_MS = 10 * LIFE_MS
const CODES_MAX = 10_000

export function newCodes(): Codes {
  return newPending(CODES_MAX, REMEMBERED_MS)
}

/** A code by which an app gets the tokens of a sign-in. Throws an `OAuthRefusal` where too many are kept. */
export function issueCode(signIn: SignIn, bound: Pick<IssuedCode, 'redirectUri' | 'challenge'>, codes: Codes): string {
  const code = newTicket()
  if (!codes.add(ticketKey(code), { ...bound, signIn, used: false }, signIn.at)) throw noRoom()
  return code
}

/**
 * The sign-in of the code in a token request (RFC 6749 §4.1.3, RFC 7636 §4.6). A code is good once, whatever comes of it;
 * one that comes again ends its sign-in. Throws an `OAuthRefusal`.
 */
export function redeemCode(
  form: URLSearchParams,
  { app, proof }: Client,
  { codes, ended }: { readonly codes: Codes; readonly ended: EndedSignIns },
  now: number,
): SignIn {
  const issued = codes.get(ticketKey(required(form, 'code')), now)
  if (issued === null) throw invalidGrant(70008, 'The code is not known, or too old.')
  const { signIn, redirectUri, challenge } = issued
  if (issued.used) {
    endSignIn(signIn, ended, now)
    throw invalidGrant(54005, 'The code was used before: its sign-in has ended.')
  }
  issued.used = true
  if (now >= signIn.at + LIFE_MS) throw invalidGrant(70008, 'The code is not known, or too old.')
  if (signIn.clientId !== app.clientId || signIn.tenant !== app.tenant) {
    throw invalidGrant(700005, 'The code was made for another app.')
  }
  if (form.get('redirect_uri') !== redirectUri) {
    throw invalidGrant(501461, 'The redirect_uri is not the one that the code was asked with.')
  }
  const verifier = form.get('code_verifier')
  // Also where there was no challenge: a code that was asked for without must not pass for one with (RFC 9700 §2.1.1).
  const isProven = challenge === null ? !verifier && proof !== 'none' : provesChallenge(verifier ?? '', challenge)
  if (!isProven) throw invalidGrant(501481, 'The code_verifier does not match the code_challenge.')
  return signIn
}
