import { dirname } from 'node:path'
import type { Bench } from './bench.ts'
import { type Client, newClient } from './client.ts'
import { workingCopy } from './directory.ts'
import type { Figure } from './figure.ts'
import { description, groupId, groupsOfTen } from './population.ts'
import { followRound } from './round.ts'
import { type Server, startServer } from './server.ts'
import { inTurns, ratios, spreadOf } from './spread.ts'

const LATEST = '/v1.0/groups/delta?$deltatoken=latest'
/** A round of one change is short, so many of them make one sample: their median. */
const ROUNDS_A_SAMPLE = 60
const WARM_UPS = 3

/** A server with its client, who has followed it to its head. */
interface Side {
  readonly server: Server
  readonly client: Client
  next: string
}

/** What the monitor costs those who are served: rounds of one change with it and without, turn by turn. */
export async function measureMonitor({ sizes, pairs, open, newPath, tell }: Bench): Promise<Figure[]> {
  const groups = sizes[0] ?? 0
  const directory = await open(groupsOfTen(groups))
  const copy = workingCopy(directory, dirname(newPath('monitored')), 'monitored')
  const sides: Side[] = []
  try {
    const plain = await startSide(await startServer(directory))
    sides.push(plain)
    const watched = await startSide(await startServer(copy, ['--monitor', '0']))
    sides.push(watched)
    tell('rounds of one change, with the monitor and without')
    const run = (side: Side) => (turn: number) => medianRound(side, groups, turn)
    const [withMonitor = [], without = []] = await inTurns(pairs, [run(watched), run(plain)], WARM_UPS)
    const [readings = []] = await inTurns(pairs, [() => readMetrics(watched.server)], WARM_UPS)
    return [
      {
        name: 'round of one change, with the monitor ÷ without',
        unit: 'ratio',
        measured: spreadOf(ratios(withMonitor, without)),
        target: { kind: 'at most', value: 1.05 },
      },
      { name: 'round of one change, with the monitor', unit: 'ms', measured: spreadOf(withMonitor), target: null },
      { name: 'round of one change, without', unit: 'ms', measured: spreadOf(without), target: null },
      { name: 'reading the metrics', unit: 'ms', measured: spreadOf(readings), target: null },
    ]
  } finally {
    for (const { server, client } of sides) {
      client.close()
      await server.stop()
    }
  }
}

async function startSide(server: Server): Promise<Side> {
  const client = newClient(server.url, await server.token())
  const { next } = await followRound(client, LATEST)
  return { server, client, next }
}

/** The median time, in milliseconds, of rounds that each tell one new description. */
async function medianRound(side: Side, groups: number, turn: number): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < ROUNDS_A_SAMPLE; n += 1) {
    const group = (turn * ROUNDS_A_SAMPLE + n) % groups
    const path = `/v1.0/groups/${groupId(group)}`
    const { status, start } = await side.client.send('PATCH', path, { description: description(group, turn + 1) })
    if (status !== 204) throw new Error(`A change was answered ${status}: ${start}`)
    const { ms, next } = await followRound(side.client, side.next)
    side.next = next
    times.push(ms)
  }
  return spreadOf(times).median
}

async function readMetrics({ monitorUrl }: Server): Promise<number> {
  if (monitorUrl === null) throw new Error('The server has no monitor.')
  const began = performance.now()
  const answer = await fetch(new URL('/metrics', monitorUrl))
  await answer.arrayBuffer()
  return performance.now() - began
}
