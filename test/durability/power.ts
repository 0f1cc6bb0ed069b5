import { inFolder } from './folder.ts'
import { losePower } from './powerLoss.ts'
import { whyNoStrace } from './strace.ts'
import { readTrialOptions } from './trialOptions.ts'

const IMAGES_OF_RECORD = 20
const COMMITS = 300

/** `node test/durability/power.ts [--images 20] [--seed n]`: prints the figures, and ends with 1 where an image lost something. */
async function main(): Promise<number> {
  const { count: images, seed } = readTrialOptions(process.argv.slice(2), 'images', 20)
  const reason = whyNoStrace()
  if (reason !== null) {
    console.log(`Power loss is not tried: ${reason}.`)
    return 0
  }
  const begun = performance.now()
  const { failures, ...figures } = await inFolder(folder =>
    losePower({
      ...{ folder, seed, images, imagesOfRecord: IMAGES_OF_RECORD, commits: COMMITS },
      progress: ({ images: done, failures: lost }) =>
        console.error(`${done} of ${images} images, ${lost.length} failed`),
    }),
  )
  for (const failure of failures) console.error(failure)
  console.log({ seed, ...figures, failures: failures.length, seconds: Math.round((performance.now() - begun) / 1000) })
  return failures.length === 0 ? 0 : 1
}

process.exitCode = await main()
