import type { Logger } from 'pino'
import { clockWatch, type HousekeepingParts, housekeep } from '../server/housekeeping.ts'

const HOUR_MS = 3_600_000

/** Housekeeping now and every hour, until it is told to stop. */
export function startUpkeep(parts: HousekeepingParts, logger: Logger): () => void {
  const wasSet = clockWatch(parts.clock)
  let running = false
  let stopped = false
  const run = async (): Promise<void> => {
    if (running) return
    running = true
    try {
      if (wasSet()) logger.warn('The clock was set by more than an hour: nothing is removed this time.')
      else logger.info({ ...(await housekeep(parts)) }, 'housekeeping')
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
