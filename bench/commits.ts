import { spawnSync } from 'node:child_process'
import { addEdges, liveObject, removeEdge } from '../src/core/membership.ts'
import { openSqliteStore } from '../src/store/sqlite/store.ts'
import type { Bench } from './bench.ts'
import type { Directory } from './directory.ts'
import type { Figure } from './figure.ts'
import { groupId, groupsOfTen, memberId, type Population } from './population.ts'
import { runProgram } from './program.ts'
import { inTurns, ratios, spreadOf } from './spread.ts'

const CALLERS = 64
const COMMITS_ALONE = 100
const COMMITS_EACH = 20
const SLOWER_US = 1_000

/** https://man7.org/linux/man-pages/man1/strace.1.html: only the two calls are traced, and each takes a millisecond more. */
const STRACE = [
  'strace',
  '--follow-forks',
  '--seccomp-bpf',
  '--trace=fdatasync,fsync',
  `--inject=fdatasync,fsync:delay_exit=${SLOWER_US}`,
  '--output=/dev/null',
]

interface Order extends Directory {
  readonly population: Population
  readonly pairs: number
}

/** Turn by turn. */
interface Rates {
  /** Commits a second. */
  readonly alone: readonly number[]
  readonly together: readonly number[]
  /** What one of many commits takes of the processor, in microseconds. */
  readonly cpuUs: readonly number[]
}

/** Durable commits a second: one caller after the other, and 64 at a time. */
export async function measureCommits({ sizes, pairs, open, tell }: Bench): Promise<Figure[]> {
  const population = groupsOfTen(sizes[0] ?? 0)
  const order: Order = { ...(await open(population)), population, pairs }
  const run = async (under: readonly string[]): Promise<Rates> =>
    (await runProgram([import.meta.filename, JSON.stringify(order)], under)) as Rates
  tell('commits')
  const figures = figuresOf('', await run([]), null)
  tell('commits with fdatasync slowed by 1 ms')
  const target = { kind: 'at least', value: 15 } as const
  if (spawnSync('strace', ['--version']).error === undefined) {
    return [...figuresOf(', fdatasync 1 ms slower', await run(STRACE), target), ...figures]
  }
  const missing: Figure = {
    name: ratioName(', fdatasync 1 ms slower'),
    unit: 'ratio',
    measured: 'strace is not installed: fdatasync cannot be slowed.',
    target,
  }
  return [missing, ...figures]
}

function ratioName(how: string): string {
  return `durable commits, ${CALLERS} callers ÷ 1${how}`
}

function figuresOf(how: string, { alone, together, cpuUs }: Rates, target: Figure['target']): Figure[] {
  return [
    { name: ratioName(how), unit: 'ratio', measured: spreadOf(ratios(together, alone)), target },
    { name: `durable commits, 1 caller${how}`, unit: 'commits/s', measured: spreadOf(alone), target: null },
    {
      name: `durable commits, ${CALLERS} callers${how}`,
      unit: 'commits/s',
      measured: spreadOf(together),
      target: null,
    },
    {
      name: `a durable commit among those of ${CALLERS} callers, processor${how}`,
      unit: 'µs',
      measured: spreadOf(cpuUs),
      target: null,
    },
  ]
}

async function commit({ path, tenant, population, pairs }: Order): Promise<Rates> {
  const store = openSqliteStore({ path })
  const by = { at: Date.now(), app: null, user: null, requestId: null }
  /** Adds a member to the caller's own group, takes it away again, and so on. Its rows share no page with another's. */
  const call = async (caller: number, commits: number): Promise<void> => {
    const group = Math.floor((caller * population.groups) / CALLERS)
    const id = groupId(group)
    const member = memberId(population, group, population.membersEach * 2)
    for (let n = 0; n < commits; n += 1) {
      await store.write(tenant, by, async transaction => {
        if (n % 2 === 1) await removeEdge(transaction, id, 'members', member)
        else await addEdges(transaction, await liveObject(transaction, 'group', id), 'members', [member])
      })
    }
  }
  const rate = async (callers: number, commits: number): Promise<number> => {
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller, commits)))
    return (callers * commits * 1000) / (performance.now() - startedAt)
  }
  const cpuUs: number[] = []
  const [alone = [], together = []] = await inTurns(pairs, [
    () => rate(1, COMMITS_ALONE),
    async () => {
      const before = process.cpuUsage()
      const perSecond = await rate(CALLERS, COMMITS_EACH)
      const { user, system } = process.cpuUsage(before)
      cpuUs.push((user + system) / (CALLERS * COMMITS_EACH))
      return perSecond
    },
  ])
  await store.close()
  // The first turn is one to warm up.
  return { alone, together, cpuUs: cpuUs.slice(-pairs) }
}

if (import.meta.main) console.log(JSON.stringify(await commit(JSON.parse(process.argv[2] ?? '') as Order)))
