import { Problem } from '../core/problem.ts'
import type { ResyncForm } from './services.ts'

/** The refusal of a state token that cannot be followed; its answer carries where to begin again. */
export class ResyncProblem extends Problem {
  readonly location: string

  constructor(message: string, location: string) {
    super('syncStateNotFound', message)
    this.location = location
  }
}

/**
 * 410 with `Location`, or one of the two other answers that real Graph is seen to give to an old token: clients can
 * be tested against each.
 */
export function resyncProblem(form: ResyncForm, location: string): Problem {
  switch (form) {
    case 'gone':
      return new ResyncProblem(
        'The sync state generation is not found. Data must be synchronized again: begin at the Location.',
        location,
      )
    case 'syncStateNotFound':
      return new Problem(
        'syncStateNotFound_BadRequest',
        'The sync state generation is not found. The delta token is expired and data must be synchronized again.',
      )
    case 'unsupportedQuery':
      return new Problem('Request_UnsupportedQuery', 'DeltaLink older than 30 days is not supported.')
  }
}
