import { join } from 'node:path'
import { inFolder } from './folder.ts'
import { stormAndKill } from './killStorm.ts'
import { readTrialOptions } from './trialOptions.ts'

/** `node test/durability/kill.ts [--cycles 50] [--seed n]`: prints the figures, and ends with 1 at the first loss. */
const { count: cycles, seed } = readTrialOptions(process.argv.slice(2), 'cycles', 50)
const begun = performance.now()
const figures = await inFolder(folder =>
  stormAndKill({
    ...{ database: join(folder, 'directory.db'), seed, cycles },
    progress: ({ cycles: done, acknowledged }) => {
      if (done % 10 === 0) console.error(`${done} of ${cycles} kills, ${acknowledged} writes acknowledged`)
    },
  }),
)
console.log({ seed, ...figures, seconds: Math.round((performance.now() - begun) / 1000) })
