import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Fault } from './fault.ts'
import { type HistoryLine, parseLine, readHistory } from './history.ts'

const AT = '2018-08-22T21:11:39-07:00'
const TWO_LINES = `${lineOf({ op: 'user.create', user: 'ann' })}\n${lineOf({ op: 'group.create', group: 'café', description: '' })}\n`

let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-history-'))
})

after(() => rm(folder, { recursive: true, force: true }))

test('a history reads the same gzipped and plain', async () => {
  const plain = await readAll(await fileOf('plain.ndjson', TWO_LINES))
  const gzipped = await readAll(await fileOf('packed', gzipSync(TWO_LINES)))
  assert.deepEqual(plain, gzipped)
  assert.deepEqual(
    plain.map(({ number, operations }) => [number, operations[0]?.op]),
    [
      [1, 'user.create'],
      [2, 'group.create'],
    ],
  )
})

test('the last line needs no newline', async () => {
  assert.equal((await readAll(await fileOf('open', TWO_LINES.trimEnd()))).length, 2)
})

test('an empty file is a history of no lines', async () => {
  assert.deepEqual(await readAll(await fileOf('empty', '')), [])
})

test('a line that is not of the format is refused with its number, when the lines before it have been read', async () => {
  const path = await fileOf('broken', `${TWO_LINES}{"seq": 3,\n`)
  const seen: number[] = []
  await assert.rejects(
    async () => {
      for await (const { number } of readHistory(path)) seen.push(number)
    },
    isFault(/^Line 3 cannot be played: it is not JSON\.$/),
  )
  assert.deepEqual(seen, [1, 2])
})

for (const [text, reason] of [
  ['', /it is empty/],
  ['[]', /it is not a JSON object/],
  [JSON.stringify({ seq: 1.5, at: AT, ops: [] }), /'seq' is not a whole number/],
  [JSON.stringify({ seq: 1, at: 'once', ops: [] }), /'at' is not a time/],
  [JSON.stringify({ seq: 1, at: AT }), /'ops' is not a list/],
  [lineOf(null), /operation 1 is not a JSON object/],
  [lineOf({ op: 'toString' }), /operation 1 is of no known kind: "toString"/],
  [lineOf({ op: 'group.create', group: 'a' }), /operation 1 \(group.create\) has no text 'description'/],
  [lineOf({ op: 'group.delete', group: '' }), /has an empty 'group'/],
  [lineOf({ op: 'member.add', group: 'a', member: 'ann' }), /neither user:NAME nor group:NAME: 'ann'/],
  [lineOf({ op: 'member.add', group: 'a', member: 'user:' }), /neither user:NAME nor group:NAME/],
] as const) {
  test(`a line is refused because ${reason.source}`, () => {
    assert.throws(() => parseLine(text, 7), isFault(new RegExp(`^Line 7 cannot be played: .*${reason.source}`)))
  })
}

for (const [name, content] of [
  ['a gzipped file that was cut', gzipSync(TWO_LINES).subarray(0, -12)],
  ['a gzipped file with a damaged byte', damaged(gzipSync(TWO_LINES))],
  ['text that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
] as const) {
  test(`${name} cannot be read`, async () => {
    const path = await fileOf('damaged', content)
    await assert.rejects(readAll(path), isFault(/^Cannot read .*damaged: /))
  })
}

test('a file that is not there, and a folder, cannot be read', async () => {
  await assert.rejects(readAll(join(folder, 'nowhere')), isFault(/^Cannot read .*nowhere: ENOENT/))
  await assert.rejects(readAll(folder), isFault(/^Cannot read .*: EISDIR/))
})

function lineOf(...ops: unknown[]): string {
  return JSON.stringify({ seq: 1, at: AT, ops })
}

function damaged(bytes: Buffer): Buffer {
  bytes.writeUInt8(bytes.readUInt8(20) ^ 0xff, 20)
  return bytes
}

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

async function readAll(path: string): Promise<HistoryLine[]> {
  const lines: HistoryLine[] = []
  for await (const line of readHistory(path)) lines.push(line)
  return lines
}

function isFault(message: RegExp): (error: unknown) => boolean {
  return error => error instanceof Fault && error.exitCode === 2 && message.test(error.message)
}
