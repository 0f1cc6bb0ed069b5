import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { inFolder } from './folder.ts'
import { recordedDisk } from './recordedDisk.ts'
import { type Call, readTrace } from './trace.ts'

async function callsOf(lines: readonly string[]): Promise<Call[]> {
  return inFolder(async folder => {
    const log = join(folder, 'log')
    writeFileSync(log, `${lines.join('\n')}\n`)
    return Array.fromAsync(readTrace(log))
  })
}

/** A text as the record writes it. */
function digitsOf(text: string): string {
  return [...Buffer.from(text)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}

test('a call that another thread interrupted in the record is one call, with the lines where it began and ended', async () => {
  const calls = await callsOf([
    '10 fsync(7 <unfinished ...>',
    '11 write(5, "\\x01", 1) = 1',
    '10 <... fsync resumed>) = -1 EIO (Input/output error)',
    '10 +++ exited with 0 +++',
  ])
  assert.deepEqual(calls, [
    { name: 'write', words: '5, "\\x01", 1', result: 1, begun: 2, ended: 2 },
    { name: 'fsync', words: '7', result: -1, begun: 1, ended: 3 },
  ])
})

test('a record is followed into the files of its folder, and tells what was promised', async () => {
  const { disk, told, follow } = recordedDisk('/here')
  const calls = await callsOf([
    `9 openat(AT_FDCWD, "${digitsOf('/here/file')}", O_RDWR|O_CREAT, 0600) = 7`,
    `9 openat(AT_FDCWD, "${digitsOf('/there/file')}", O_RDWR|O_CREAT, 0600) = 8`,
    `9 pwrite64(7, "${digitsOf('abc')}", 3, 2) = 3`,
    '9 pwrite64(8, "\\x01", 1, 0) = 1',
    '9 fsync(7) = 0',
    `9 write(1, "${digitsOf('ack 1\n')}", 6) = 6`,
    '9 fsync(8) = -1 EIO (Input/output error) (INJECTED)',
  ])
  for (const call of calls) follow(call)
  assert.deepEqual([...disk.names.keys()], ['file'])
  const file = disk.names.get('file')
  assert.deepEqual(file?.pending, [])
  assert.deepEqual(Buffer.from(file?.durable.data.subarray(0, file.durable.length) ?? '').toString(), '\0\0abc')
  assert.deepEqual(told, [['ack', '1']])
})

test('a record with a call that the disk does not know is refused', async () => {
  const { follow } = recordedDisk('/here')
  const [call] = await callsOf(['9 copy_file_range(7, NULL, 8, NULL, 10, 0) = 10'])
  assert.ok(call)
  assert.throws(() => follow(call), /copy_file_range/)
})
