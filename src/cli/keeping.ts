import type { Command } from 'commander'
import type { Settings } from '../server/services.ts'
import { givenOrDefault, option, readDuration, readWholeNumber } from './option.ts'

const DAY_MS = 86_400_000
const DAYS_MAX = 3_650

/** The options that say how long things are kept: the server's, and those of the housekeeping beside it. */
export function addKeepingOptions(command: Command): Command {
  return command
    .addOption(option('--token-life <time>', 'how long a delta link is honoured: 30s, 15m, 12h, 7d', '7d'))
    .addOption(option('--recycle-bin-days <days>', 'how long a deleted object can be restored', '30'))
}

export function readKeeping(command: Command): Pick<Settings, 'tokenLifeMs' | 'recycleBinMs'> {
  return {
    tokenLifeMs: readDuration(givenOrDefault(command, 'token-life'), DAYS_MAX),
    recycleBinMs: readWholeNumber(givenOrDefault(command, 'recycle-bin-days'), 1, DAYS_MAX) * DAY_MS,
  }
}
