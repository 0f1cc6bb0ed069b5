import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { encodeBase64url } from '../../core/base64url.ts'
import type { ObjectId, TenantId } from '../../core/id.ts'
import { ACCESS_TOKEN_LIFE_S } from '../issuer/issuer.ts'
import { OAuthRefusal } from '../issuer/oauthRefusal.ts'
import { newPending, type Pending } from '../issuer/pending.ts'

/** That a person has signed in to an app: what every token of theirs goes back to. */
export interface SignIn {
  /** Its name in access tokens, the claim `sid`. */
  readonly id: string
  readonly tenant: TenantId
  readonly clientId: string
  readonly user: ObjectId
  /** What the app asked for, as it spelled it. */
  readonly scope: string
  /** What the app wants to find again in the ID token. */
  readonly nonce: string | null
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  /** Once somebody has used a code or a refresh token of it that was used before: nothing more comes of it. */
  ended: boolean
}

/** The sign-ins that were ended, by id, for as long as one of their access tokens may live. */
export type EndedSignIns = Pending<true>

const ENDED_MAX = 10_000
const SECRET_BYTES = 32

export function newEndedSignIns(): EndedSignIns {
  return newPending(ENDED_MAX, (ACCESS_TOKEN_LIFE_S + 60) * 1000)
}

/** A sign-in that has just been made. */
export function newSignIn(made: Omit<SignIn, 'id' | 'ended'>): SignIn {
  return { ...made, id: randomUUID(), ended: false }
}

/** Ends a sign-in, and with it the access tokens that it has given. */
export function endSignIn(signIn: SignIn, ended: EndedSignIns, now: number): void {
  signIn.ended = true
  ended.add(signIn.id, true, now)
}

/** Text that nobody guesses, and that no URL has to escape. */
export function newTicket(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** What a ticket is kept by: to look one up takes as long whatever it is, and memory holds none. */
export function ticketKey(ticket: string): string {
  return encodeBase64url(createHash('sha256').update(ticket).digest())
}

/** A code, a refresh token or a device that is not good, or not for this app. */
export function invalidGrant(aadsts: number, message: string): OAuthRefusal {
  return new OAuthRefusal('invalid_grant', aadsts, message)
}

/** The same of a sign-in of which nothing comes any more: the person has to sign in again. */
export function signInEnded(aadsts: number, message: string): OAuthRefusal {
  return new OAuthRefusal('invalid_grant', aadsts, message, 'bad_token')
}

/** The refusal where too much waits already. */
export function noRoom(): OAuthRefusal {
  return new OAuthRefusal('temporarily_unavailable', 90033, 'Too many sign-ins are under way: try again in a minute.')
}
