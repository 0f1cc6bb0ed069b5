import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import test from 'node:test'
import { boundedLines, shownError } from '../../src/cli/logging.ts'
import { aFolder, aServing } from './aProgram.ts'

const options = { timeout: 30_000 }
/** More than a pipe holds, and less than waits in memory, in lines with a path of this length. */
const REQUESTS = 70
const PATH = `/v1.0/${'a'.repeat(8_000)}`

test('a server whose log nobody reads goes on, and ends when it is told to', options, async t => {
  const { child, ready } = await aServing(t, ['--database', `${aFolder(t)}/directory.db`, '--log-level', 'info'])
  child.stderr?.pause()
  for (let sent = 0; sent < REQUESTS; sent += 1) assert.equal((await fetch(ready.url + PATH)).status, 401)
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
  child.stderr?.resume()
})

test('a log that is read late is whole, and its end is not lost', options, async t => {
  const { child, ready, logged } = await aServing(t, [
    '--database',
    `${aFolder(t)}/directory.db`,
    '--log-level',
    'info',
  ])
  child.stderr?.pause()
  for (let sent = 0; sent < REQUESTS; sent += 1) await (await fetch(ready.url + PATH)).text()
  assert.equal((await fetch(`${ready.url}/nowhere`)).status, 404)
  child.stderr?.resume()
  const lines = (await logged(/"path":"\/nowhere"/)).trim().split('\n')
  assert.equal(lines.filter(line => line.includes('"answered"') && line.includes('/v1.0/aaa')).length, REQUESTS)
})

test('whoever has no token writes no warning into the log, and each line names its request once', options, async t => {
  const { ready, kill, logged } = await aServing(t, ['--database', `${aFolder(t)}/directory.db`, '--log-level', 'info'])
  assert.equal((await fetch(`${ready.url}/v1.0/groups`)).status, 401)
  const lines = (await logged(/"answered"/)).trim().split('\n')
  for (const line of lines) assert.ok((line.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? []).length <= 1, line)
  assert.deepEqual(
    lines.map(line => JSON.parse(line)).filter(({ level }) => level > 30),
    [],
  )
  assert.equal((await kill('SIGTERM')).code, 0)
})

test('of more lines than may wait the newest are dropped and counted, and failures have room of their own', async () => {
  const taken = Promise.withResolvers<void>()
  const received: Buffer[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      received.push(chunk)
      taken.promise.then(() => done())
    },
  })
  const told: number[] = []
  const lines = boundedLines(stream, dropped => told.push(dropped))
  const line = (level: number, length: number) => `${`{"level":${level},`.padEnd(length - 1, 'x')}\n`
  const mebibyte = line(30, 1_048_577)
  lines.write(mebibyte)
  for (const level of [10, 30, 40]) lines.write(line(level, 100))
  lines.write(line(50, 100))
  lines.write(line(60, 100))
  assert.equal(stream.writableLength, mebibyte.length + 200)
  assert.deepEqual(told, [])
  taken.resolve()
  await once(stream, 'drain')
  lines.write(line(30, 100))
  assert.deepEqual(told, [3])
  await new Promise<void>(resolve => stream.end(resolve))
  assert.equal(Buffer.concat(received).length, mebibyte.length + 300)
})

test('what a terminal may act on is escaped in the log, and stays the same JSON', () => {
  const written: string[] = []
  const stream = { writableLength: 0, write: (line: string) => written.push(line) > 0 }
  const text = 'a\u0007\u001b[31m\u007f\u009b2J\u2028\u202eb\u2066é😀'
  boundedLines(stream as unknown as Writable, () => {}).write(`${JSON.stringify({ level: 30, path: text })}\n`)
  const [line = ''] = written
  assert.match(line, /^[\x20-\x7eé😀]*\n$/u)
  assert.equal(JSON.parse(line).path, text)
})

test('of an error the log has what it says and where, with its causes, and nothing that it carries', () => {
  const inner = Object.assign(new TypeError('inner'), { payload: { upn: 'ada' }, input: 'secret' })
  const error = Object.assign(new Error('outer', { cause: inner }), { code: 'E_OUT', errcode: 13, rawPacket: 'secret' })
  const shown = JSON.parse(JSON.stringify(shownError(error)))
  assert.deepEqual(Object.keys(shown), ['type', 'message', 'code', 'errcode', 'stack', 'cause'])
  assert.deepEqual([shown.type, shown.message, shown.code, shown.errcode], ['Error', 'outer', 'E_OUT', 13])
  assert.deepEqual([shown.cause.type, shown.cause.message], ['TypeError', 'inner'])
  assert.doesNotMatch(JSON.stringify(shown), /secret|ada/)
  assert.equal(shownError('thrown text'), 'string')
  const circle = new Error('circle')
  circle.cause = circle
  assert.ok(JSON.stringify(shownError(circle)).length < 20_000)
})

test('a server at localhost listens at one address, whatever the name stands for', options, async t => {
  const words = ['--database', `${aFolder(t)}/directory.db`, '--log-level', 'info', '--host', 'localhost']
  const { ready, logged } = await aServing(t, words)
  assert.match(ready.url, /^http:\/\/localhost:\d+$/)
  assert.equal((await fetch(`${ready.url}/v1.0/groups`)).status, 401)
  const lines = (await logged(/"answered"/)).trim().split('\n')
  assert.equal(lines.filter(line => line.includes('listening')).length, 1)
})
