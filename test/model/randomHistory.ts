import fc from 'fast-check'
import type { Driver } from './driver.ts'
import { type Dice, playDice, settingOf } from './history.ts'
import type { History, Step } from './step.ts'
import { Violation } from './violation.ts'
import { World } from './world.ts'

export interface Trial {
  readonly seed: number
  readonly runs: number
  /** How many steps a history has at the most, besides those that make its population. */
  readonly stepsMax: number
  /** Repeats one run of the seed: what a failure has printed. */
  readonly path?: string
  /** The smallest history that still fails is looked for. */
  readonly shrinks: boolean
}

/** What came of random histories: how much they did, and the first failure in words, with all it takes to repeat it. */
export interface Verdict {
  readonly runs: number
  readonly pages: number
  readonly rounds: number
  readonly commits: number
  readonly failure: string | null
  /** The failure is a broken promise, and not something that went wrong on the way. */
  readonly isViolation: boolean
}

const nothing = fc.constant(null)
const cast = fc.noShrink(fc.noBias(fc.nat()))

/** A cast that is not needed shrinks to nothing, in its place: what the others come to changes as little as can be. */
function dice(stepsMax: number): fc.Arbitrary<Dice> {
  const one = fc.oneof({ withCrossShrink: true }, { weight: 1, arbitrary: nothing }, { weight: 12, arbitrary: cast })
  return fc.record({
    seed: cast,
    casts: fc.array(one, { minLength: stepsMax, maxLength: stepsMax }),
  })
}

/**
 * Plays random histories until one fails. Several drivers play each of them one after another, and must give the same
 * answers, byte by byte.
 */
export async function tryHistories(drivers: readonly Driver[], trial: Trial): Promise<Verdict> {
  const { seed, runs, stepsMax, path, shrinks } = trial
  const done = { runs: 0, pages: 0, rounds: 0, commits: 0 }
  const losesTail = drivers.every(driver => driver.losesTail)
  const property = fc.asyncProperty(dice(stepsMax), async cast => {
    const told: World[] = []
    for (const driver of drivers) {
      const world = await World.open(driver, settingOf(cast))
      told.push(world)
      await playDice(cast, world, { losesTail })
    }
    compare(told)
    const [world] = told
    if (world === undefined) return
    done.runs += 1
    done.pages += world.inquiry.counts.pages
    done.rounds += world.inquiry.counts.rounds
    done.commits += world.reference.head
  })
  const result = await fc.check(property, {
    seed,
    numRuns: runs,
    endOnFailure: !shrinks,
    ...(path === undefined ? {} : { path }),
  })
  if (!result.failed || result.counterexample === null) return { ...done, failure: null, isViolation: false }
  const [counterexample] = result.counterexample
  const error = result.errorInstance
  const what = error instanceof Error ? error.message : String(error)
  const history = await toldAgain(drivers, counterexample, losesTail)
  const repeat = `To repeat: npm run test:long -- --seed ${seed} --path ${result.counterexamplePath} --steps ${stepsMax}`
  return { ...done, failure: `${what}\n${history}\n${repeat}`, isViolation: error instanceof Violation }
}

/** The history in words and as JSON. */
async function toldAgain(drivers: readonly Driver[], cast: Dice, losesTail: boolean): Promise<string> {
  const [driver] = drivers
  if (driver === undefined) return ''
  const steps: Step[] = []
  const setting = settingOf(cast)
  const world = await World.open(driver, setting)
  await playDice(cast, world, { losesTail, steps }).catch(() => {})
  const history: History = { setting, steps }
  return `${world.story.join('\n')}\n${JSON.stringify(history)}`
}

function compare([first, ...others]: readonly World[]): void {
  for (const other of others) {
    const at = first?.answers.findIndex((answer, index) => other.answers[index] !== answer) ?? -1
    if (at === -1) continue
    throw new Error(`Answer ${at} differs:\n${first?.answers[at]}\n${other.answers[at]}`)
  }
}
