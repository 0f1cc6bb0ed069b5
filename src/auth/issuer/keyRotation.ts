import { type KeyRing, newSigningKey, type SigningKey } from '../keys/keyRing.ts'
import { ACCESS_TOKEN_LIFE_S } from './issuer.ts'

/**
 * How long a key that has been replaced still proves tokens: as long as the last that it signed lives, and two minutes for
 * servers that take up the new key later and for clocks that are apart. In milliseconds.
 */
const OVERLAP_MS = (ACCESS_TOKEN_LIFE_S + 120) * 1000

/** Puts a new signing key in use. The one before proves tokens for a while (`trustedAt`). `now` in milliseconds since 1970 UTC. */
export async function withNewSigningKey(ring: KeyRing, now: number): Promise<KeyRing> {
  const [before, ...earlier] = trustedAt(ring, now).signing
  return { ...ring, signing: [await newSigningKey(), { ...before, retiredAt: now }, ...earlier] }
}

/** Puts a new signing key in use and withdraws all others at once: no token signed so far proves anything any more. */
export async function withOneSigningKey(ring: KeyRing): Promise<KeyRing> {
  return { ...ring, signing: [await newSigningKey()] }
}

/** The ring without the signing keys whose time is over. */
export function trustedAt(ring: KeyRing, now: number): KeyRing {
  const [inUse, ...earlier] = ring.signing
  const trusted = earlier.filter(key => now < (trustedUntil(key) ?? Number.POSITIVE_INFINITY))
  return trusted.length === earlier.length ? ring : { ...ring, signing: [inUse, ...trusted] }
}

/** When a key stops to prove tokens; null for one that goes on. */
export function trustedUntil({ retiredAt }: SigningKey): number | null {
  return retiredAt === null ? null : retiredAt + OVERLAP_MS
}
