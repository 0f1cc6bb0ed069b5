import { basename } from 'node:path'
import { copyBytes, type GrowingBytes, noBytes, truncateBytes, writeBytes } from './bytes.ts'
import type { Chance } from './chance.ts'

/** A change that was made and is not known to be on the disk. `ended` is the line of the record where its call ended. */
type Pending<Change> = Change & { readonly ended: number }
type FileChange =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly length: number }
interface NameChange {
  readonly name: string
  /** Null where the name is taken away. */
  readonly file: File | null
}

/** A file without its name: what of it is surely on the disk, and what may be. */
export interface File {
  readonly durable: GrowingBytes
  pending: Pending<FileChange>[]
}

/** A folder on a disk that keeps what it was told to, and of the rest what it likes. */
export interface Disk {
  readonly folder: string
  /** The names as the running system sees them. */
  readonly names: Map<string, File>
  durableNames: Map<string, File>
  pendingNames: Pending<NameChange>[]
}

export function emptyDisk(folder: string): Disk {
  return { folder, names: new Map(), durableNames: new Map(), pendingNames: [] }
}

export function newFile(): File {
  return { durable: noBytes(), pending: [] }
}

export function changeFile(file: File, change: FileChange, ended: number): void {
  file.pending.push({ ...change, ended })
}

export function changeName(disk: Disk, path: string, file: File | null, ended: number): void {
  const name = basename(path)
  if (file === null) disk.names.delete(name)
  else disk.names.set(name, file)
  disk.pendingNames.push({ name, file, ended })
}

/** What had ended when the call to synchronize began is on the disk when that call has succeeded. */
export function syncFile(file: File, begun: number): void {
  for (const change of file.pending) if (change.ended < begun) applyChange(file.durable, change)
  file.pending = file.pending.filter(({ ended }) => ended >= begun)
}

export function syncNames(disk: Disk, begun: number): void {
  applyNames(
    disk.durableNames,
    disk.pendingNames.filter(({ ended }) => ended < begun),
  )
  disk.pendingNames = disk.pendingNames.filter(({ ended }) => ended >= begun)
}

/** What a power cut does to the changes that were not synchronized. */
export const FATES = ['all', 'none', 'some', 'last', 'torn', 'garbage'] as const
export type Fate = (typeof FATES)[number]

const SECTOR = 512

/** What is found after a power cut: the contents of each file that still has a name. */
export function imageOf(disk: Disk, fate: Fate, chance: Chance): Map<string, Uint8Array> {
  const names = new Map(disk.durableNames)
  applyNames(
    names,
    disk.pendingNames.filter(() => fate === 'all' || (fate !== 'none' && chance.happens(0.5))),
  )
  const contents = new Map<File, Uint8Array>()
  for (const file of names.values()) contents.set(file, contents.get(file) ?? survivingBytes(file, fate, chance))
  return new Map([...names].map(([name, file]) => [name, contents.get(file) ?? new Uint8Array()]))
}

function applyNames(names: Map<string, File>, changes: readonly NameChange[]): void {
  for (const { name, file } of changes) {
    if (file === null) names.delete(name)
    else names.set(name, file)
  }
}

function survivingBytes({ durable, pending }: File, fate: Fate, chance: Chance): Uint8Array {
  const bytes = copyBytes(durable)
  pending.forEach((change, index) => {
    const isLast = index === pending.length - 1
    if (fate === 'all' || (fate === 'last' && isLast) || (fate === 'some' && chance.happens(0.5))) {
      applyChange(bytes, change)
    }
    if (fate === 'torn' || fate === 'garbage') tearChange(bytes, change, fate, chance)
  })
  return bytes.data.subarray(0, bytes.length)
}

function applyChange(bytes: GrowingBytes, change: FileChange): void {
  if (change.kind === 'write') writeBytes(bytes, change.offset, change.bytes)
  else truncateBytes(bytes, change.length)
}

/** Sector by sector a write is done or not, or leaves anything in the part of the sector that it was to fill. */
function tearChange(bytes: GrowingBytes, change: FileChange, fate: 'torn' | 'garbage', chance: Chance): void {
  if (change.kind === 'truncate') {
    if (chance.happens(0.5)) applyChange(bytes, change)
    return
  }
  const { offset, bytes: written } = change
  const end = offset + written.length
  for (let start = offset; start < end; start = nextSector(start)) {
    const part = written.subarray(start - offset, Math.min(end, nextSector(start)) - offset)
    if (chance.happens(0.5)) writeBytes(bytes, start, part)
    else if (fate === 'garbage' && chance.happens(0.2))
      writeBytes(
        bytes,
        start,
        part.map(() => chance.below(256)),
      )
  }
}

function nextSector(offset: number): number {
  return offset - (offset % SECTOR) + SECTOR
}
