import { createHmac, timingSafeEqual } from 'node:crypto'
import { decodeBase64url, encodeBase64url } from '../core/base64url.ts'
import type { ObjectId } from '../core/id.ts'
import type { ListCursor } from '../core/list.ts'
import { Problem } from '../core/problem.ts'
import type { StateKey } from '../core/stateKey.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { keyNamed } from './stateToken.ts'

/** Tells these tokens from state tokens under the same key. */
const FORMAT = 2
const HEADER_BYTES = 5
const MAC_BYTES = 16

/**
 * Seals where a list stands as the text of its `$skiptoken`. `list` is what the token is good for: tenant, path and the
 * options that decide what the list holds and in which order.
 */
export function sealListToken(cursor: ListCursor, list: readonly string[], keys: readonly StateKey[]): string {
  const [key] = keys
  if (key === undefined) throw new Error('There is no key to seal list tokens with.')
  const out = new ByteWriter()
  out.raw(Uint8Array.of(FORMAT))
  out.raw(key.id)
  out.number(cursor.walk)
  out.id(cursor.id)
  out.raw(Buffer.from(cursor.key))
  const body = out.done()
  return encodeBase64url(Buffer.concat([body, macOf(body, list, key)]))
}

/** Throws `Request_BadRequest`, always in the same words, for text that was not sealed for this list. */
export function openListToken(text: string, list: readonly string[], keys: readonly StateKey[]): ListCursor {
  const bytes = decodeBase64url(text) ?? new Uint8Array()
  const body = bytes.subarray(0, -MAC_BYTES)
  const key = keyNamed(body.subarray(1, HEADER_BYTES), keys)
  if (key === undefined || body[0] !== FORMAT) throw invalidToken()
  if (!timingSafeEqual(bytes.subarray(-MAC_BYTES), macOf(body, list, key))) throw invalidToken()
  const input = new ByteReader(body.subarray(HEADER_BYTES))
  const walk = input.number()
  const id = input.id() as ObjectId
  return { walk, id, key: Buffer.from(input.rest()).toString() }
}

function macOf(body: Uint8Array, list: readonly string[], key: StateKey): Buffer {
  const mac = createHmac('sha256', key.secret).update(body).update(JSON.stringify(list))
  return mac.digest().subarray(0, MAC_BYTES)
}

function invalidToken(): Problem {
  return new Problem('Request_BadRequest', "The value of '$skiptoken' is not from a nextLink of this list.")
}
