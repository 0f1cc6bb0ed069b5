import { playHistory } from './history.ts'
import { inProcessDriver } from './inProcess.ts'
import { readKeptHistories } from './keptHistory.ts'
import type { Finder } from './mutant.ts'
import { tryHistories } from './randomHistory.ts'
import { tellStory } from './stage.ts'
import { sqliteHouse } from './storeHouse.ts'
import { STORIES } from './stories.ts'
import { Violation } from './violation.ts'
import { World } from './world.ts'

/** How the mistake of this world showed; null when it did not. Anything but a broken promise is thrown. */
export async function judge(finder: Finder): Promise<string | null> {
  const driver = inProcessDriver(sqliteHouse)
  try {
    if (finder.kind === 'histories') {
      const trial = { seed: finder.seed, runs: finder.count, stepsMax: 60, shrinks: false }
      const { failure, isViolation } = await tryHistories([driver], trial)
      if (failure !== null && !isViolation) throw new Error(failure)
      return failure
    }
    if (finder.kind === 'kept') {
      const kept = readKeptHistories().find(({ name }) => name === finder.name)
      if (kept === undefined) throw new Error(`There is no kept history «${finder.name}».`)
      await playHistory(kept.history, await World.open(driver, kept.history.setting))
      return null
    }
    const story = STORIES.find(({ title }) => title === finder.title)
    if (story === undefined) throw new Error(`There is no story «${finder.title}».`)
    await tellStory(story, driver)
    return null
  } catch (error) {
    const isAssertion = error instanceof Error && 'code' in error && error.code === 'ERR_ASSERTION'
    if (error instanceof Violation || isAssertion) return String(error)
    throw error
  } finally {
    await driver.close()
  }
}
