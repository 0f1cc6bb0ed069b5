import { Problem } from '../core/problem.ts'

/** The refusal of a method at a path that knows others: its answer names them (RFC 9110 §15.5.6). */
export class MethodProblem extends Problem {
  readonly allow: string

  /** Whoever can GET can also HEAD. */
  constructor(methods: readonly string[]) {
    super('Request_MethodNotAllowed', 'Specified HTTP method is not allowed for the request target.')
    this.allow = methods.flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : method)).join(', ')
  }
}
