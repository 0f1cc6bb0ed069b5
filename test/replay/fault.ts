/** What ends a program, told in one sentence: exit code 2 for what the caller gave, 1 for what happened in the run. */
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

/** Runs a program and gives its exit code. A fault is told in one sentence on standard error, anything else whole. */
export async function exitCodeOf(main: () => Promise<number>): Promise<number> {
  try {
    return await main()
  } catch (error) {
    console.error(error instanceof Fault ? sentenceOf(error) : error)
    return error instanceof Fault ? error.exitCode : 1
  }
}
