/** What ends a replay, told in one sentence: exit code 2 for what the caller gave, 1 for what happened in the run. */
export class Fault extends Error {
  readonly exitCode: 1 | 2

  constructor(exitCode: 1 | 2, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The sentence of anything thrown. */
export function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
