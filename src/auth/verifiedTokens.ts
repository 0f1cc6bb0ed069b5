import { createHash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { LruMap } from 'toad-cache'
import type { KeyRing, SigningKey } from './keyRing.ts'

/** A token in compact form whose signature has the one spelling of its bytes. */
export interface SignedToken {
  readonly text: string
  /** `header.payload`, which is signed. */
  readonly signed: string
  readonly signature: Uint8Array
}

/** Tokens whose signatures were verified a short time ago. What else there is to check of them is checked at every use. */
export interface VerifiedTokens {
  /** The claims of a token that needs no verification; null for any other. `now` is in milliseconds since 1970 UTC. */
  readonly claimsOf: (token: SignedToken, ring: KeyRing, now: number) => JWTPayload | null
  readonly remember: (token: SignedToken, key: SigningKey, claims: JWTPayload, now: number) => void
}

interface Verified {
  readonly key: SigningKey
  readonly claims: JWTPayload
  readonly at: number
}

const TOKENS_MAX = 5_000
const REMEMBERED_MS = 5 * 60_000

export function newVerifiedTokens(max = TOKENS_MAX): VerifiedTokens {
  const tokens = new LruMap<Verified>(max)
  return {
    claimsOf(token, ring, now) {
      const name = nameOf(token)
      const verified = tokens.get(name)
      if (verified === undefined) return null
      if (isGood(verified, ring, now)) return verified.claims
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

/** Until it expires, its key is withdrawn, or it was verified too long ago. A clock that was set back ends it too. */
function isGood({ key, claims: { exp = 0 }, at }: Verified, ring: KeyRing, now: number): boolean {
  return now < exp * 1000 && ring.signing.includes(key) && now >= at && now - at < REMEMBERED_MS
}
