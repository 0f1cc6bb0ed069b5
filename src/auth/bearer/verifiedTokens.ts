import { createHash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { LruMap } from 'toad-cache'
import type { VerificationKey } from './tokenIssuer.ts'

/** A token in compact form whose signature has the one spelling of its bytes. */
export interface SignedToken {
  readonly text: string
  /** `header.payload`, which is signed. */
  readonly signed: string
  readonly payload: string
  readonly signature: Uint8Array
}

/** What a token was verified to say, and by which key. */
export interface VerifiedToken {
  readonly key: VerificationKey
  readonly claims: JWTPayload
}

/**
 * Tokens whose signatures were verified a short time ago. What else there is to check of them is checked at every use:
 * whether the key is still one of its issuer's, too. `now` is in milliseconds since 1970 UTC.
 */
export interface VerifiedTokens {
  /** Null for a token that has to be verified. */
  readonly find: (token: SignedToken, now: number) => VerifiedToken | null
  readonly remember: (token: SignedToken, key: VerificationKey, claims: JWTPayload, now: number) => void
}

interface Remembered extends VerifiedToken {
  readonly at: number
}

const TOKENS_MAX = 5_000
const REMEMBERED_MS = 5 * 60_000

export function newVerifiedTokens(max = TOKENS_MAX): VerifiedTokens {
  const tokens = new LruMap<Remembered>(max)
  return {
    find(token, now) {
      const name = nameOf(token)
      const remembered = tokens.get(name)
      if (remembered === undefined) return null
      if (isGood(remembered, now)) return { key: remembered.key, claims: remembered.claims }
      tokens.delete(name)
      return null
    },
    remember: (token, key, claims, now) => tokens.set(nameOf(token), { key, claims, at: now }),
  }
}

/** By all that was verified: a signature that stands under another text, or another one under this, is not known. */
function nameOf({ signed, signature }: SignedToken): string {
  return createHash('sha256').update(signed).update('.').update(signature).digest('base64')
}

/** Until it expires or was verified too long ago. A clock that was set back ends it too. */
function isGood({ claims: { exp = 0 }, at }: Remembered, now: number): boolean {
  return now < exp * 1000 && now >= at && now - at < REMEMBERED_MS
}
