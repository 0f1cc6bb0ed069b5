import { measureBearer } from './bearer.ts'
import { type Bench, newBench } from './bench.ts'
import { measureChangeRounds } from './changeRounds.ts'
import { circumstances, endOnSignals, loadNow } from './circumstances.ts'
import { measureCommits } from './commits.ts'
import { type Figure, jsonOf, tableOf } from './figure.ts'
import { measureForeignIds } from './foreignIds.ts'
import { measureFullRounds } from './fullRounds.ts'
import { measureLists } from './lists.ts'
import { measureMonitor } from './monitor.ts'
import { readOptions } from './options.ts'
import { measureRestore } from './restore.ts'
import { measureStart } from './start.ts'
import { measureThrottling } from './throttling.ts'

const MEASUREMENTS: Readonly<Record<string, (bench: Bench) => Promise<Figure[]>>> = {
  bearer: measureBearer,
  'full-rounds': measureFullRounds,
  'change-rounds': measureChangeRounds,
  commits: measureCommits,
  'foreign-ids': measureForeignIds,
  lists: measureLists,
  monitor: measureMonitor,
  restore: measureRestore,
  start: measureStart,
  throttling: measureThrottling,
}

endOnSignals()
const options = readOptions(process.argv.slice(2), Object.keys(MEASUREMENTS))
const bench = newBench(options)
const before = circumstances()
const figures: Figure[] = []
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (options.only === undefined || options.only === name) figures.push(...(await measure(bench)))
}
const told = { ...before, loadAfter: loadNow() }
if (options.json) console.log(jsonOf(told, figures))
else console.log(tableOf(told, figures))
