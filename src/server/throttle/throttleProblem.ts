import { Problem } from '../../core/problem.ts'

/** The refusal of a request over a limit, before anything of it is done; its answer says when to come again. */
export class ThrottleProblem extends Problem {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>

  constructor(headers: Readonly<Record<string, string>>) {
    super('TooManyRequests', 'Please retry again later.')
    this.headers = headers
  }
}
