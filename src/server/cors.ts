import type { FastifyReply } from 'fastify'

/** What pages of every origin may read. No credentials: a browser sends no token by itself (fetch.spec.whatwg.org §3.2). */
export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'ETag, Location, Preference-Applied, Content-Range, OData-Version, request-id, client-request-id, WWW-Authenticate, Retry-After, x-ms-resource-unit, x-ms-throttle-limit-percentage, x-ms-throttle-scope, x-ms-throttle-information',
} as const

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS',
  // The star stands for every header but the one that it would hand a password to.
  'access-control-allow-headers': 'Authorization, *',
  'access-control-max-age': '7200',
} as const

/**
 * Answers OPTIONS where pages send forms that name the one who asks. No `Authorization` comes through: the star does not
 * stand for it (fetch.spec.whatwg.org §4.8).
 */
export function sendFormPreflight(reply: FastifyReply): FastifyReply {
  const allowed = { 'access-control-allow-methods': 'POST', 'access-control-allow-headers': '*' }
  return reply
    .code(200)
    .headers({ ...CORS_HEADERS, ...PREFLIGHT_HEADERS, ...allowed })
    .send()
}

/**
 * Answers OPTIONS: whatever path it names and whoever asks, since a browser asks without a token and shows its page
 * no refusal. The request that follows is judged for itself.
 */
export function sendPreflight(reply: FastifyReply): FastifyReply {
  return reply.code(200).headers(PREFLIGHT_HEADERS).send()
}
