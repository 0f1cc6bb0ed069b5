import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { decodeBase64url } from '../../core/base64url.ts'

/** Tells people, and the scanners that look for leaked secrets, what the text is. */
const PREFIX = 'tidemark_'
const SECRET_BYTES = 32
const SALT_BYTES = 16
const DIGEST_BYTES = 32
const SECRET_TEXT_BYTES_MAX = 1024
const SCHEME = 'sha256'

/** A new client secret: 256 random bits as text without a character that a shell, a URL or a form would touch. */
export function newClientSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64url')
}

/**
 * What is kept of a client secret. A fast hash is right for secrets that `newClientSecret` made: a slow one protects text
 * that can be guessed, and 256 random bits cannot be, at any speed. It would only give those who ask for tokens with
 * wrong secrets a way to keep the server busy. The salt hides that two apps hold the same secret.
 */
export function hashSecret(secret: string): string {
  if (isTooLong(secret)) throw new RangeError(`A client secret has at most ${SECRET_TEXT_BYTES_MAX} bytes.`)
  const salt = randomBytes(SALT_BYTES)
  return [SCHEME, salt.toString('base64url'), digest(salt, secret).toString('base64url')].join('$')
}

/** Whether `hash` was made of `secret`; takes the same time whichever byte differs. A hash of another form matches nothing. */
export function matchesSecret(secret: string, hash: string): boolean {
  const [scheme, saltText = '', digestText = '', ...rest] = hash.split('$')
  if (scheme !== SCHEME || rest.length > 0 || isTooLong(secret)) return false
  const salt = decodeBase64url(saltText)
  const expected = decodeBase64url(digestText)
  // The length is checked first because timingSafeEqual throws where lengths differ.
  if (salt?.length !== SALT_BYTES || expected?.length !== DIGEST_BYTES) return false
  return timingSafeEqual(digest(salt, secret), expected)
}

function digest(salt: Uint8Array, secret: string): Buffer {
  return createHash('sha256').update(salt).update(secret, 'utf8').digest()
}

function isTooLong(secret: string): boolean {
  return Buffer.byteLength(secret) > SECRET_TEXT_BYTES_MAX
}
