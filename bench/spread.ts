/** What samples of one thing say: their least, middle and greatest. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return { min: at(0), median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, max: at(sorted.length - 1) }
}

/** The sample that so great a part of all, 0 to 1, does not exceed. */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

/** Of each pair, the first divided by the second. */
export function ratios(over: readonly number[], under: readonly number[]): number[] {
  return over.map((value, index) => value / (under[index] ?? Number.NaN))
}

/**
 * Lets the runs take turns, A B A B …, so that what disturbs the machine meanwhile disturbs all of them; gives the
 * samples of each, those of one turn at one place. The first `warmUps` turns are not kept.
 */
export async function inTurns(
  turns: number,
  runs: readonly ((turn: number) => Promise<number>)[],
  warmUps = 1,
): Promise<number[][]> {
  const samples: number[][] = runs.map(() => [])
  for (let turn = -warmUps; turn < turns; turn += 1) {
    for (const [index, run] of runs.entries()) {
      const sample = await run(turn + warmUps)
      if (turn >= 0) samples[index]?.push(sample)
    }
  }
  return samples
}
