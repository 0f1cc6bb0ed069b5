import { type FileHandle, open } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Fault, sentenceOf } from './fault.ts'

/** One change to the directory. `member` is `user:NAME` or `group:NAME`. */
export type Operation =
  | { readonly op: 'user.create'; readonly user: string }
  | { readonly op: 'group.create' | 'group.update'; readonly group: string; readonly description: string }
  | { readonly op: 'group.rename'; readonly group: string; readonly to: string }
  | { readonly op: 'group.delete'; readonly group: string }
  | { readonly op: EdgeOperation; readonly group: string; readonly member: string }

export type EdgeOperation = 'member.add' | 'member.remove' | 'owner.add' | 'owner.remove'

/** A line of the file: the operations of one commit, in order. `number` counts the file's lines from 1. */
export interface HistoryLine {
  readonly number: number
  readonly operations: readonly Operation[]
}

const FIELDS: { readonly [op in Operation['op']]: readonly string[] } = {
  'user.create': ['user'],
  'group.create': ['group', 'description'],
  'group.update': ['group', 'description'],
  'group.rename': ['group', 'to'],
  'group.delete': ['group'],
  'member.add': ['group', 'member'],
  'member.remove': ['group', 'member'],
  'owner.add': ['group', 'member'],
  'owner.remove': ['group', 'member'],
}

/** In characters; the longest line of the real history has some 330,000. */
const LINE_LENGTH_MAX = 64 * 1024 * 1024

/**
 * Reads a history, gzipped or plain, line by line. Throws a `Fault` (exit 2) for a file that cannot be read and for the
 * first line that is not of the format, with its number.
 */
export async function* readHistory(path: string): AsyncGenerator<HistoryLine> {
  let number = 0
  for await (const text of textLines(path)) {
    number += 1
    yield parseLine(text, number)
  }
}

/** Reads one line: `{"seq": 1, "at": "2018-06-20T18:58:35-07:00", "ops": [ … ]}`. */
export function parseLine(text: string, number: number): HistoryLine {
  const line = parseJson(text, number)
  if (!isRecord(line)) throw badLine(number, 'it is not a JSON object.')
  if (!Number.isSafeInteger(line['seq'])) throw badLine(number, "'seq' is not a whole number.")
  if (typeof line['at'] !== 'string' || Number.isNaN(Date.parse(line['at']))) {
    throw badLine(number, "'at' is not a time.")
  }
  if (!Array.isArray(line['ops'])) throw badLine(number, "'ops' is not a list.")
  return { number, operations: line['ops'].map((op, index) => parseOperation(op, index + 1, number)) }
}

/** The refusal of a line, with its number. */
export function badLine(number: number, reason: string, cause?: unknown): Fault {
  return new Fault(2, `Line ${number} cannot be played: ${reason}`, { cause })
}

function parseOperation(op: unknown, position: number, number: number): Operation {
  const place = `operation ${position}`
  if (!isRecord(op)) throw badLine(number, `${place} is not a JSON object.`)
  const name = op['op']
  if (!isOperationName(name)) throw badLine(number, `${place} is of no known kind: ${JSON.stringify(name)}.`)
  for (const field of FIELDS[name]) {
    const value = op[field]
    if (typeof value !== 'string') throw badLine(number, `${place} (${name}) has no text '${field}'.`)
    if (value === '' && field !== 'description') throw badLine(number, `${place} (${name}) has an empty '${field}'.`)
    if (field === 'member' && !/^(user|group):./s.test(value)) {
      throw badLine(number, `${place} (${name}) has a 'member' that is neither user:NAME nor group:NAME: '${value}'.`)
    }
  }
  return op as unknown as Operation
}

function parseJson(text: string, number: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badLine(number, text.trim() === '' ? 'it is empty.' : 'it is not JSON.', error)
  }
}

async function* textLines(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  try {
    for await (const chunk of await openBytes(path)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > LINE_LENGTH_MAX) throw new Error(`a line is longer than ${LINE_LENGTH_MAX} characters`)
      yield* lines
    }
    rest += decoder.decode()
  } catch (error) {
    throw new Fault(2, `Cannot read ${path}: ${sentenceOf(error)}.`, { cause: error })
  }
  if (rest !== '') yield rest
}

async function openBytes(path: string): Promise<Readable> {
  const file = await open(path)
  const bytes = file.createReadStream({ start: 0 })
  if (!(await isGzip(file))) return bytes
  // A failure on either side ends the other; it is thrown where the result is read.
  return pipeline(bytes, createGunzip(), () => {})
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
  return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
}

function isOperationName(value: unknown): value is Operation['op'] {
  return typeof value === 'string' && Object.hasOwn(FIELDS, value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
