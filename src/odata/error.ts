import type { ProblemCode, ProblemDetail } from '../core/problem.ts'

/** The HTTP status of each refusal. */
export const STATUS = {
  BadRequest: 400,
  Request_BadRequest: 400,
  Request_UnsupportedQuery: 400,
  Directory_ResultSizeLimitExceeded: 400,
  ExpandNotSupported: 400,
  syncStateNotFound_BadRequest: 400,
  InvalidAuthenticationToken: 401,
  Authorization_RequestDenied: 403,
  ResourceNotFound: 404,
  Request_ResourceNotFound: 404,
  Request_MethodNotAllowed: 405,
  syncStateNotFound: 410,
  Request_EntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Request_UnprocessableEntity: 422,
  FailedDependency: 424,
  TooManyRequests: 429,
  NotImplemented: 501,
  serviceNotAvailable: 503,
} as const satisfies Record<ProblemCode, number>

/** Refusals that need a status of their own, but share or spell their code as the protocol does. */
const WIRE_CODES: Partial<Record<ErrorCode, string>> = {
  Request_MethodNotAllowed: 'Request_BadRequest',
  syncStateNotFound_BadRequest: 'syncStateNotFound',
  Request_EntityTooLarge: 'RequestEntityTooLarge',
}

/** What Graph tells again inside the error, of one refusal alone (learn.microsoft.com, graph/throttling). */
const INNER: Partial<Record<ErrorCode, object>> = {
  TooManyRequests: { code: '429', message: 'Please retry after', status: '429' },
}

/** A refusal's code, or that of an answer 500. */
export type ErrorCode = ProblemCode | 'InternalServerError'

/** By what an answer is found again in a log. */
export interface AnswerMark {
  /** The time of the answer, as in its Date header. */
  readonly date: Date
  readonly requestId: string
  /** As the caller sent it, else the request id. */
  readonly clientRequestId: string
}

export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly innerError: {
      readonly date: string
      readonly 'request-id': string
      readonly 'client-request-id': string
    }
    /** Absent where there are none. */
    readonly details?: readonly ProblemDetail[]
  }
}

/** The envelope of every error. Its date has whole seconds and names no zone: it is UTC. */
export function errorBody(
  code: ErrorCode,
  message: string,
  mark: AnswerMark,
  details: readonly ProblemDetail[] = [],
): ErrorBody {
  return {
    error: {
      code: WIRE_CODES[code] ?? code,
      message,
      innerError: {
        ...INNER[code],
        date: mark.date.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
        'request-id': mark.requestId,
        'client-request-id': mark.clientRequestId,
      },
      ...(details.length > 0 && { details }),
    },
  }
}
