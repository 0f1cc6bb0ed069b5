import { type Bench, sizeName } from './bench.ts'
import { type Client, newClient } from './client.ts'
import type { Figure } from './figure.ts'
import { description, groupId, groupsOfTen, memberId, type Population } from './population.ts'
import { followRound } from './round.ts'
import { type Server, startServer } from './server.ts'
import { inTurns, ratios, spreadOf } from './spread.ts'

const LATEST = '/v1.0/groups/delta?$deltatoken=latest'
/** How many connections write before a round is timed. */
const WRITERS = 16
/** Rounds of 10 changes are short, so more of them are timed. */
const SHORT_ROUNDS = 5
const WARM_UPS = 2

/** One size: a client that has followed the directory to its head, and those that change it. */
interface Follower {
  readonly population: Population
  readonly server: Server
  readonly client: Client
  readonly writers: readonly Client[]
  /** Where its next round begins. */
  next: string
  /** How many changes there have been. */
  changes: number
}

/** Rounds after 10 and after 1,000 groups were changed, at each size. */
export async function measureChangeRounds(bench: Bench): Promise<Figure[]> {
  const followers: Follower[] = []
  try {
    for (const size of bench.sizes) followers.push(await startFollower(bench, size))
    const measure = async (changes: number, more: number): Promise<number[][]> => {
      bench.tell(`rounds of ${changes} changes`)
      const runs = followers.map(follower => () => changeAndFollow(follower, changes))
      return inTurns(bench.pairs * more, runs, WARM_UPS * more)
    }
    const ten = await measure(10, SHORT_ROUNDS)
    const thousand = await measure(1_000, 1)
    return [...figuresOf(bench.sizes, ten, 10), ...figuresOf(bench.sizes, thousand, 1_000)]
  } finally {
    for (const { server, client, writers } of followers) {
      for (const one of [client, ...writers]) one.close()
      await server.stop()
    }
  }
}

async function startFollower({ open }: Bench, size: number): Promise<Follower> {
  const population = groupsOfTen(size)
  const server = await startServer(await open(population))
  const token = await server.token()
  const client = newClient(server.url, token)
  const writers = Array.from({ length: WRITERS }, () => newClient(server.url, token))
  const { next } = await followRound(client, LATEST)
  return { population, server, client, writers, next, changes: 0 }
}

/** Changes as many groups, then follows the round that tells it; gives the time of the round in milliseconds. */
async function changeAndFollow(follower: Follower, changes: number): Promise<number> {
  const { client, writers } = follower
  const end = follower.changes + changes
  await Promise.all(
    writers.map(async writer => {
      while (follower.changes < end) {
        follower.changes += 1
        await change(writer, follower.population, follower.changes)
      }
    }),
  )
  const { ms, next } = await followRound(client, follower.next)
  follower.next = next
  return ms
}

/** Every second change is a new description, every second one a new member; no group has two within one round. */
async function change(writer: Client, population: Population, n: number): Promise<void> {
  const { groups, membersEach } = population
  const group = n % groups
  const turn = Math.ceil(n / groups)
  const path = `/v1.0/groups/${groupId(group)}`
  const { status, start } =
    n % 2 === 0
      ? await writer.send('PATCH', path, { description: description(group, turn) })
      : await writer.send('POST', `${path}/members/$ref`, {
          '@odata.id': `https://graph.microsoft.com/v1.0/users/${memberId(population, group, membersEach + turn)}`,
        })
  if (status !== 204) throw new Error(`A change was answered ${status}: ${start}`)
}

function figuresOf(sizes: readonly number[], samples: readonly number[][], changes: number): Figure[] {
  const [smallest = 0, ...larger] = sizes
  const [ofSmallest = [], ...ofLarger] = samples
  const isShort = changes < 100
  const times = sizes.map(
    (size, index): Figure => ({
      name: `round of ${shownCount(changes)} changes in ${sizeName(size)} groups${isShort ? '' : ', a changed group'}`,
      unit: isShort ? 'ms' : 'µs',
      measured: spreadOf((samples[index] ?? []).map(ms => (isShort ? ms : (ms * 1000) / changes))),
      target: null,
    }),
  )
  const growth = larger.map(
    (size, index): Figure => ({
      name: `round of ${shownCount(changes)} changes, ${sizeName(size)} ÷ ${sizeName(smallest)} groups`,
      unit: 'ratio',
      measured: spreadOf(ratios(ofLarger[index] ?? [], ofSmallest)),
      target: { kind: 'at most', value: isShort ? 1.3 : 2 },
    }),
  )
  return [...growth, ...times]
}

function shownCount(changes: number): string {
  return changes.toLocaleString('en')
}
