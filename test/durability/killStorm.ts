import { setTimeout as wait } from 'node:timers/promises'
import { type Chance, chanceOf } from './chance.ts'
import { type Directory, readDirectory } from './directory.ts'
import { type Running, run } from './running.ts'
import { startProcess } from './serverProcess.ts'
import { compareCopy, followOn, newStormReaders, type StormReader } from './stormReader.ts'
import { acknowledgedBy, newStormWriters, type StormWriter, settle, writeNext } from './stormWriter.ts'
import { checkHead, headOfFile } from './wholeFile.ts'

export interface KillTrial {
  readonly database: string
  readonly seed: number
  readonly cycles: number
  readonly progress?: (figures: KillFigures) => void
}

export interface KillFigures {
  cycles: number
  /** Servers that were killed before they were ready, on top of the cycles. */
  killedAtStart: number
  acknowledged: number
  /** Writes that a kill left without an answer, and how many of them were found whole afterwards. */
  unanswered: number
  foundWhole: number
  rounds: number
  pages: number
  /** Copies of readers that were compared with the server's own listing. */
  comparisons: number
  groupsCompared: number
  edgesCompared: number
}

const SIZE = { writers: 6, users: 24 }
/** The longest storm, in milliseconds: the kill comes at any moment of it. */
const STORM_MS_MAX = 400
/** How often a server is killed at its start too, and how many milliseconds it gets at the most. */
const START_KILLS = 0.2
const START_MS_MAX = 250
/** Small pages: so that kills come within rounds. */
const FLAGS = ['--page-objects', '8', '--page-edges', '60']

/**
 * Kills a server in the midst of a storm of writes, again and again, and starts it on the same file. Throws at the first
 * thing that is not as promised.
 */
export async function stormAndKill({ database, seed, cycles, progress }: KillTrial): Promise<KillFigures> {
  const chance = chanceOf(seed)
  const figures = emptyFigures()
  let running = await run({ database, flags: FLAGS })
  try {
    const { secret } = running
    const writers = await newStormWriters(running, SIZE)
    const readers = newStormReaders(() => running.graph, cycles)
    for (const { follower } of readers) await follower.finishRound()

    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const headBefore = headOfFile(database)
      const acknowledgedBefore = acknowledgedBy(writers)
      await killAmid(running, { writers, readers, chance })
      if (chance.happens(START_KILLS)) figures.killedAtStart += await killAtStart(database, chance)
      running = await run({ database, secret, flags: FLAGS })

      const directory = await readDirectory(running.graph)
      const { unsure, whole } = settle(writers, directory)
      figures.unanswered += unsure
      figures.foundWhole += whole
      figures.acknowledged = acknowledgedBy(writers)
      checkHead(database, headBefore + figures.acknowledged - acknowledgedBefore + whole)
      const awake = readers.filter(({ everyCycles }) => cycle % everyCycles === 0)
      await compareAll(awake, directory, figures)
      figures.cycles = cycle
      progress?.(figures)
    }
    for (const { follower } of readers) {
      figures.rounds += follower.counts.rounds
      figures.pages += follower.counts.pages
    }
    return figures
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error)
    throw new Error(`Seed ${seed}, cycle ${figures.cycles + 1}: ${told}`, { cause: error })
  } finally {
    running.connections.close()
    await running.server.end('SIGKILL')
  }
}

function emptyFigures(): KillFigures {
  const writes = { acknowledged: 0, unanswered: 0, foundWhole: 0 }
  return {
    ...{ cycles: 0, killedAtStart: 0, ...writes, rounds: 0, pages: 0 },
    ...{ comparisons: 0, groupsCompared: 0, edgesCompared: 0 },
  }
}

interface Storm {
  readonly writers: readonly StormWriter[]
  readonly readers: readonly StormReader[]
  readonly chance: Chance
}

/** Lets all write and read, and kills the server at any moment of it. */
async function killAmid(running: Running, { writers, readers, chance }: Storm): Promise<void> {
  const { server, connections } = running
  let isOver = false
  const over = (): boolean => isOver
  const clients = Promise.all([
    ...writers.map(writer => writeOn(writer, running, chanceOf(chance.below(2 ** 31)), over)),
    ...readers.filter(({ everyCycles }) => everyCycles === 1).map(reader => followOn(reader, over)),
  ])
  clients.catch(() => {})
  // The kill is to come at a moment that no request of ours has a part in.
  await wait(chance.below(STORM_MS_MAX))
  isOver = true
  await server.end('SIGKILL')
  await clients
  connections.close()
}

/** Writes until `isOver`, or until the server is killed in the midst of a write. */
async function writeOn(writer: StormWriter, running: Running, chance: Chance, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const outcome = await writeNext(writer, running, chance)
    if (outcome.kind !== 'done' && !isOver()) throw new Error(outcome.told)
  }
}

/** Kills a server on its way up, while it may be putting the file in order. Gives 1 where it was not ready yet. */
async function killAtStart(database: string, chance: Chance): Promise<number> {
  const server = startProcess({ database, flags: FLAGS })
  let isReady = false
  const mark = (): void => {
    isReady = true
  }
  server.ready.then(mark, () => {})
  await wait(chance.below(START_MS_MAX))
  await server.end('SIGKILL')
  return isReady ? 0 : 1
}

async function compareAll(readers: readonly StormReader[], directory: Directory, figures: KillFigures): Promise<void> {
  for (const reader of readers) {
    const { groups, edges } = await compareCopy(reader, directory)
    figures.comparisons += 1
    figures.groupsCompared += groups
    figures.edgesCompared += edges
  }
}
