import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { TokenProblem, unknownTenant, wwwAuthenticate } from '../auth/bearer/tokenProblem.ts'
import { Problem } from '../core/problem.ts'
import { type AnswerMark, type ErrorBody, errorBody, STATUS } from '../odata/error.ts'
import { UnknownTenant } from '../store/store.ts'
import type { Answer } from './answer.ts'
import { isBrokenOff } from './connection/http2Request.ts'
import { believedIssuers } from './issuers.ts'
import { MethodProblem } from './methodProblem.ts'
import { markOf, newRequestId } from './requestMark.ts'
import { ResyncProblem } from './resync.ts'
import { send } from './sending.ts'
import type { Services } from './services.ts'
import { ThrottleProblem } from './throttle/throttleProblem.ts'

/** Answers what was thrown, at whichever door of the framework. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  services: Services,
): FastifyReply {
  const mark = markOf(request, services.clock.now())
  const problem =
    error instanceof Problem ? error : isBrokenOff(request.raw) ? brokenOff(error) : frameworkRefusal(error, request)
  reply.removeHeader('odata-version')
  return send(request, reply, errorAnswer(problem ?? error, mark, request.log, services))
}

/**
 * A refusal is told to its caller; where it has a cause, the log is told too: of what the server lacks as a warning, of
 * what clients do, as often as they like, not as one. Anything else is a bug: it is logged and answered 500.
 */
export function errorAnswer(thrown: unknown, mark: AnswerMark, log: FastifyBaseLogger, services: Services): Answer {
  const error = thrown instanceof UnknownTenant ? unknownTenant() : thrown
  if (!(error instanceof Problem)) {
    log.error({ err: error }, 'a request failed')
    return errorOf(500, errorBody('InternalServerError', 'The server failed; the outcome is not known.', mark), {})
  }
  const { code, message, cause, details } = error
  if (cause !== undefined) log[code === 'serviceNotAvailable' ? 'warn' : 'info']({ err: cause }, message)
  return errorOf(STATUS[code], errorBody(code, message, mark, details), {
    ...(code === 'InvalidAuthenticationToken' && {
      'www-authenticate': wwwAuthenticate(
        (error instanceof TokenProblem ? error.signIn : null) ?? believedIssuers(services)[0].signIn(null),
      ),
    }),
    ...(code === 'serviceNotAvailable' && { 'retry-after': '1' }),
    ...(error instanceof ResyncProblem && { location: error.location }),
    ...(error instanceof MethodProblem && { allow: error.allow }),
    ...(error instanceof ThrottleProblem && error.headers),
  })
}

function errorOf(status: number, body: ErrorBody, headers: Readonly<Record<string, string>>): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: [Buffer.from(JSON.stringify(body))],
  }
}

/** Of a request that ended before its body was whole: nobody reads the answer, and nothing failed here. */
export function brokenOff(cause?: unknown): Problem {
  return new Problem('BadRequest', 'The request ended before its body did.', { cause })
}

/** What the framework itself refuses, in our words; null for anything else. */
function frameworkRefusal(error: unknown, request: FastifyRequest): Problem | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem(
        'Request_EntityTooLarge',
        `The body is larger than ${sizeText(request.routeOptions.bodyLimit)}.`,
      )
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Problem('BadRequest', 'The body is not as long as its Content-Length says.')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('UnsupportedMediaType', 'The body must be declared as application/json.')
    case 'FST_ERR_BAD_URL':
      return new Problem('BadRequest', 'The request target is not well formed.')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem('ResourceNotFound', 'There is no resource at this path.')
    case 'FST_ERR_CTP_EMPTY_TYPE':
    case 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE':
      return new Problem('BadRequest', 'The request is not well formed.')
    default:
      return null
  }
}

function sizeText(bytes: number): string {
  return bytes < 1_048_576 ? `${bytes / 1_024} KB` : `${bytes / 1_048_576} MB`
}

const PARSER_MESSAGES: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', 'The request header is too large.'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'The request took too long to arrive.'],
])

/** What an answer depends on beside its target. */
export const VARY = 'Accept, Accept-Encoding, Authorization, Prefer'

/** Answers a request that the HTTP parser refuses: there is no request object, so the answer is written by hand. */
export function answerParserError(error: Error & { code?: string }, socket: Socket, now: number): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  // What comes behind the last request has no answer; the one before it may still be on its way.
  if (error.code === 'HPE_CLOSED_CONNECTION') {
    socket.end()
    return
  }
  const requestId = newRequestId()
  const message = PARSER_MESSAGES.get(error.code ?? '') ?? 'The request is not well-formed HTTP.'
  const body = JSON.stringify(
    errorBody('BadRequest', message, { date: new Date(now), requestId, clientRequestId: requestId }),
  )
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Date: ${new Date(now).toUTCString()}`,
    'Cache-Control: no-store',
    `Vary: ${VARY}`,
    `request-id: ${requestId}`,
    `client-request-id: ${requestId}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
