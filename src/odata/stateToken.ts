import { createHmac, timingSafeEqual } from 'node:crypto'
import { decodeBase64url, encodeBase64url } from '../core/base64url.ts'
import type { TenantId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import type { Link } from '../core/round.ts'
import type { StateKey } from '../core/stateKey.ts'
import { readLink, writeLink } from './linkBytes.ts'
import type { DeltaResource } from './resourceNames.ts'

/** What a state token is good for besides its link: exactly one of each. */
export interface TokenBinding {
  readonly tenant: TenantId
  readonly apiVersion: 'v1.0' | 'beta'
  readonly resource: DeltaResource
}

/** Why a token that is ours cannot be followed; `link` is null where its key is gone and nothing of it can be believed. */
export interface ExpiredToken {
  readonly expired: true
  readonly link: Link | null
}

export interface OpenedToken {
  readonly expired: false
  readonly link: Link
}

/** When a token counts as past its life. Moments are in milliseconds since 1970 UTC. */
export interface TokenTerms {
  readonly now: number
  readonly lifeMs: number
  /** Tokens issued at or before this moment are past their life, whatever their age. */
  readonly expiredAt: number
  readonly keys: readonly StateKey[]
}

const FORMAT = 1
const HEADER_BYTES = 5
const MAC_BYTES = 16
/** No token is shorter: header, binding, an empty query, a sighting, a base, a time, the MAC. */
const BYTES_MIN = HEADER_BYTES + 30 + MAC_BYTES

/** Seals a link as the text of a nextLink or deltaLink. `now` is in milliseconds since 1970 UTC. */
export function sealStateToken(link: Link, binding: TokenBinding, now: number, keys: readonly StateKey[]): string {
  const [key] = keys
  if (key === undefined) throw new Error('There is no key to seal state tokens with.')
  const body = Buffer.concat([Buffer.from([FORMAT]), key.id, writeLink({ link, ...binding, issuedAt: now })])
  return encodeBase64url(Buffer.concat([body, macOf(body, key)]))
}

/**
 * Opens the state token of a nextLink (`kind` next) or a deltaLink (delta).
 *
 * Throws `Request_BadRequest`, always in the same words, for text that this server did not mint for this tenant, API
 * version, resource and kind.
 */
export function openStateToken(
  text: string,
  kind: Link['kind'],
  binding: TokenBinding,
  { now, lifeMs, expiredAt, keys }: TokenTerms,
): OpenedToken | ExpiredToken {
  const bytes = decodeBase64url(text)
  if (bytes === null || bytes.length < BYTES_MIN || bytes[0] !== FORMAT) throw invalidToken()
  const key = keyNamed(bytes.subarray(1, HEADER_BYTES), keys)
  if (key === undefined) return { expired: true, link: null }
  const body = bytes.subarray(0, -MAC_BYTES)
  if (!timingSafeEqual(bytes.subarray(-MAC_BYTES), macOf(body, key))) throw invalidToken()
  const sealed = readLink(body.subarray(HEADER_BYTES))
  const { link, tenant, apiVersion, resource, issuedAt } = sealed
  if (tenant !== binding.tenant || apiVersion !== binding.apiVersion || resource !== binding.resource)
    throw invalidToken()
  if (link.kind !== kind) throw invalidToken()
  return { expired: now - issuedAt > lifeMs || issuedAt <= expiredAt, link }
}

/** The key that a token names; undefined where it is not held. */
export function keyNamed(name: Uint8Array, keys: readonly StateKey[]): StateKey | undefined {
  return keys.find(({ id }) => Buffer.compare(id, name) === 0)
}

function macOf(body: Uint8Array, key: StateKey): Buffer {
  return createHmac('sha256', key.secret).update(body).digest().subarray(0, MAC_BYTES)
}

/** The one refusal: it does not tell a forged token from a foreign one. */
function invalidToken(): Problem {
  return new Problem('Request_BadRequest', 'The state token is not valid for this request.')
}
