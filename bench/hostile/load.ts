import { type Aim, ATTACKS } from './attack.ts'

/** What the program that attacks is told. */
export interface LoadOrder extends Aim {
  readonly attacks: readonly string[]
  /** For how long at the most. */
  readonly seconds: number
}

/** Attacks, from a process of its own, until a signal or its time ends it. */
function load({ attacks, seconds, ...aim }: LoadOrder): void {
  setTimeout(() => process.exit(0), seconds * 1_000)
  for (const name of attacks) {
    const attack = ATTACKS[name]
    if (attack === undefined) throw new Error(`There is no attack '${name}'.`)
    void attack(aim)
  }
  console.log('{}')
}

if (import.meta.main) load(JSON.parse(process.argv[2] ?? '') as LoadOrder)
