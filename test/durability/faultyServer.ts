import { type Chance, chanceOf } from './chance.ts'
import { readDirectory } from './directory.ts'
import { type Running, run } from './running.ts'
import type { ProcessOptions } from './serverProcess.ts'
import { acknowledgedBy, newStormWriters, type Outcome, type StormWriter, settle, writeNext } from './stormWriter.ts'
import { checkHead, headOfFile } from './wholeFile.ts'

/** What clients heard from a server while something failed under it. */
export interface Heard {
  /** Of all writes that were not done. */
  readonly failures: Exclude<Outcome, { kind: 'done' }>[]
  done: number
  /** Done though they were sent when a 500 had been heard. */
  doneAfterFailure: number
  /** Statuses of reads that were answered. */
  readonly reads: Set<number>
}

/** A database with writers that know what they were promised, over one failing server after the other. */
export interface Trial {
  readonly database: string
  readonly secret: string
  readonly writers: readonly StormWriter[]
  readonly chance: Chance
  /** How many writes were sure when the file was last looked at, and its head then. */
  acknowledged: number
  head: number
}

const SIZE = { writers: 4, users: 10 }

/** Makes a database by a server on which nothing fails. */
export async function newTrial(options: ProcessOptions, seed: number): Promise<Trial> {
  const running = await run(options)
  const writers = await newStormWriters(running, SIZE)
  await stop(running)
  const { database } = options
  const head = headOfFile(database)
  return {
    database,
    secret: running.secret,
    writers,
    chance: chanceOf(seed),
    acknowledged: acknowledgedBy(writers),
    head,
  }
}

/** Writes with all writers at once, each so often or until it does not know what came of its last one; reads meanwhile. */
export async function writeAll(running: Running, { writers, chance }: Trial, times: number): Promise<Heard> {
  const { graph } = running
  const heard: Heard = { failures: [], done: 0, doneAfterFailure: 0, reads: new Set() }
  const hasFailed = (): boolean => heard.failures.some(({ status }) => status === 500)

  async function writeOn(writer: StormWriter, its: Chance): Promise<void> {
    for (let count = 0; count < times && writer.unsure === null; count += 1) {
      const isLate = hasFailed()
      const outcome = await writeNext(writer, running, its)
      if (outcome.kind !== 'done') heard.failures.push(outcome)
      else {
        heard.done += 1
        heard.doneAfterFailure += Number(isLate)
      }
    }
  }

  const writing = Promise.all(writers.map(writer => writeOn(writer, chanceOf(chance.below(2 ** 31)))))
  let isOver = false
  const end = (): void => {
    isOver = true
  }
  writing.then(end, end)
  while (!isOver) {
    const answer = await graph.ask('GET', '/groups?$top=5').catch(() => null)
    if (answer === null) break
    heard.reads.add(answer.status)
  }
  await writing
  return heard
}

/**
 * Starts a server on which nothing fails, and compares what is there with what the writers were promised. Throws where
 * they differ.
 */
export async function lookAfter(trial: Trial): Promise<void> {
  const { database, secret, writers } = trial
  const running = await run({ database, secret })
  const { whole } = settle(writers, await readDirectory(running.graph))
  const acknowledged = acknowledgedBy(writers)
  trial.head += acknowledged - trial.acknowledged + whole
  trial.acknowledged = acknowledged
  checkHead(database, trial.head)
  await stop(running)
}

export async function stop({ server, connections }: Running): Promise<void> {
  connections.close()
  const { code } = await server.end('SIGTERM')
  if (code !== 0) throw new Error(`The server ended with ${code}: ${server.said()}`)
}
