import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { OAuthRefusal } from '../../auth/issuer/oauthRefusal.ts'

/**
 * Tells browsers apart, so that a form is good in the one alone that was shown it. It says nothing of who signs in. By the
 * prefix browsers take it from this very host alone, and over https. Without one over http: they would let no server of
 * http write over the cookie that another has set on the same host over https (RFC 6265bis §4.1.3.2 and §5.7).
 */
const cookieName = (base: string): string =>
  base.startsWith('https:') ? '__Host-tidemark-browser' : 'tidemark-browser'
const VALUE = /^[A-Za-z0-9_-]{43}$/

/**
 * What a browser is known by; a new one gets it now. The same for all its pages: two sign-ins at once do not end each
 * other. Sent with what leads here from other sites (Lax), since apps do, but with no form of theirs.
 */
export function browserOf(request: FastifyRequest, reply: FastifyReply, base: string): string {
  const known = knownBrowser(request, base)
  if (known !== null) return known
  const value = randomBytes(32).toString('base64url')
  const secure = base.startsWith('https:') ? '; Secure' : ''
  reply.header('set-cookie', `${cookieName(base)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}`)
  return value
}

/** Null for a browser that was shown nothing yet. */
export function knownBrowser({ headers }: FastifyRequest, base: string): string | null {
  const pairs = (headers.cookie ?? '').split(';').map(pair => pair.trim().split('='))
  const value = pairs.find(([name]) => name === cookieName(base))?.[1] ?? ''
  return VALUE.test(value) ? value : null
}

/** Throws an `OAuthRefusal` for a form that comes from a page of another site, where the browser tells that. */
export function refuseOtherSites({ headers }: FastifyRequest, base: string): void {
  const { origin, 'sec-fetch-site': site } = headers
  const isOurs = origin === undefined || origin === new URL(base).origin
  if (isOurs && (site === undefined || site === 'same-origin' || site === 'none')) return
  throw new OAuthRefusal('invalid_request', 900144, 'The form comes from another site.')
}
