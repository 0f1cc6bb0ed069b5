import type { Bench } from '../bench.ts'
import { withNeighbour } from '../directory.ts'
import type { Figure } from '../figure.ts'
import { groupsOfTen, oneGroupOf } from '../population.ts'
import { startProgram } from '../program.ts'
import { startServer } from '../server.ts'
import { quantile, ratios, spreadOf } from '../spread.ts'
import { ATTACKS } from './attack.ts'
import type { LoadOrder } from './load.ts'
import { newNeighbour, type Worked } from './neighbour.ts'

/** How long and how hard. */
export interface Soak {
  /** How long one attack lasts, in seconds, its quiet times included. */
  readonly seconds: number
  /** Of the attacks and of the large group: 1 is all of it. */
  readonly scale: number
  /** How often each attack begins again after a quiet time. */
  readonly turns: number
}

const MEMBERS = 1_000_000
const NEIGHBOUR_GROUPS = 1_000
/** Of a turn's time, how much is quiet, and how much passes before an attack is taken for full. */
const QUIET_PART = 0.3
const ONSET_PART = 0.2
const ALL = 'all at once'
/** However slowly the other tenant is served: an attack ends. */
const LOAD_SECONDS_MAX = 120

/** What one attack did to the other tenant, turn by turn. */
interface Felt {
  readonly quiet: Worked[]
  readonly loaded: Worked[]
}

/** The other tenant's slowest requests, in quiet and under each attack, turn by turn: from this process, the load from another. */
export async function soak({ open, tell }: Bench, { seconds, scale, turns }: Soak): Promise<Figure[]> {
  const large = oneGroupOf(Math.max(1_000, Math.round(MEMBERS * scale)))
  const small = groupsOfTen(NEIGHBOUR_GROUPS)
  const hostile = await open(large)
  const peaceful = await withNeighbour(hostile, small, tell)
  const server = await startServer(hostile)
  const turnMs = (seconds * 1_000) / turns
  try {
    const aim = { url: server.url.href, token: await server.token(), population: large, scale }
    const neighbour = await newNeighbour(server.url, await server.tokenOf(peaceful), small)
    await neighbour.work(turnMs * QUIET_PART)
    const figures: Figure[] = []
    for (const name of [...Object.keys(ATTACKS), ALL]) {
      tell(name)
      const felt: Felt = { quiet: [], loaded: [] }
      for (let turn = 0; turn < turns; turn += 1) {
        felt.quiet.push(await neighbour.work(turnMs * QUIET_PART))
        const attacks = name === ALL ? Object.keys(ATTACKS) : [name]
        const order: LoadOrder = { ...aim, attacks, seconds: LOAD_SECONDS_MAX }
        const load = await startProgram([LOAD, JSON.stringify(order)])
        await neighbour.work(turnMs * ONSET_PART)
        felt.loaded.push(await neighbour.work(turnMs * (1 - QUIET_PART - ONSET_PART)))
        await load.stop()
      }
      figures.push(...figuresOf(name, felt))
    }
    neighbour.close()
    const peak = server.peakMemory()
    if (peak !== null) {
      const measured = spreadOf([peak / 1_048_576])
      figures.push({ name: 'peak memory of the server, all attacks', unit: 'MB', measured, target: null })
    }
    return figures
  } finally {
    await server.stop()
  }
}

const LOAD = new URL('load.ts', import.meta.url).pathname

function figuresOf(name: string, { quiet, loaded }: Felt): Figure[] {
  const p99 = (worked: readonly Worked[]): number[] => worked.map(({ times }) => quantile(times, 0.99))
  const failed = loaded.map(({ times, failed }) => (100 * failed) / times.length)
  return [
    {
      name: `p99 of the other tenant, ${name} ÷ quiet`,
      unit: 'ratio',
      measured: spreadOf(ratios(p99(loaded), p99(quiet))),
      target: { kind: 'at most', value: 3 },
    },
    { name: `p99 in quiet before ${name}`, unit: 'ms', measured: spreadOf(p99(quiet)), target: null },
    { name: `p99 under ${name}`, unit: 'ms', measured: spreadOf(p99(loaded)), target: null },
    {
      name: `requests that failed under ${name}`,
      unit: '%',
      measured: spreadOf(failed),
      target: { kind: 'at most', value: 0 },
    },
  ]
}
