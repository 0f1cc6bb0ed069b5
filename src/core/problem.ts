/** The refusals that a caller can act on, by the code that it is told. Statuses stand in `odata/error.ts`. */
export type ProblemCode =
  | 'BadRequest'
  | 'Request_BadRequest'
  | 'Request_UnsupportedQuery'
  | 'Request_ResourceNotFound'
  | 'Request_MethodNotAllowed'
  | 'Request_EntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InvalidAuthenticationToken'
  | 'Authorization_RequestDenied'
  | 'ResourceNotFound'
  | 'syncStateNotFound'
  | 'syncStateNotFound_BadRequest'
  | 'serviceNotAvailable'
  | 'NotImplemented'

/** A refusal its caller can act on. Anything else that is thrown is a bug, and is answered 500. */
export class Problem extends Error {
  readonly code: ProblemCode

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
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
