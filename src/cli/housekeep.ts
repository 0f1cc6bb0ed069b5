import { Command } from 'commander'
import { believedTime, doubtOf } from '../server/believedTime.ts'
import { systemClock } from '../server/clock.ts'
import { type Housekeeping, housekeep } from '../server/housekeeping.ts'
import { openPresentStore } from '../store/sqlite/store.ts'
import type { Store } from '../store/store.ts'
import { databaseOption, readDatabasePath } from './databaseFile.ts'
import { addKeepingOptions, readKeeping } from './keeping.ts'
import { logLevelOption, openLog, readLogLevel } from './logging.ts'
import { option, readSwitch } from './option.ts'
import { Refusal } from './refusal.ts'

/** `tidemark housekeep`: what the server does every hour, once, beside it or while none runs. */
export function housekeepCommand(): Command {
  const command = new Command('housekeep')
    .description(
      'Purges what has been in the recycle bin too long, and drops what no delta link needs any more. Give it the settings of the server.',
    )
    .addOption(databaseOption())
    .addOption(logLevelOption())
  return addKeepingOptions(command)
    .addOption(option('--confirm-clock', 'the clock is right, however far it is from the last housekeeping'))
    .addOption(option('--json', 'print what was done as one line of JSON'))
    .action(async () => {
      const json = readSwitch(command, 'json')
      const confirmed = readSwitch(command, 'confirm-clock')
      const settings = readKeeping(command)
      const log = openLog(readLogLevel(command))
      const database = readDatabasePath(command)
      const store = openPresentStore({ path: database })
      try {
        log.info({ database, ...settings }, 'housekeeping begins')
        const time = await timeOf(store, confirmed)
        await store.putHousekeepingTime(time)
        const done = await housekeep({ store, clock: systemClock, settings }, time)
        log.info({ database, ...done }, 'housekeeping done')
        console.log(json ? JSON.stringify(done) : tableOf(done))
      } finally {
        await store.close()
      }
    })
}

/** The time to go by. Throws a `Refusal` for a clock that has jumped and that nobody vouches for. */
async function timeOf(store: Store, confirmed: boolean): Promise<number> {
  const [known, now] = [await store.housekeepingTime(), systemClock.now()]
  if (known === null || confirmed || believedTime(known, now, null) === now) return now
  throw new Refusal(`${doubtOf(known, now)}: nothing was removed. If it is right, say so with --confirm-clock.`)
}

function tableOf({ purged, tombstones, records }: Housekeeping): string {
  const rows = [
    ['Objects purged from the recycle bin', purged],
    ['Tombstones dropped', tombstones],
    ['Commit records dropped', records],
  ] as const
  return rows.map(([what, count]) => `${what.padEnd(37)}${String(count).padStart(9)}`).join('\n')
}
