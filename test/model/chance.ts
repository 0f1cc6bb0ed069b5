/** Draws that follow from a seed: the same seed, the same draws. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = (seed ^ 0x5bd1e995) >>> 0
  }

  /** From 0 up to but not 1. */
  next(): number {
    // A 32-bit xorshift over a Weyl sequence.
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let value = this.#state
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
    return ((value ^ (value >>> 16)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 to `max`. */
  upTo(max: number): number {
    return Math.floor(this.next() * (max + 1))
  }

  happens(probability: number): boolean {
    return this.next() < probability
  }

  /** One of them; undefined where there is none. */
  of<T>(choices: readonly T[]): T | undefined {
    return choices[this.upTo(choices.length - 1)]
  }

  /** One of a list that has one. */
  one<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.upTo(choices.length - 1)] ?? choices[0]
  }

  /** Each with the same probability. */
  some<T>(choices: readonly T[], probability: number): T[] {
    return choices.filter(() => this.happens(probability))
  }

  /** Up to `count` of them, none twice. */
  sample<T>(choices: readonly T[], count: number): T[] {
    const found = new Set<T>()
    for (let draw = 0; draw < count; draw += 1) {
      const choice = this.of(choices)
      if (choice !== undefined) found.add(choice)
    }
    return [...found]
  }

  /** One of the names, as often as their weights say. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const rows = Object.entries(weights) as [Name, number][]
    let left = this.next() * rows.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of rows) {
      left -= weight
      if (left < 0) return name
    }
    throw new Error('There is nothing to choose from.')
  }
}
