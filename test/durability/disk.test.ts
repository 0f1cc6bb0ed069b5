import assert from 'node:assert/strict'
import test from 'node:test'
import { chanceOf } from './chance.ts'
import {
  changeFile,
  changeName,
  type Disk,
  emptyDisk,
  FATES,
  type Fate,
  imageOf,
  newFile,
  syncFile,
  syncNames,
} from './disk.ts'

const SECTOR = 512

/** A disk with one file whose name is durable. */
function aDisk(): Disk {
  const disk = emptyDisk('/folder')
  changeName(disk, '/folder/file', newFile(), 1)
  syncNames(disk, 2)
  return disk
}

function write(disk: Disk, letter: string, length: number, ended: number): void {
  const file = disk.names.get('file')
  assert.ok(file)
  changeFile(file, { kind: 'write', offset: 0, bytes: Buffer.alloc(length, letter) }, ended)
}

/** All that the file was found to hold in so many power cuts. */
function found(disk: Disk, fate: Fate): Set<string | null> {
  const chance = chanceOf(1)
  return new Set(
    Array.from({ length: 60 }, () => {
      const bytes = imageOf(disk, fate, chance).get('file')
      return bytes === undefined ? null : Buffer.from(bytes).toString('latin1')
    }),
  )
}

test('what was synchronized survives every power cut', () => {
  const disk = aDisk()
  write(disk, 'a', 2 * SECTOR, 3)
  const file = disk.names.get('file')
  assert.ok(file)
  syncFile(file, 4)
  for (const fate of FATES) assert.deepEqual(found(disk, fate), new Set(['a'.repeat(2 * SECTOR)]))
})

test('a write that ended after the synchronization had begun is not covered by it', () => {
  const disk = aDisk()
  write(disk, 'a', 1, 5)
  const file = disk.names.get('file')
  assert.ok(file)
  syncFile(file, 4)
  assert.deepEqual(found(disk, 'none'), new Set(['']))
})

test('a write that was not synchronized is there, missing or torn by sectors', () => {
  const disk = aDisk()
  write(disk, 'a', 2 * SECTOR, 3)
  const [whole, none] = ['a'.repeat(2 * SECTOR), '']
  const [first, second] = ['a'.repeat(SECTOR), '\0'.repeat(SECTOR) + 'a'.repeat(SECTOR)]
  assert.deepEqual(found(disk, 'all'), new Set([whole]))
  assert.deepEqual(found(disk, 'none'), new Set([none]))
  assert.deepEqual(found(disk, 'some'), new Set([whole, none]))
  assert.deepEqual(found(disk, 'torn'), new Set([whole, none, first, second]))
})

test('a later write may survive without an earlier one', () => {
  const disk = aDisk()
  write(disk, 'a', 2, 3)
  write(disk, 'b', 1, 4)
  assert.deepEqual(found(disk, 'some'), new Set(['', 'aa', 'b', 'ba']))
  assert.deepEqual(found(disk, 'last'), new Set(['b']))
})

test('a name is durable once its folder is synchronized, and so is that it is gone', () => {
  const disk = emptyDisk('/folder')
  changeName(disk, '/folder/file', newFile(), 1)
  assert.deepEqual(found(disk, 'some'), new Set(['', null]))
  syncNames(disk, 2)
  assert.deepEqual(found(disk, 'none'), new Set(['']))
  changeName(disk, '/folder/file', null, 3)
  assert.deepEqual(found(disk, 'none'), new Set(['']))
  assert.deepEqual(found(disk, 'all'), new Set([null]))
})
