import { Problem } from '../core/problem.ts'
import type { Answer } from './answer.ts'

/** GET /me and what is below it: an app is no user, and only apps have tokens. */
export async function refuseMe(): Promise<Answer> {
  throw new Problem('Request_BadRequest', '/me request is only valid with delegated authentication flow.')
}
