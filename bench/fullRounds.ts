import { type Bench, sizeName } from './bench.ts'
import { type Client, newClient } from './client.ts'
import type { Figure } from './figure.ts'
import { type MemoryServer, startMemoryServer } from './memoryServer.ts'
import { groupsOfTen } from './population.ts'
import { FIRST_ROUND, type FollowedRound, followRound } from './round.ts'
import { type Server, startServer } from './server.ts'
import { inTurns, ratios, spreadOf } from './spread.ts'

const MEGABYTE = 1e6

/** One size: the server, and another that answers with the same bytes from memory. */
interface Contest {
  readonly size: number
  readonly server: Server
  readonly memory: MemoryServer
  readonly serverClient: Client
  readonly memoryClient: Client
  /** Of one round. */
  bytes: number
  pages: number
}

/** Full rounds at each size, against the same bytes from memory; and the memory that the server took for them. */
export async function measureFullRounds(bench: Bench): Promise<Figure[]> {
  const contests: Contest[] = []
  try {
    for (const size of bench.sizes) contests.push(await startContest(bench, size))
    bench.tell('full rounds')
    const runs = contests.flatMap(contest => [
      async () => {
        const round = await followRound(contest.serverClient, FIRST_ROUND)
        contest.bytes = round.bytes
        contest.pages = round.pages
        return round.ms
      },
      async () => {
        const round = await followRound(contest.memoryClient, FIRST_ROUND)
        if (!isLike(round, contest)) throw new Error('The server and its like from memory do not send the same.')
        return round.ms
      },
    ])
    const samples = await inTurns(bench.pairs, runs)
    return contests.flatMap((contest, index) =>
      figuresOf(contest, samples[2 * index] ?? [], samples[2 * index + 1] ?? []),
    )
  } finally {
    for (const { server, memory, serverClient, memoryClient } of contests) {
      serverClient.close()
      memoryClient.close()
      await Promise.all([server.stop(), memory.stop()])
    }
  }
}

async function startContest({ open, tell }: Bench, size: number): Promise<Contest> {
  const server = await startServer(await open(groupsOfTen(size)))
  tell(`reading ${sizeName(size)} groups into memory`)
  const token = await server.token()
  const memory = await startMemoryServer({ url: server.url.href, token })
  return {
    size,
    server,
    memory,
    serverClient: newClient(server.url, token),
    memoryClient: newClient(memory.url, token),
    bytes: 0,
    pages: 0,
  }
}

/** The same pages; in bytes they differ by their state tokens, which hold the time. */
function isLike(round: FollowedRound, { pages, bytes }: Contest): boolean {
  return round.pages === pages && Math.abs(round.bytes / bytes - 1) < 0.001
}

function figuresOf({ size, server, bytes }: Contest, serverMs: number[], memoryMs: number[]): Figure[] {
  const of = `full round of ${sizeName(size)} groups`
  const perSecond = (amount: number, ms: readonly number[]) => spreadOf(ms.map(time => (amount * 1000) / time))
  const peak = server.peakMemory()
  return [
    {
      name: `${of} ÷ the same bytes from memory`,
      unit: 'ratio',
      measured: spreadOf(ratios(memoryMs, serverMs)),
      target: { kind: 'at least', value: 0.25 },
    },
    { name: of, unit: 'groups/s', measured: perSecond(size, serverMs), target: null },
    { name: of, unit: 'MB/s', measured: perSecond(bytes / MEGABYTE, serverMs), target: null },
    {
      name: `the same bytes as of ${sizeName(size)} groups from memory`,
      unit: 'MB/s',
      measured: perSecond(bytes / MEGABYTE, memoryMs),
      target: null,
    },
    {
      name: `peak memory of the server, ${of}`,
      unit: 'MB',
      measured: peak === null ? 'this system does not tell the peak memory of a process.' : spreadOf([peak / MEGABYTE]),
      target: { kind: 'at most', value: 300 },
    },
  ]
}
