import { parentPort } from 'node:worker_threads'
import type { Driver } from './driver.ts'
import { inProcessDriver } from './inProcess.ts'
import type { judge } from './judge.ts'
import { mutantUrl, openMutantWorlds, readMutants } from './mutant.ts'
import { httpDriver } from './overHttp.ts'
import { type Trial, tryHistories, type Verdict } from './randomHistory.ts'
import { memoryHouse, sqliteHouse } from './storeHouse.ts'

/** The systems that a history can be played on. */
const SYSTEMS = {
  sqlite: async () => inProcessDriver(sqliteHouse),
  memory: async () => inProcessDriver(memoryHouse),
  http: () => httpDriver(sqliteHouse()),
} satisfies Record<string, () => Promise<Driver>>

export type System = keyof typeof SYSTEMS

export type Job =
  | { readonly kind: 'histories'; readonly systems: readonly System[]; readonly trial: Trial }
  | { readonly kind: 'mutant'; readonly name: string }

export type Outcome =
  | ({ readonly kind: 'histories' } & Verdict)
  /** How the mistake showed; null when it did not. */
  | { readonly kind: 'mutant'; readonly shown: string | null }

let mutants: ReturnType<typeof readMutants> | null = null

async function run(job: Job): Promise<Outcome> {
  if (job.kind === 'mutant') return { kind: 'mutant', shown: await judgeMutant(job.name) }
  const drivers = await Promise.all(job.systems.map(system => SYSTEMS[system]()))
  const verdict = await tryHistories(drivers, job.trial)
  for (const driver of drivers) await driver.close()
  const failure = verdict.failure === null ? null : `${verdict.failure} --systems ${job.systems.join()}`
  return { kind: 'histories', ...verdict, failure }
}

async function judgeMutant(name: string): Promise<string | null> {
  if (mutants === null) {
    mutants = readMutants()
    openMutantWorlds(mutants)
  }
  const mutant = mutants.find(known => known.name === name)
  if (mutant === undefined) throw new Error(`There is no mutant '${name}'.`)
  const world = (await import(mutantUrl('test/model/judge.ts', mutant))) as { judge: typeof judge }
  return world.judge(mutant.foundBy)
}

parentPort?.on('message', async (job: Job) => parentPort?.postMessage(await run(job)))
