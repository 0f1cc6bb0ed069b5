import { createPublicKey } from 'node:crypto'
import type { JWK } from 'jose'
import { decodeBase64url } from '../../core/base64url.ts'
import { isRecord } from '../../core/record.ts'
import { IssuerUnavailable } from './issuerDocument.ts'
import type { SigningAlgorithm, VerificationKey } from './tokenIssuer.ts'

const KEYS_MAX = 100
const KID_CHARACTERS_MAX = 256
const MODULUS_BITS_MIN = 2_048
const MODULUS_BITS_MAX = 8_192

/**
 * The keys of a JSON Web Key Set (RFC 7517 §5) that verify with one of these algorithms, each bound to one of them. What
 * has another use, is malformed, weak or private, has no name or shares its name with another key, is passed over.
 *
 * Throws `IssuerUnavailable` for anything but a key set; `url` is where it comes from.
 */
export function readKeySet(
  document: unknown,
  algorithms: readonly SigningAlgorithm[],
  url: string,
): readonly VerificationKey[] {
  const entries = isRecord(document) ? document['keys'] : null
  if (!Array.isArray(entries)) throw new IssuerUnavailable(`${url} is no JSON Web Key Set.`)
  if (entries.length > KEYS_MAX) throw new IssuerUnavailable(`${url} has more than ${KEYS_MAX} keys.`)
  const keys = new Map<string, VerificationKey>()
  const ambiguous = new Set<string>()
  for (const entry of entries) {
    const key = isRecord(entry) ? readKey(entry, algorithms) : null
    if (key === null) continue
    const same = keys.get(key.kid)
    if (same !== undefined && !isSameKey(same, key)) ambiguous.add(key.kid)
    keys.set(key.kid, key)
  }
  return [...keys.values()].filter(({ kid }) => !ambiguous.has(kid))
}

/** Whether two keys are the same under the same name and for the same tokens. */
export function isSameKey(one: VerificationKey, other: VerificationKey): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function readKey(entry: Record<string, unknown>, algorithms: readonly SigningAlgorithm[]): VerificationKey | null {
  const { kid, use, key_ops: uses, issuer } = entry
  if (typeof kid !== 'string' || kid === '' || kid.length > KID_CHARACTERS_MAX) return null
  if (use !== undefined && use !== 'sig') return null
  if (uses !== undefined && !(Array.isArray(uses) && uses.includes('verify'))) return null
  if ('d' in entry) return null
  const alg = algorithmOf(entry)
  const parts = readParts(entry)
  if (alg === null || parts === null || !algorithms.includes(alg)) return null
  const publicJwk: JWK = { ...parts, kid, alg, use: 'sig' }
  if (!canVerify(publicJwk)) return null
  return { kid, publicJwk, ...(typeof issuer === 'string' && { issuer }) }
}

/** The algorithm that the key says it is for, else the usual one of its kind. */
function algorithmOf({ kty, crv, alg }: Record<string, unknown>): SigningAlgorithm | null {
  if (kty === 'EC') return crv === 'P-256' && (alg === undefined || alg === 'ES256') ? 'ES256' : null
  if (kty !== 'RSA') return null
  if (alg === undefined || alg === 'RS256') return 'RS256'
  return alg === 'PS256' ? 'PS256' : null
}

function readParts(entry: Record<string, unknown>): JWK | null {
  const names = entry['kty'] === 'RSA' ? (['n', 'e'] as const) : (['x', 'y'] as const)
  const parts: JWK = entry['kty'] === 'RSA' ? { kty: 'RSA' } : { kty: 'EC', crv: 'P-256' }
  for (const name of names) {
    const part = entry[name]
    if (typeof part !== 'string' || decodeBase64url(part) === null) return null
    parts[name] = part
  }
  return parts
}

function canVerify(jwk: JWK): boolean {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    const bits = asymmetricKeyDetails?.modulusLength ?? MODULUS_BITS_MIN
    return bits >= MODULUS_BITS_MIN && bits <= MODULUS_BITS_MAX
  } catch {
    return false
  }
}
