import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { isGuid } from '../core/id.ts'
import type { AnswerMark } from '../odata/error.ts'

/** The id by which a request is found again in the log and in its commits. */
export function newRequestId(): string {
  return randomUUID()
}

export function requestIdOf(request: FastifyRequest): string {
  return String(request.id)
}

/** The caller's own id for the request, where it sent a GUID; else the server's. */
export function clientRequestIdOf(request: FastifyRequest): string {
  return sentRequestId(request.headers) ?? requestIdOf(request)
}

/** The caller's own id for a request, where it sent a GUID. */
export function sentRequestId(headers: IncomingHttpHeaders): string | null {
  const sent = headers['client-request-id']
  return typeof sent === 'string' && isGuid(sent) ? sent : null
}

/** By what an error answer is found again. `now` is in milliseconds since 1970 UTC. */
export function markOf(request: FastifyRequest, now: number): AnswerMark {
  return { date: new Date(now), requestId: requestIdOf(request), clientRequestId: clientRequestIdOf(request) }
}
