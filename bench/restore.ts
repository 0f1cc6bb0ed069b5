import { monitorEventLoopDelay } from 'node:perf_hooks'
import { liveObject } from '../src/core/membership.ts'
import { deleteObject, restoreObject } from '../src/core/recycleBin.ts'
import { openSqliteStore } from '../src/store/sqlite/store.ts'
import { type Bench, sizeName } from './bench.ts'
import type { Directory } from './directory.ts'
import type { Figure } from './figure.ts'
import { groupId, oneGroupOf } from './population.ts'
import { runProgram } from './program.ts'
import { spreadOf } from './spread.ts'

const MEMBERS = 100_000

interface Order extends Directory {
  readonly times: number
}

/** In milliseconds, one for each restore. */
interface Restores {
  readonly commits: readonly number[]
  readonly blocks: readonly number[]
}

/** A restore of a large group: how long it takes, and how long nothing else is answered meanwhile. */
export async function measureRestore({ pairs, open, tell }: Bench): Promise<Figure[]> {
  const order: Order = { ...(await open(oneGroupOf(MEMBERS))), times: pairs }
  tell('restores')
  const { commits, blocks } = (await runProgram([import.meta.filename, JSON.stringify(order)])) as Restores
  const of = `restore of a group of ${sizeName(MEMBERS)} members`
  return [
    { name: of, unit: 'ms', measured: spreadOf(commits), target: null },
    { name: `${of}: longest time without an answer`, unit: 'ms', measured: spreadOf(blocks), target: null },
  ]
}

/** Long enough for the timer that measures delays: it has to have run before one and to run after it. */
function aWhile(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 10))
}

async function restore({ path, tenant, times }: Order): Promise<Restores> {
  const store = openSqliteStore({ path })
  const id = groupId(0)
  const by = { at: Date.now(), app: null, user: null, requestId: null }
  const context = {
    now: by.at,
    newId: () => id,
    domains: ['bench.tidemark.example'],
    recycleSecurityGroups: true,
  } as const
  const delays = monitorEventLoopDelay({ resolution: 1 })
  const commits: number[] = []
  const blocks: number[] = []
  for (let time = 0; time < times; time += 1) {
    await store.write(tenant, by, async transaction =>
      deleteObject(transaction, await liveObject(transaction, 'group', id), context),
    )
    delays.reset()
    delays.enable()
    await aWhile()
    const startedAt = performance.now()
    await store.write(tenant, by, transaction => restoreObject(transaction, id, undefined, context))
    commits.push(performance.now() - startedAt)
    await aWhile()
    delays.disable()
    blocks.push(delays.max / 1e6)
  }
  await store.close()
  return { commits, blocks }
}

if (import.meta.main) console.log(JSON.stringify(await restore(JSON.parse(process.argv[2] ?? '') as Order)))
