/** The refusals that a caller can act on, by the code that it is told. Statuses stand in `odata/error.ts`. */
export type ProblemCode =
  | 'BadRequest'
  | 'Request_BadRequest'
  | 'Request_UnsupportedQuery'
  | 'Request_ResourceNotFound'
  | 'Request_MethodNotAllowed'
  | 'Request_EntityTooLarge'
  | 'Directory_ResultSizeLimitExceeded'
  | 'UnsupportedMediaType'
  | 'InvalidAuthenticationToken'
  | 'Authorization_RequestDenied'
  | 'ResourceNotFound'
  | 'syncStateNotFound'
  | 'syncStateNotFound_BadRequest'
  | 'Request_UnprocessableEntity'
  | 'FailedDependency'
  | 'TooManyRequests'
  | 'serviceNotAvailable'
  | 'NotImplemented'
  | 'ExpandNotSupported'

/** One of several causes of a refusal. */
export interface ProblemDetail {
  /** The property that it is about. */
  readonly target: string
  readonly code: string
  readonly message: string
}

/** A refusal its caller can act on. Anything else that is thrown is a bug, and is answered 500. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly details: readonly ProblemDetail[]

  constructor(
    code: ProblemCode,
    message: string,
    options: ErrorOptions & { readonly details?: readonly ProblemDetail[] } = {},
  ) {
    super(message, options)
    this.code = code
    this.details = options.details ?? []
  }
}

/** The refusal for an id or an alternate key that names nothing here, or something of another tenant (DELTA-104). */
export function notFound(id: string): Problem {
  return new Problem(
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )
}

/** The refusal for a property's value, in Graph's words (DELTA-75). */
export function invalidValue(property: string, resource: string): Problem {
  return new Problem(
    'Request_BadRequest',
    `Invalid value specified for property '${property}' of resource '${resource}'.`,
  )
}
