import type { JWTPayload } from 'jose'
import { isGuid, parseObjectId } from '../../core/id.ts'
import type { PersonCaller } from '../caller.ts'
import { type DirectoryRole, directoryRolesOf } from '../directoryRoles.ts'
import { MALFORMED, NOT_YET_VALID, refused } from './tokenProblem.ts'

/** How far the clocks of those who check and those who issue may be apart. */
export const LEEWAY_S = 60
const LIFE_MAX_S = 86_400
/** RFC 6749 §3.3: names with one blank between. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/

/** `now` is in milliseconds since 1970 UTC, here and below. */
export function isExpired(claims: JWTPayload, now: number): boolean {
  return seconds(claims, 'exp') <= Math.floor(now / 1000) - LEEWAY_S
}

/**
 * Checks, of a token that is not expired, what jose leaves open, and at every use again: times that are whole and in
 * order, a life of at most a day that has begun.
 */
export function checkTimes(claims: JWTPayload, now: number): void {
  const issuedAt = seconds(claims, 'iat')
  const expires = seconds(claims, 'exp')
  const notBefore = claims.nbf === undefined ? issuedAt : seconds(claims, 'nbf')
  const nowS = Math.floor(now / 1000)
  if (notBefore > nowS + LEEWAY_S) throw refused(NOT_YET_VALID, 'not yet valid')
  if (issuedAt > nowS + LEEWAY_S) throw refused(NOT_YET_VALID, 'issued in the future')
  if (expires <= issuedAt || expires - issuedAt > LIFE_MAX_S) throw refused(MALFORMED, 'the life is not within a day')
}

function seconds(claims: JWTPayload, name: 'exp' | 'iat' | 'nbf'): number {
  const value = claims[name]
  if (value === undefined || !Number.isSafeInteger(value)) throw refused(MALFORMED, `${name} is no time`)
  return value
}

export function textClaim(claims: JWTPayload, name: string): string {
  const value = claims[name]
  if (typeof value !== 'string' || value === '') throw refused(MALFORMED, `${name} is missing`)
  return value
}

/** A GUID has one spelling in tokens. */
export function guidClaim(claims: JWTPayload, name: 'tid' | 'oid'): string {
  const value = textClaim(claims, name)
  if (!isGuid(value) || value !== value.toLowerCase()) throw refused(MALFORMED, `${name} is not a GUID in lower case`)
  return value
}

/** Names in a list, none where the claim is left out. */
export function namesClaim(claims: JWTPayload, name: 'roles' | 'wids'): readonly string[] {
  const names: unknown = claims[name] ?? []
  if (!Array.isArray(names) || !names.every(entry => typeof entry === 'string')) {
    throw refused(MALFORMED, `${name} is not a list of names`)
  }
  return names
}

/** Names in a text with one blank between, at least one. */
export function scopesClaim(claims: JWTPayload, name: 'scp' | 'scope'): readonly string[] {
  const scopes = claims[name]
  if (typeof scopes !== 'string' || !SCOPES.test(scopes)) throw refused(MALFORMED, `${name} is no list of scopes`)
  return scopes.split(' ')
}

/** The person for whom a token with `oid` speaks, with what the app may do for them and the roles that they hold. */
export function personOf(
  claims: JWTPayload,
  scopes: 'scp' | 'scope',
  rolesOf: (claims: JWTPayload) => ReadonlySet<DirectoryRole>,
): Pick<PersonCaller, 'kind' | 'user' | 'scopes' | 'directoryRoles'> {
  return {
    kind: 'person',
    scopes: new Set(scopesClaim(claims, scopes)),
    user: parseObjectId(guidClaim(claims, 'oid')),
    directoryRoles: rolesOf(claims),
  }
}

/** The directory roles of a token as Entra tells them. */
export function rolesByWids(claims: JWTPayload): ReadonlySet<DirectoryRole> {
  return directoryRolesOf(namesClaim(claims, 'wids'))
}
