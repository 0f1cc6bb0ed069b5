import type { Logger } from 'pino'
import { believedTime, doubtOf } from '../server/believedTime.ts'
import { type HousekeepingParts, housekeep } from '../server/housekeeping.ts'

const HOUR_MS = 3_600_000

/** Housekeeping now and every hour, until it is told to stop. */
export function startUpkeep(parts: HousekeepingParts, logger: Logger): () => void {
  let running = false
  let stopped = false
  const nextTime = timeKeeper(parts, logger)
  const run = async (): Promise<void> => {
    if (running) return
    running = true
    try {
      logger.info({ ...(await housekeep(parts, await nextTime())) }, 'housekeeping')
    } catch (error) {
      // A run that the end of the server cut short has done whole commits, and the next start goes on.
      if (!stopped) logger.error({ err: error }, 'housekeeping failed')
    } finally {
      running = false
    }
  }
  const timer = setInterval(run, HOUR_MS).unref()
  void run()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}

/** Gives the time that a run goes by, and keeps it for the next one; a clock that is doubted is told once. */
function timeKeeper({ store, clock }: HousekeepingParts, logger: Logger): () => Promise<number> {
  let ranAt: number | null = null
  let told = false
  return async () => {
    const [known, now, elapsed] = [await store.housekeepingTime(), clock.now(), clock.elapsed()]
    const time = believedTime(known, now, ranAt === null ? null : elapsed - ranAt)
    ranAt = elapsed
    // A start soon after the last run has nothing to write.
    if (known === null || Math.abs(time - known) >= HOUR_MS) await store.putHousekeepingTime(time)
    if (known !== null && time !== now && !told) {
      logger.warn(
        `${doubtOf(known, now)}: housekeeping follows it by a day for each hour that the server runs. If it is right, 'tidemark housekeep --confirm-clock' has it believed at once.`,
      )
    }
    told = time !== now
    return Math.min(time, now)
  }
}
