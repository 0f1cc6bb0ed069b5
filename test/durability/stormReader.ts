import { compare, tellDifference } from '../replay/comparison.ts'
import type { View } from '../replay/copy.ts'
import { type Follower, follow } from '../replay/follower.ts'
import type { Graph } from '../replay/graph.ts'
import { type Directory, LISTED } from './directory.ts'

/** A client that follows by delta, across all kills, by the links that it got. */
export interface StormReader {
  readonly name: string
  readonly view: View
  readonly follower: Follower
  /** In every so manyeth cycle its copy is brought up to date: until then it keeps an old deltaLink. */
  readonly everyCycles: number
}

const ROUND_REQUESTS_MAX = 5_000

/** Two readers that follow all the time, one that sleeps over several kills, and one that wakes after the last. */
export function newStormReaders(graph: () => Graph, cycles: number): StormReader[] {
  const names: View = { properties: ['displayName'], relations: ['members'] }
  return [
    { name: 'everything', view: LISTED, follower: newFollower(graph, LISTED), everyCycles: 1 },
    { name: 'names', view: names, follower: newFollower(graph, names, 'return=minimal'), everyCycles: 1 },
    { name: 'seldom', view: LISTED, follower: newFollower(graph, LISTED), everyCycles: 7 },
    { name: 'once', view: LISTED, follower: newFollower(graph, LISTED), everyCycles: cycles },
  ]
}

function newFollower(graph: () => Graph, { properties, relations }: View, prefer?: string): Follower {
  const options = prefer === undefined ? {} : { prefer }
  return follow({
    start: `/groups/delta?$select=${[...properties, ...relations].join(',')}`,
    // A server that was started again has another port: its links are the old ones but for that.
    get: link => graph().ask('GET', link.replace(/^.*\/v1\.0\//, '/'), options),
    requestsMax: ROUND_REQUESTS_MAX,
  })
}

/** Follows round after round until `isOver`, or until the server is killed in the midst of a page. */
export async function followOn({ follower }: StormReader, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      await follower.finishRound()
    } catch (error) {
      if (!isOver()) throw error
    }
  }
}

/** What was compared. */
export interface Compared {
  readonly groups: number
  readonly edges: number
}

/**
 * Finishes the round that the kill cut off, and compares the copy with what the server lists. Throws where they differ, or
 * where a link was not good any more.
 */
export async function compareCopy({ name, view, follower }: StormReader, { listing }: Directory): Promise<Compared> {
  // The round that was cut off may have begun before the last write; the one after it begins when nobody writes.
  await follower.finishRound()
  await follower.finishRound()
  if (follower.counts.resyncs > 0) throw new Error(`The reader '${name}' was told to begin anew.`)
  const differences: string[] = []
  const extent = compare(follower.copy(), listing, view, difference => differences.push(tellDifference(difference)))
  if (differences.length > 0) {
    throw new Error(`The reader '${name}' differs: ${differences.slice(0, 8).join('; ')}`)
  }
  return extent
}
