import { dirname } from 'node:path'
import { changeFile, changeName, type Disk, emptyDisk, type File, newFile, syncFile, syncNames } from './disk.ts'
import type { Call } from './trace.ts'

/** A disk that follows the calls of a record, and the promises that were told on standard output meanwhile. */
export interface RecordedDisk {
  readonly disk: Disk
  /** What was told, oldest first: a word and a value. */
  readonly told: (readonly [word: string, value: string])[]
  follow(call: Call): void
}

/** What a descriptor stands for: a file of the folder with the place of the next `write`, or the folder itself. */
type Opened = { readonly kind: 'file'; readonly file: File; position: number } | { readonly kind: 'folder' }

const STANDARD_OUTPUT = 1

/** Follows what happens in `folder`; the rest of the file system does not matter here. */
export function recordedDisk(folder: string): RecordedDisk {
  const disk = emptyDisk(folder)
  const told: [string, string][] = []
  const descriptors = new Map<number, Opened>()

  const isHere = (path: string): boolean => dirname(path) === folder
  const nameOf = (path: string): string => path.slice(folder.length + 1)
  const fileOf = (path: string): File => {
    const file = disk.names.get(nameOf(path))
    if (file === undefined) throw new Error(`The record uses ${path}, which it has not made.`)
    return file
  }

  function open({ words, result, ended }: Call): void {
    const path = textOf(words)
    descriptors.delete(result)
    if (path === folder) descriptors.set(result, { kind: 'folder' })
    if (!isHere(path)) return
    const known = disk.names.get(nameOf(path))
    const file = known ?? newFile()
    if (known === undefined) changeName(disk, path, file, ended)
    else if (words.includes('O_TRUNC')) changeFile(file, { kind: 'truncate', length: 0 }, ended)
    descriptors.set(result, { kind: 'file', file, position: 0 })
  }

  function write({ name, words, result, ended }: Call): void {
    const [descriptor, , , place] = numbersOf(words)
    const opened = descriptors.get(descriptor)
    if (descriptor === STANDARD_OUTPUT) tell(bytesOf(words))
    if (opened?.kind !== 'file') return
    const bytes = bytesOf(words).subarray(0, result)
    const offset = name === 'pwrite64' ? place : opened.position
    if (name === 'write') opened.position += bytes.length
    changeFile(opened.file, { kind: 'write', offset, bytes }, ended)
  }

  function tell(bytes: Buffer): void {
    for (const line of bytes.toString().split('\n').filter(Boolean)) {
      const [word = '', value = ''] = line.split(' ')
      told.push([word, value])
    }
  }

  function truncate({ words, ended }: Call): void {
    const [descriptor, length] = numbersOf(words)
    const opened = descriptors.get(descriptor)
    if (opened?.kind === 'file') changeFile(opened.file, { kind: 'truncate', length }, ended)
  }

  function sync({ words, begun }: Call): void {
    const opened = descriptors.get(numbersOf(words)[0])
    if (opened?.kind === 'file') syncFile(opened.file, begun)
    else if (opened !== undefined) syncNames(disk, begun)
  }

  function unlink({ words, ended }: Call): void {
    if (isHere(textOf(words))) changeName(disk, textOf(words), null, ended)
  }

  function link({ words, ended }: Call): void {
    const [from = '', to = ''] = textsOf(words)
    if (isHere(to)) changeName(disk, to, fileOf(from), ended)
  }

  const effects: Readonly<Record<string, (call: Call) => void>> = {
    openat: open,
    close: ({ words }) => descriptors.delete(numbersOf(words)[0]),
    write,
    pwrite64: write,
    ftruncate: truncate,
    fsync: sync,
    fdatasync: sync,
    unlink,
    link,
  }

  function follow(call: Call): void {
    if (call.result < 0) return
    const effect = effects[call.name]
    // A model of the disk that passed over a call would prove nothing.
    if (effect === undefined)
      throw new Error(`The record holds '${call.name}', whose effect on a disk is not known here.`)
    effect(call)
  }

  return { disk, told, follow }
}

/** The texts among the words of a call, which the record writes as `\x` and two digits for each byte. */
function textsOf(words: string): string[] {
  return [...words.matchAll(/"([^"]*)"/g)].map(([, digits = '']) => bytesOfDigits(digits).toString())
}

function textOf(words: string): string {
  return textsOf(words)[0] ?? ''
}

function bytesOf(words: string): Buffer {
  if (words.includes('"...')) throw new Error('The record has cut off a write.')
  return bytesOfDigits(words.slice(words.indexOf('"') + 1, words.lastIndexOf('"')))
}

function bytesOfDigits(digits: string): Buffer {
  const bytes = Buffer.alloc(digits.length / 4)
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = 16 * digitAt(digits, 4 * index + 2) + digitAt(digits, 4 * index + 3)
  }
  return bytes
}

/** The hexadecimal digit at a place: 0 to 9 stand at 48 to 57, a to f at 97 to 102. */
function digitAt(digits: string, place: number): number {
  const code = digits.charCodeAt(place)
  return code < 97 ? code - 48 : code - 87
}

/** The words of a call as numbers; NaN for those that are none. */
function numbersOf(words: string): [number, number, number, number] {
  const text = words.indexOf('"')
  const numbers = text === -1 ? words : `${words.slice(0, text)}${words.slice(words.lastIndexOf('"') + 1)}`
  const [first, second, third, fourth] = numbers.split(',')
  return [Number(first), Number(second), Number(third), Number(fourth)]
}
