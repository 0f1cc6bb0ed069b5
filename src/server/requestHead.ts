import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../core/problem.ts'

/** Headers of which Node would take the first, and a proxy before it perhaps another. */
const SINGLE = ['Authorization', 'Content-Type']

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

function flawOf({ method = '', url = '', headers, rawHeaders }: IncomingMessage): string | null {
  if (!url.startsWith('/') && url !== '*') return 'The request target must be a path, not a whole URL.'
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map(name => name.toLowerCase())
  const repeated = SINGLE.find(name => names.filter(given => given === name.toLowerCase()).length > 1)
  if (repeated !== undefined) return `The header '${repeated}' stands more than once.`
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return hasBody && (method === 'GET' || method === 'HEAD') ? `A ${method} has no body.` : null
}
