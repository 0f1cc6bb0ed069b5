import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Chance, chanceOf } from './chance.ts'
import { type Disk, FATES, type Fate, imageOf } from './disk.ts'
import { checkImage, promisedBy } from './imageCheck.ts'
import { recordedDisk } from './recordedDisk.ts'
import { type Call, readTrace, recordWriter } from './trace.ts'

export interface PowerTrial {
  /** Where records and images are made, and removed again. */
  readonly folder: string
  readonly seed: number
  readonly images: number
  /** Of one record, before the next is made. */
  readonly imagesOfRecord: number
  readonly commits: number
  /** A disk that says it has synchronized and has not: what the trial must be able to notice. */
  readonly lyingDisk?: boolean
  readonly progress?: (figures: PowerFigures) => void
}

export interface PowerFigures {
  records: number
  calls: number
  images: number
  /** Cut before the database was complete; while pages went from the log to the database; with changes not synchronized. */
  whileMade: number
  whileCheckpointed: number
  withPending: number
  /** Commits that were acknowledged before the cut, added up, and those beyond them that the image held nevertheless. */
  acknowledged: number
  survivedUnacknowledged: number
  /** One for each image that did not hold what was promised. */
  readonly failures: string[]
}

const DATABASE = 'directory.db'

/** Records what a writer does to its disk, cuts the power at random calls, and checks what each cut leaves. */
export async function losePower(trial: PowerTrial): Promise<PowerFigures> {
  const figures: PowerFigures = {
    records: 0,
    calls: 0,
    images: 0,
    whileMade: 0,
    whileCheckpointed: 0,
    withPending: 0,
    acknowledged: 0,
    survivedUnacknowledged: 0,
    failures: [],
  }
  while (figures.images < trial.images) {
    const seed = trial.seed + figures.records
    await loseRecord(trial, seed, figures)
    figures.records += 1
    trial.progress?.(figures)
  }
  return figures
}

async function loseRecord(trial: PowerTrial, seed: number, figures: PowerFigures): Promise<void> {
  const folder = join(trial.folder, `record-${seed}`)
  const log = `${folder}.log`
  mkdirSync(folder, { recursive: true })
  try {
    const { commits } = trial
    await recordWriter({ database: join(folder, DATABASE), seed, commits }, log)
    const calls = await Array.fromAsync(readTrace(log))
    figures.calls += calls.length
    const chance = chanceOf(seed)
    const count = Math.min(trial.imagesOfRecord, trial.images - figures.images)
    const cuts = cutsOf(calls, folder, count, chance)
    await loseAt(cuts, calls, { trial, folder, seed, chance, figures })
  } finally {
    rmSync(folder, { recursive: true, force: true })
    rmSync(log, { force: true })
  }
}

interface RecordTrial {
  readonly trial: PowerTrial
  readonly folder: string
  readonly seed: number
  readonly chance: Chance
  readonly figures: PowerFigures
}

/** Follows the calls up to each cut, and looks at what it leaves. */
async function loseAt(
  cuts: readonly number[],
  calls: readonly Call[],
  { trial, folder, seed, chance, figures }: RecordTrial,
): Promise<void> {
  const { disk, told, follow } = recordedDisk(folder)
  let followed = 0
  for (const cut of cuts) {
    for (; followed < cut; followed += 1) {
      const call = calls[followed]
      if (call !== undefined && !(trial.lyingDisk && isSync(call))) follow(call)
    }
    const fate = chance.pick<Fate>(FATES)
    const image = join(trial.folder, `image-${seed}-${cut}`)
    writeImage(image, disk, fate, chance)
    const promised = promisedBy(told)
    const { faults, head } = await checkImage(join(image, DATABASE), promised)
    figures.images += 1
    figures.whileMade += Number(!promised.tenant)
    figures.whileCheckpointed += Number((disk.names.get(DATABASE)?.pending.length ?? 0) > 0 && promised.tenant)
    figures.withPending += Number(hasPending(disk))
    figures.acknowledged += promised.acknowledged
    figures.survivedUnacknowledged += Math.max(0, head - promised.acknowledged)
    if (faults.length > 0) {
      figures.failures.push(
        `seed ${seed}, cut after call ${cut} of ${calls.length}, fate '${fate}': ${faults.join('; ')}`,
      )
    }
    rmSync(image, { recursive: true })
  }
}

/** Where to cut, in order: a third anywhere, a third while the database itself is written, a third just before a call to synchronize ends. */
function cutsOf(calls: readonly Call[], folder: string, count: number, chance: Chance): number[] {
  const { disk, follow } = recordedDisk(folder)
  const all: number[] = []
  const checkpoints: number[] = []
  const syncs: number[] = []
  calls.forEach((call, index) => {
    // Until the writer has opened its files there is nothing to lose.
    if (disk.names.size > 0) {
      all.push(index)
      if (isSync(call)) syncs.push(index)
      if ((disk.names.get(DATABASE)?.pending.length ?? 0) > 0) checkpoints.push(index)
    }
    follow(call)
  })
  const cuts = Array.from({ length: count }, () => {
    const places = chance.pick([all, checkpoints, syncs])
    return places[chance.below(places.length)] ?? calls.length
  })
  return cuts.sort((a, b) => a - b)
}

function isSync({ name }: Call): boolean {
  return name === 'fsync' || name === 'fdatasync'
}

/** The memory that processes share about a log is never synchronized, and no part of what is promised: a cut leaves anything in it. */
const SHARED_MEMORY = `${DATABASE}-shm`

/** Whether the cut has changes to lose. */
function hasPending({ names, pendingNames }: Disk): boolean {
  return (
    pendingNames.length > 0 || [...names].some(([name, { pending }]) => name !== SHARED_MEMORY && pending.length > 0)
  )
}

function writeImage(path: string, disk: Disk, fate: Fate, chance: Chance): void {
  mkdirSync(path)
  for (const [name, bytes] of imageOf(disk, fate, chance)) {
    const content = name === SHARED_MEMORY ? Buffer.from(bytes).fill(chance.below(256)) : bytes
    writeFileSync(join(path, name), content, { mode: 0o600 })
  }
}
