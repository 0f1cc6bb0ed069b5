import { createHash, timingSafeEqual } from 'node:crypto'
import { OAuthRefusal } from '../issuer/oauthRefusal.ts'

/** A base64url SHA-256. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/
/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/

/** The `code_challenge` of an authorization request; null for none. Only S256 is taken (RFC 9700 §2.1.1). */
export function readChallenge(form: URLSearchParams): string | null {
  const challenge = form.get('code_challenge')
  const method = form.get('code_challenge_method')
  if (!challenge && !method) return null
  if (method !== 'S256') throw invalid('The code_challenge_method must be S256.')
  if (!challenge || !CHALLENGE.test(challenge)) throw invalid('The code_challenge is no SHA-256 in base64url.')
  return challenge
}

/** Whether a verifier is the one that a challenge was made of. */
export function provesChallenge(verifier: string, challenge: string): boolean {
  if (!VERIFIER.test(verifier)) return false
  const made = createHash('sha256').update(verifier).digest()
  return timingSafeEqual(made, Buffer.from(challenge, 'base64url'))
}

function invalid(message: string): OAuthRefusal {
  return new OAuthRefusal('invalid_request', 501491, message)
}
