import { createPrivateKey, createPublicKey, getRandomValues, sign, verify } from 'node:crypto'
import type { JWK } from 'jose'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'
import { exportJWK } from 'jose/key/export'
import { generateKeyPair } from 'jose/key/generate/keypair'
import { decodeBase64url, encodeBase64url } from '../../core/base64url.ts'
import { isRecord } from '../../core/record.ts'
import type { StateKey } from '../../core/stateKey.ts'
import { KeysRefused } from './privateFile.ts'

/** Signs the local issuer's access tokens: RS256, at least 2,048 bits. `kid` is its name in their headers. */
export interface SigningKey {
  readonly kid: string
  readonly privateJwk: JWK
  readonly publicJwk: JWK
  /** When another took its place, in milliseconds since 1970 UTC; null where that is not known, as of the one in use. */
  readonly retiredAt: number | null
}

/** The server's secrets. The first of each kind is the one in use; the later ones open what was made before it. */
export interface KeyRing {
  readonly signing: readonly [SigningKey, ...SigningKey[]]
  readonly state: readonly [StateKey, ...StateKey[]]
}

const FORMAT = 1
const MODULUS_BITS_MIN = 2048
const STATE_KEY_ID_BYTES = 4
const STATE_SECRET_BYTES = 32
/** Of an RSA private key, RFC 7518 §6.3. */
const RSA_PARTS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

export async function newKeyRing(): Promise<KeyRing> {
  return { signing: [await newSigningKey()], state: [newStateKey()] }
}

/** Puts a new state key in use. With `keepOld` tokens sealed before still open; without it none of them does. */
export function withNewStateKey(ring: KeyRing, keepOld: boolean): KeyRing {
  return { ...ring, state: [newStateKey(), ...(keepOld ? ring.state : [])] }
}

/** The ring as text that `parseKeyRing` reads. It is all secrets: write it only where its owner alone can read. */
export function formatKeyRing(ring: KeyRing): string {
  const signing = ring.signing.map(({ privateJwk, retiredAt }) =>
    retiredAt === null ? privateJwk : { ...privateJwk, retiredAt },
  )
  const state = ring.state.map(key => ({ id: encodeBase64url(key.id), secret: encodeBase64url(key.secret) }))
  return `${JSON.stringify({ format: FORMAT, signing, state }, null, 2)}\n`
}

/** Throws `KeysRefused`, whose sentence begins with `name`, for anything but text that `formatKeyRing` could have made. */
export function parseKeyRing(text: string, name = 'The key ring'): KeyRing {
  const ring = parseRecord(text)
  if (!ring) throw new KeysRefused(`${name} is not a JSON object.`)
  if (ring['format'] !== FORMAT) throw new KeysRefused(`${name} is not of format ${FORMAT}.`)
  return {
    signing: readKeys(ring['signing'], readSigningKey, key => key.kid, `${name}: its signing keys`),
    state: readKeys(ring['state'], readStateKey, key => encodeBase64url(key.id), `${name}: its state keys`),
  }
}

export async function newSigningKey(): Promise<SigningKey> {
  const pair = await generateKeyPair('RS256', { modulusLength: MODULUS_BITS_MIN, extractable: true })
  const jwk = await exportJWK(pair.privateKey)
  return signingKey(await calculateJwkThumbprint(jwk), jwk, null)
}

function newStateKey(): StateKey {
  return {
    id: getRandomValues(new Uint8Array(STATE_KEY_ID_BYTES)),
    secret: getRandomValues(new Uint8Array(STATE_SECRET_BYTES)),
  }
}

/** `alg` binds the key to its one algorithm: jose would else also take it for PS256 (RFC 8725 §3.1). */
function signingKey(kid: string, parts: JWK, retiredAt: number | null): SigningKey {
  const { n, e } = parts
  const publicJwk = { kty: 'RSA', ...(n && { n }), ...(e && { e }), kid, alg: 'RS256', use: 'sig' }
  return { kid, publicJwk, privateJwk: { ...parts, ...publicJwk }, retiredAt }
}

function readKeys<Key>(
  value: unknown,
  readKey: (value: unknown) => Key | null,
  nameOf: (key: Key) => string,
  what: string,
): [Key, ...Key[]] {
  if (!Array.isArray(value)) throw new KeysRefused(`${what} are missing.`)
  const keys: Key[] = []
  for (const [index, entry] of value.entries()) {
    const key = readKey(entry)
    if (key === null) throw new KeysRefused(`${what} cannot be used: number ${index + 1} is malformed or too short.`)
    keys.push(key)
  }
  if (new Set(keys.map(nameOf)).size < keys.length) throw new KeysRefused(`${what} cannot be told apart by their ids.`)
  const [first, ...others] = keys
  if (first === undefined) throw new KeysRefused(`${what} are missing.`)
  return [first, ...others]
}

function readSigningKey(value: unknown): SigningKey | null {
  if (!isRecord(value) || value['kty'] !== 'RSA') return null
  const kid = value['kid']
  if (typeof kid !== 'string' || kid === '') return null
  const { retiredAt = null } = value
  if (retiredAt !== null && !isTime(retiredAt)) return null
  const parts: JWK = { kty: 'RSA' }
  for (const name of RSA_PARTS) {
    const part = value[name]
    if (typeof part !== 'string' || decodeBase64url(part) === null) return null
    parts[name] = part
  }
  const key = signingKey(kid, parts, retiredAt)
  return canSign(key) ? key : null
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** Tries one signature: OpenSSL loads a key whose halves do not belong together, and every token would then be refused. */
function canSign(key: SigningKey): boolean {
  try {
    const privateKey = createPrivateKey({ key: { ...key.privateJwk }, format: 'jwk' })
    const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
    const text = Buffer.from(key.kid)
    return bits >= MODULUS_BITS_MIN && verify('sha256', text, publicKey, sign('sha256', text, privateKey))
  } catch {
    return false
  }
}

function readStateKey(value: unknown): StateKey | null {
  if (!isRecord(value)) return null
  const id = readBytes(value['id'], STATE_KEY_ID_BYTES)
  const secret = readBytes(value['secret'], STATE_SECRET_BYTES)
  return id && secret ? { id, secret } : null
}

function readBytes(value: unknown, length: number): Uint8Array | null {
  const bytes = typeof value === 'string' ? decodeBase64url(value) : null
  return bytes?.length === length ? bytes : null
}

function parseRecord(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}
