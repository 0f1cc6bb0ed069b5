import { Problem } from '../core/problem.ts'

/** The refusal of what a list does not offer (learn.microsoft.com, graph/aad-advanced-queries), with what it was. */
export function unsupportedQuery(cause?: string): Problem {
  return new Problem(
    'Request_UnsupportedQuery',
    cause === undefined ? 'Unsupported Query.' : `Unsupported Query. ${cause}`,
  )
}
