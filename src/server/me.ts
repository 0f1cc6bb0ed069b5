import { Problem } from '../core/problem.ts'
import type { Handler } from './route.ts'

/** GET /me and what is below it: what is told of the caller's own user at its path. An app is no user. */
export function ofMe(handle: Handler): Handler {
  return async (request, services) => {
    const { caller, parameters } = request
    if (caller.kind === 'app') {
      throw new Problem('Request_BadRequest', '/me request is only valid with delegated authentication flow.')
    }
    return handle({ ...request, parameters: { ...parameters, id: { property: null, text: caller.user } } }, services)
  }
}
