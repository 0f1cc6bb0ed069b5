import { type Bench, sizeName } from './bench.ts'
import { type Client, newClient } from './client.ts'
import type { Figure } from './figure.ts'
import { addNest, NEST_MEMBERS } from './nest.ts'
import { groupId, groupsOfTen, groupValues } from './population.ts'
import { startServer } from './server.ts'
import { inTurns, ratios, spreadOf } from './spread.ts'

const PAGE = 100
/** Single requests are short, so each sample is of several. */
const REPEATS = 10
const BATCH = 20
const DOMAIN = 'bench.tidemark.example'

/** Pages of lists, filtered and transitive ones, and batches, each against what it should not be much slower than. */
export async function measureLists({ sizes, pairs, open, tell }: Bench): Promise<Figure[]> {
  const size = sizes.at(-1) ?? 0
  const server = await startServer(await open(groupsOfTen(size)))
  const client = newClient(server.url, await server.token())
  try {
    tell('lists: a nest of groups')
    const nest = await addNest(client)
    tell('lists')
    const plain = () => timeOf(REPEATS, () => listed(client, '/v1.0/groups'))
    const single = (turn: number) => timeOf(1, () => askSingly(client, turn, size))
    const samples = await inTurns(pairs, [
      plain,
      turn => timeOf(REPEATS, n => listed(client, byMail(turn * REPEATS + n, size))),
      turn => timeOf(REPEATS, n => listed(client, byBeginning(turn * REPEATS + n))),
      async () => (await followList(client, nest)) / (NEST_MEMBERS / PAGE),
      single,
      turn => timeOf(1, () => askInBatch(client, turn, size)),
    ])
    const [page = [], mails = [], beginnings = [], transitive = [], singles = [], batches = []] = samples
    const of = `${PAGE} of ${sizeName(size)} groups`
    const memory = server.peakMemory()
    return [
      ratio(`list of ${of} by mail in (${PAGE} values) ÷ a plain page`, mails, page, 3),
      ratio(`list of ${of} by the beginning of mailNickname ÷ a plain page`, beginnings, page, 3),
      { name: `plain page of ${of}`, unit: 'ms', measured: spreadOf(page), target: null },
      ratio(`page of transitiveMembers, ${NEST_MEMBERS} over 5 levels ÷ a plain page`, transitive, page, null),
      { name: 'page of transitiveMembers', unit: 'ms', measured: spreadOf(transitive), target: null },
      {
        name: 'peak memory of the server, lists',
        unit: 'MB',
        measured: memory === null ? 'the system does not tell' : spreadOf([memory / 1e6]),
        target: { kind: 'at most', value: 300 },
      },
      ratio(`batch of ${BATCH} ÷ ${BATCH} requests in sequence`, batches, singles, 1),
      { name: `${BATCH} requests in sequence`, unit: 'ms', measured: spreadOf(singles), target: null },
    ]
  } finally {
    client.close()
    await server.stop()
  }
}

function ratio(name: string, over: readonly number[], under: readonly number[], most: number | null): Figure {
  const target = most === null ? null : ({ kind: 'at most', value: most } as const)
  return { name, unit: 'ratio', measured: spreadOf(ratios(over, under)), target }
}

/** The time of one of several runs, in milliseconds. */
async function timeOf(times: number, run: (n: number) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  for (let n = 0; n < times; n += 1) await run(n)
  return (performance.now() - startedAt) / times
}

/** Reads a page that must hold as many objects as a page of a list does; gives its next link's path, if there is one. */
async function listed(client: Client, path: string): Promise<string | null> {
  const text: string[] = []
  const { status, start } = await client.get(path, chunk => text.push(chunk.toString('latin1')))
  const found = text.join('').split('"id":').length - 1
  if (status !== 200 || found !== PAGE) throw new Error(`${path} was answered ${status} with ${found}: ${start}`)
  const link = /"@odata\.nextLink":"([^"]+)"/.exec(start)?.[1]
  if (link === undefined) return null
  const { pathname, search } = new URL(link)
  return pathname + search
}

/** Every second group has an address. */
function byMail(turn: number, size: number): string {
  const indexes = Array.from({ length: PAGE }, (_, n) => ((turn * PAGE + n) * 2) % size)
  const values = indexes.map(index => `'${groupValues(index).get('mailNickname')}@${DOMAIN}'`)
  return `/v1.0/groups?$filter=${encodeURIComponent(`mail in (${values.join(',')})`)}`
}

/** An eighth of all groups has the same field at the beginning. */
function byBeginning(turn: number): string {
  const beginning = String(groupValues(turn).get('mailNickname')).replace(/\d+$/, '')
  return `/v1.0/groups?$filter=${encodeURIComponent(`startsWith(mailNickname,'${beginning}')`)}`
}

/** The time of all pages of a list, in milliseconds. */
async function followList(client: Client, path: string): Promise<number> {
  const startedAt = performance.now()
  for (let at: string | null = path; at !== null; ) at = await listed(client, at)
  return performance.now() - startedAt
}

function groupPaths(turn: number, size: number): string[] {
  return Array.from({ length: BATCH }, (_, n) => `/groups/${groupId((turn * BATCH + n) % size)}`)
}

async function askSingly(client: Client, turn: number, size: number): Promise<void> {
  for (const path of groupPaths(turn, size)) {
    const { status, start } = await client.get(`/v1.0${path}`)
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${start}`)
  }
}

async function askInBatch(client: Client, turn: number, size: number): Promise<void> {
  const requests = groupPaths(turn, size).map((url, n) => ({ id: String(n), method: 'GET', url }))
  const { status, start } = await client.send('POST', '/v1.0/$batch', { requests })
  if (status !== 200 || !start.includes('"status":200')) throw new Error(`A batch was answered ${status}: ${start}`)
}
