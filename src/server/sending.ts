import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Answer, headersOf, partsOf } from './answer.ts'
import { chooseCoding } from './compression.ts'

/** Sends an answer to a request. */
export function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status).headers(headersOf(answer))
  const parts = partsOf(answer) ?? []
  const isWhole =
    request.method === 'HEAD' ||
    request.raw.httpVersionMajor === 2 ||
    chooseCoding(request.headers['accept-encoding'] ?? '') !== null
  if (parts.length > 1 && !isWhole) return sendParts(reply, parts)
  const [only, ...more] = parts
  return reply.send(more.length === 0 ? only : Buffer.concat(parts))
}

/**
 * Hands the parts to the socket of HTTP/1.1 as they are. The framework would want them joined: for a page of 300 KB that took
 * longer than anything but the statement that writes it. Its hooks for what is sent are passed over.
 */
function sendParts(reply: FastifyReply, parts: readonly Uint8Array[]): FastifyReply {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (!reply.server.server.listening) reply.header('connection', 'close')
  reply.header('content-length', length).hijack()
  const { raw } = reply
  raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders)
  raw.cork()
  for (const part of parts) raw.write(part)
  raw.end()
  raw.uncork()
  return reply
}
