/** A source of chance: the same seed gives the same numbers. */
export interface Chance {
  /** A whole number from 0, below `limit`. */
  below(limit: number): number
  /** A whole number from `least` to `most`. */
  from(least: number, most: number): number
  /** True so often: never for 0, always for 1. */
  happens(probability: number): boolean
  pick<T>(items: readonly [T, ...T[]]): T
}

/** The generator splitmix32: a counter that is stirred (constants of https://github.com/skeeto/hash-prospector). */
export function chanceOf(seed: number): Chance {
  let counter = Math.imul(seed, 0x9e3779b1) | 0

  function fraction(): number {
    counter = (counter + 0x9e3779b9) | 0
    let stirred = counter
    stirred = Math.imul(stirred ^ (stirred >>> 16), 0x21f0aaad)
    stirred = Math.imul(stirred ^ (stirred >>> 15), 0x735a2d97)
    return ((stirred ^ (stirred >>> 15)) >>> 0) / 2 ** 32
  }

  const below = (limit: number): number => Math.floor(fraction() * limit)
  return {
    below,
    from: (least, most) => least + below(most - least + 1),
    happens: probability => fraction() < probability,
    pick: items => items[below(items.length)] ?? items[0],
  }
}

/** A seed that was not used before, for a run that is given none. */
export function freshSeed(): number {
  return Date.now() % 1_000_000_000
}
