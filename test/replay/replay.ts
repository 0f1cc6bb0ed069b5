import { setTimeout as wait } from 'node:timers/promises'
import { compare, tellDifference } from './comparison.ts'
import { openConnections } from './connection.ts'
import type { View } from './copy.ts'
import { type Follower, follow } from './follower.ts'
import { type Graph, openGraph } from './graph.ts'
import { type HistoryLine, readHistory } from './history.ts'
import { readListing } from './listing.ts'
import { newRoster, type Roster } from './roster.ts'
import type { Access } from './server.ts'
import { addDifference, newStanding, type Standing } from './standing.ts'
import { stepsOf } from './step.ts'
import { newTokenSource } from './token.ts'
import { defaultDomain, newWriter, type WriteLine } from './writer.ts'

export interface ReplayOptions {
  readonly file: string
  readonly every: number
  readonly lines: number
  readonly access: Access
  /** Ends the replay with its reason. */
  readonly signal: AbortSignal
  readonly show: (standing: Standing) => void
}

interface Reader {
  readonly name: string
  readonly view: View
  readonly follower: Follower
  /** Between two rounds: the one reader finds a few changes at a time, the other enough for rounds of several pages. */
  readonly pauseMs: number
}

/** The properties that Graph gives by default (learn.microsoft.com, graph/api/group-get), but the id. */
const EVERYTHING: View = {
  properties: [
    ...['deletedDateTime', 'classification', 'createdDateTime', 'description', 'displayName', 'expirationDateTime'],
    ...['groupTypes', 'isAssignableToRole', 'mail', 'mailEnabled', 'mailNickname', 'membershipRule'],
    ...['membershipRuleProcessingState', 'onPremisesDomainName', 'onPremisesLastSyncDateTime'],
    ...['onPremisesNetBiosName', 'onPremisesSamAccountName', 'onPremisesSecurityIdentifier', 'onPremisesSyncEnabled'],
    ...['preferredDataLocation', 'preferredLanguage', 'proxyAddresses', 'renewedDateTime', 'resourceBehaviorOptions'],
    ...['resourceProvisioningOptions', 'securityEnabled', 'securityIdentifier', 'serviceProvisioningErrors', 'theme'],
    ...['visibility', 'onPremisesProvisioningErrors'],
  ],
  relations: ['members', 'owners'],
}

const NAMES: View = { properties: ['displayName'], relations: ['members'] }

/** A round with more requests than this, in pages of one object, would hold more than the largest history. */
const ROUND_REQUESTS_MAX = 20_000

/**
 * Plays a history into a server. Two readers follow while it is written, one of everything and one of names and members
 * with `return=minimal`; after every so many lines, and at the end, the writer waits, both finish a round that begins
 * after the last write, and what each holds is compared with what the server lists.
 */
export async function replay(options: ReplayOptions): Promise<Standing> {
  const { access, every, show } = options
  const failure = new AbortController()
  const signal = AbortSignal.any([options.signal, failure.signal])
  const connections = openConnections()
  try {
    const graph = openGraph(access.url, connections, newTokenSource(access, connections.send), signal)
    const readers = newReaders(graph)
    const standing = newStanding(Object.fromEntries(readers.map(({ name, follower }) => [name, follower.counts])))
    const writeLine = newWriter(graph, defaultDomain(access.tenantId))
    const roster = newRoster()
    for await (const lines of chunks(firstLines(options.file, options.lines), every)) {
      const writer = write(lines, roster, writeLine, standing, show)
      await together(failure, [writer, ...readers.map(reader => followWhile(reader, writer))])
      await compareAll(graph, readers, standing)
      show(standing)
    }
    return standing
  } finally {
    connections.close()
  }
}

/** Reads a history without playing it: every line is of the format and names only what is there. */
export async function rehearse(file: string, linesMax: number): Promise<{ readonly lines: number }> {
  const roster = newRoster()
  let lines = 0
  for await (const line of firstLines(file, linesMax)) {
    stepsOf(line, roster)
    lines += 1
  }
  return { lines }
}

function newReaders(graph: Graph): Reader[] {
  return [
    { name: 'everything', view: EVERYTHING, follower: newFollower(graph, EVERYTHING), pauseMs: 20 },
    { name: 'names', view: NAMES, follower: newFollower(graph, NAMES, 'return=minimal'), pauseMs: 200 },
  ]
}

function newFollower(graph: Graph, { properties, relations }: View, prefer?: string): Follower {
  const options = prefer === undefined ? {} : { prefer }
  return follow({
    start: `${graph.root}/groups/delta?$select=${[...properties, ...relations].join(',')}`,
    get: link => graph.ask('GET', link, options),
    requestsMax: ROUND_REQUESTS_MAX,
  })
}

async function write(
  lines: readonly HistoryLine[],
  roster: Roster,
  writeLine: WriteLine,
  standing: Standing,
  show: (standing: Standing) => void,
): Promise<void> {
  for (const line of lines) {
    const begunAt = performance.now()
    await writeLine(stepsOf(line, roster), () => {
      standing.operations += 1
    })
    standing.lines += 1
    standing.writingMs += performance.now() - begunAt
    show(standing)
  }
}

/** Round after round while the writer writes, and one more that begins after its last write. */
async function followWhile({ follower, pauseMs }: Reader, writer: Promise<void>): Promise<void> {
  let writing = true
  const stop = () => {
    writing = false
  }
  const end = writer.then(stop, stop)
  while (writing) {
    await follower.finishRound()
    await Promise.race([wait(pauseMs, undefined, { ref: false }), end])
  }
  await follower.finishRound()
}

async function compareAll(graph: Graph, readers: readonly Reader[], standing: Standing): Promise<void> {
  const listing = await readListing(graph, EVERYTHING)
  for (const { name, view, follower } of readers) {
    const { groups, edges } = compare(follower.copy(), listing, view, difference =>
      addDifference(standing, () => `after line ${standing.lines}, reader of ${name}: ${tellDifference(difference)}`),
    )
    standing.groupsCompared += groups
    standing.edgesCompared += edges
  }
  standing.comparisons += 1
}

/** Waits for all; the first failure makes the others stop, and is thrown when they have. */
async function together(failure: AbortController, tasks: readonly Promise<void>[]): Promise<void> {
  for (const task of tasks) task.catch(error => failure.abort(error))
  await Promise.allSettled(tasks)
  failure.signal.throwIfAborted()
}

async function* firstLines(file: string, linesMax: number): AsyncGenerator<HistoryLine> {
  for await (const line of readHistory(file)) {
    yield line
    if (line.number >= linesMax) return
  }
}

async function* chunks<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = []
  for await (const item of items) {
    chunk.push(item)
    if (chunk.length === size) {
      yield chunk
      chunk = []
    }
  }
  if (chunk.length > 0) yield chunk
}
