import { openConnections } from '../replay/connection.ts'
import { exitCodeOf, Fault } from '../replay/fault.ts'
import { writeDocs } from './docs.ts'
import { openTarget } from './opening.ts'
import { type Options, type Running, readOptions } from './options.ts'
import { startOwnServer } from './ownServer.ts'
import { newProgress } from './progress.ts'
import { countsOf, jsonOf, tableOf } from './report.ts'
import { type Finding, tryCases } from './run.ts'
import type { Target } from './target.ts'

/** Runs the suite as the command line asks, and gives its exit code: 0 where no case failed, 1 otherwise. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env, text => process.stdout.write(text))
  if (options === null) return 0
  const { target, close } = options.running === null ? await startOwnServer() : await reach(options.running)
  try {
    const findings = await tell(options, target)
    if (options.docs) writeDocs(findings)
    console.log(options.json ? jsonOf(target.url, findings) : tableOf(findings))
    return countsOf(findings).failed === 0 ? 0 : 1
  } finally {
    await close()
  }
}

async function reach(running: Running): Promise<{ target: Target; close: () => Promise<void> }> {
  const { send, close } = openConnections()
  try {
    return { target: await openTarget(running, send), close: async () => close() }
  } catch (error) {
    close()
    throw error
  }
}

/** A signal ends the run after the case that is being told, whose objects are removed. */
async function tell({ cases }: Options, target: Target): Promise<readonly Finding[]> {
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupt.abort(new Fault(1, `The run was ended by ${name}.`)))
  }
  const progress = newProgress(process.stderr, cases.length)
  try {
    return await tryCases(cases, target, interrupt.signal, progress.show)
  } finally {
    progress.stop()
  }
}

process.exitCode = await exitCodeOf(main)
