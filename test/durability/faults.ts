import { join } from 'node:path'
import { chanceOf } from './chance.ts'
import { lookAfter, newTrial, type Trial, writeAll } from './faultyServer.ts'
import { inFolder } from './folder.ts'
import { run } from './running.ts'
import { failing, whyNoStrace } from './strace.ts'
import { readTrialOptions } from './trialOptions.ts'

/** Which calls fail, how, and up to which of them the first failure may be. */
type Fault = readonly [call: string, error: string, most: number]
const FAULTS: readonly [Fault, ...Fault[]] = [
  ['fsync,fdatasync', 'EIO', 60],
  ['pwrite64', 'EIO', 1_500],
  ['pwrite64', 'ENOSPC', 1_500],
  ['ftruncate', 'EIO', 2],
]
/** Of each writer: enough for a log to be written back to its database. */
const WRITES = 60

/**
 * `node test/durability/faults.ts [--faults 50] [--seed n]`: lets calls of servers fail, of each another one, once or for
 * ever, prints what came of it, and ends with 1 at the first thing that is not as promised.
 */
async function main(): Promise<void> {
  const { count: faults, seed } = readTrialOptions(process.argv.slice(2), 'faults', 50)
  const reason = whyNoStrace()
  if (reason !== null) return console.log(`No faults are tried: ${reason}.`)
  const begun = performance.now()
  const chance = chanceOf(seed)
  const came: Record<string, number> = {}
  await inFolder(async folder => {
    const trial = await newTrial({ database: join(folder, 'directory.db') }, seed)
    for (let count = 1; count <= faults; count += 1) {
      const [call, error, most] = chance.pick(FAULTS)
      const when = `${chance.from(1, most)}${chance.pick(['', '+'])}`
      try {
        const what = `${call} ${error}: ${await failOne(trial, failing(call, error, when))}`
        came[what] = (came[what] ?? 0) + 1
      } catch (cause) {
        throw new Error(`Seed ${seed}, fault ${count}, ${call} ${error} ${when}: ${cause}`, { cause })
      }
      if (count % 10 === 0) console.error(`${count} of ${faults} faults`)
    }
    const seconds = Math.round((performance.now() - begun) / 1000)
    console.log({ seed, faults, ...came, acknowledged: trial.acknowledged, seconds })
  })
}

/** Runs a server under a fault, and looks at what it does and what it leaves. */
async function failOne(trial: Trial, under: readonly string[]): Promise<string> {
  const { database, secret } = trial
  const running = await run({ database, secret, under }).catch(String)
  if (typeof running === 'string') {
    await lookAfter(trial)
    return 'it does not start'
  }
  const { server, connections } = running
  const { failures, doneAfterFailure, reads } = await writeAll(running, trial, WRITES)
  const hasFailed = failures.some(({ status }) => status === 500)
  const { code } = hasFailed ? await server.ended : await server.end('SIGTERM')
  connections.close()
  if (code !== Number(hasFailed)) throw new Error(`it ended with ${code}: ${server.said()}`)
  if (doneAfterFailure > 0) throw new Error('a write was done after one had failed')
  if ([...reads].some(status => status !== 200)) throw new Error(`reads were answered ${[...reads].join(', ')}`)
  await lookAfter(trial)
  if (hasFailed) return 'a write fails and the server ends'
  return failures.length > 0 ? 'writes are refused and the server goes on' : 'nobody notices'
}

await main()
