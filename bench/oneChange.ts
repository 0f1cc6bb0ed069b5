import { dirname } from 'node:path'
import type { Bench } from './bench.ts'
import { type Client, newClient } from './client.ts'
import { type Directory, workingCopy } from './directory.ts'
import type { Figure } from './figure.ts'
import { description, groupId, groupsOfTen } from './population.ts'
import { followRound } from './round.ts'
import { type Server, startServer } from './server.ts'
import { inTurns, ratios, spreadOf } from './spread.ts'

const LATEST = '/v1.0/groups/delta?$deltatoken=latest'
/** A round of one change is short, so many of them make one sample: their median. */
const ROUNDS_A_SAMPLE = 60
/** Turns that are not kept. */
export const WARM_UPS = 3

/** An option of `tidemark serve` whose cost is measured. */
export interface Option {
  /** As the table names it: `the monitor`. */
  readonly name: string
  readonly words: readonly string[]
}

/** A server with its client, who has followed it to its head. */
export interface Side {
  readonly server: Server
  readonly client: Client
  next: string
}

/**
 * What an option costs those who are served: rounds of one change with it and without, turn by turn, by two servers of
 * the smallest directory. `more` measures what else there is of the one with it.
 */
export async function measureOption(
  { sizes, pairs, open, newPath, tell }: Bench,
  { name, words }: Option,
  more: (server: Server) => Promise<Figure[]> = async () => [],
): Promise<Figure[]> {
  const groups = sizes[0] ?? 0
  const directory = await open(groupsOfTen(groups))
  const copyName = name.replaceAll(' ', '-')
  const copy = workingCopy(directory, dirname(newPath(copyName)), copyName)
  const sides: Side[] = []
  try {
    const plain = await startSide(directory)
    sides.push(plain)
    const other = await startSide(copy, words)
    sides.push(other)
    tell(`rounds of one change, with ${name} and without`)
    const run = (side: Side) => (turn: number) => medianRound(side, groups, turn)
    const [withOption = [], without = []] = await inTurns(pairs, [run(other), run(plain)], WARM_UPS)
    return [
      {
        name: `round of one change, with ${name} ÷ without`,
        unit: 'ratio',
        measured: spreadOf(ratios(withOption, without)),
        target: { kind: 'at most', value: 1.05 },
      },
      { name: `round of one change, with ${name}`, unit: 'ms', measured: spreadOf(withOption), target: null },
      { name: `round of one change, without ${name}`, unit: 'ms', measured: spreadOf(without), target: null },
      ...(await more(other.server)),
    ]
  } finally {
    for (const side of sides) await stopSide(side)
  }
}

/** A server of a directory, with `words` as its options, followed to its head. */
export async function startSide(directory: Directory, words: readonly string[] = []): Promise<Side> {
  const server = await startServer(directory, words)
  const client = newClient(server.url, await server.token())
  return { server, client, next: (await followRound(client, LATEST)).next }
}

export async function stopSide({ server, client }: Side): Promise<void> {
  client.close()
  await server.stop()
}

/** The median time, in milliseconds, of rounds that each tell one new description. */
export async function medianRound(side: Side, groups: number, turn: number): Promise<number> {
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
