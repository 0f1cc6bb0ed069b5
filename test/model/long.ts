import { parseArgs } from 'node:util'
import { Pool } from './pool.ts'
import type { System } from './worker.ts'

/**
 * The long run: random histories in parts of 500, each with a seed of its own (`--seed` plus its number), so that a run
 * can be cut short and continued with `--from`. `--path` repeats the one history that a failure has named.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50000' },
    steps: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    from: { type: 'string', default: '0' },
    systems: { type: 'string', default: 'sqlite' },
    path: { type: 'string' },
  },
})
const PART = 500
const seed = Number(values.seed)
const stepsMax = Number(values.steps)
const systems = values.systems.split(',') as System[]
const parts = values.path === undefined ? Math.ceil(Number(values.runs) / PART) : 1

const pool = new Pool()
let next = Number(values.from)
let failed = false
const began = performance.now()
const total = { histories: 0, rounds: 0, pages: 0, commits: 0 }
console.log(`${values.runs} histories of at most ${stepsMax} steps on ${systems.join(' and ')}, seed ${seed}`)

async function runParts(): Promise<void> {
  while (next < parts && !failed) {
    const part = next
    next += 1
    const path = values.path === undefined ? {} : { path: values.path }
    const trial = { seed: seed + part, runs: PART, stepsMax, shrinks: true, ...path }
    const outcome = await pool.run({ kind: 'histories', systems, trial })
    if (outcome.kind !== 'histories') continue
    total.histories += outcome.runs
    total.rounds += outcome.rounds
    total.pages += outcome.pages
    total.commits += outcome.commits
    const seconds = Math.round((performance.now() - began) / 1000)
    console.log(
      `part ${part} of ${parts}: ${total.histories} histories, ${total.rounds} rounds, ${total.pages} pages, ${total.commits} commits in ${seconds} s; to go on: --seed ${seed} --from ${part + 1}`,
    )
    if (outcome.failure === null) continue
    failed = true
    console.log(outcome.failure)
  }
}

await Promise.all(Array.from({ length: pool.size }, runParts))
await pool.close()
console.log(failed ? 'A promise is broken.' : 'No promise is broken.')
process.exitCode = failed ? 1 : 0
