import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../core/problem.ts'

/** Headers of which Node would take the first, and a proxy before it perhaps another. */
const SINGLE = ['Authorization', 'Content-Type']
/** Beyond some number Node passes headers over; clients and the proxies before them send a few dozen. */
const HEADERS_MAX = 100

/**
 * Refuses a head that one reader can take otherwise than another, and ends its connection: what follows may have been
 * meant as something else. Throws `BadRequest`.
 */
export function refuseAmbiguous({ raw }: FastifyRequest, reply: FastifyReply): void {
  const flaw = flawOf(raw)
  if (flaw === null) return
  reply.header('connection', 'close')
  throw new Problem('BadRequest', flaw)
}

function flawOf({ method = '', url = '', httpVersion, headers, rawHeaders }: IncomingMessage): string | null {
  if (!url.startsWith('/') && url !== '*') return 'The request target must be a path, not a whole URL.'
  if (httpVersion === '0.9') return 'The request must be of HTTP/1.0 or later.'
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map(name => name.toLowerCase())
  if (names.filter(name => !name.startsWith(':')).length > HEADERS_MAX) {
    return `The request has more than ${HEADERS_MAX} headers.`
  }
  const repeated = SINGLE.find(name => names.filter(given => given === name.toLowerCase()).length > 1)
  if (repeated !== undefined) return `The header '${repeated}' stands more than once.`
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    return `The Transfer-Encoding can be 'chunked' alone, and in HTTP/1.1 alone.`
  }
  const hasBody = coding !== undefined || Number(headers['content-length'] ?? 0) > 0
  return hasBody && hasNoBody(method) ? noBody(method) : null
}

/** Whether a method is one that asks without a body, whatever it asks for. */
export function hasNoBody(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** What a request is told whose method has no body, and that has one (RFC 9110 §9.3.1, §9.3.5). */
export function noBody(method: string): string {
  return `A ${method} has no body.`
}
