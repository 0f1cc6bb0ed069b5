import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { aCaller, aFolder, aServing, run, start } from './aProgram.ts'

/** `tidemark serve` on this database ends with exit code 2 and this sentence alone. */
async function refuses(database: string, sentence: RegExp | string, words: readonly string[] = []): Promise<void> {
  const { code, stdout, stderr } = await run(['serve', '--port', '0', '--database', database, ...words])
  const [line, ...rest] = stderr.split('\n')
  assert.deepEqual({ code, stdout, rest }, { code: 2, stdout: '', rest: [''] }, stderr)
  if (typeof sentence === 'string') assert.equal(line, sentence)
  else assert.match(line ?? '', sentence)
}

test('a folder that is not there is refused', async t => {
  await refuses(
    join(aFolder(t), 'nowhere', 'directory.db'),
    /^The lock file .* cannot be made: no such file or directory\.$/,
  )
})

const isRoot = process.getuid?.() === 0

test('a folder that cannot be written is refused', { skip: isRoot && !existsSync('/proc/self') }, async t => {
  const folder = join(aFolder(t), 'read-only')
  mkdirSync(folder, { mode: 0o500 })
  // Nothing keeps root out of a folder but a file system that takes no files.
  await refuses(join(isRoot ? '/proc/self' : folder, 'directory.db'), /^The lock file .* cannot be made: /)
})

test('a folder in the place of the file is refused', async t => {
  const folder = aFolder(t)
  mkdirSync(join(folder, 'directory.db'))
  await refuses(join(folder, 'directory.db'), /directory\.db' is not a file\.$/)
  assert.deepEqual(readdirSync(folder), ['directory.db'])
})

test('a file that is no Tidemark database is refused, unchanged and with nothing put beside it', async t => {
  const folder = aFolder(t)
  const [letter, other] = [join(folder, 'letter.txt'), join(folder, 'other.db')]
  writeFileSync(letter, 'Dear all, this file is none of a database at all.\n'.repeat(100))
  const connection = new DatabaseSync(other)
  connection.exec('CREATE TABLE songs (title TEXT)')
  connection.close()
  for (const path of [letter, other]) {
    const before = readFileSync(path)
    await refuses(path, `'${path}' is not a Tidemark database.`)
    assert.deepEqual(readFileSync(path), before)
  }
  assert.deepEqual(readdirSync(folder).sort(), ['letter.txt', 'other.db'])
})

test('a database of a newer Tidemark is refused', async t => {
  const database = join(aFolder(t), 'directory.db')
  await (await aServing(t, ['--database', database])).kill('SIGTERM')
  const connection = new DatabaseSync(database)
  connection.exec('PRAGMA user_version = 99')
  connection.close()
  await refuses(database, /was written by a newer Tidemark \(schema 99, this one knows \d+\): update Tidemark\.$/)
})

test('a database that another server serves is refused, under another name too, until that server is killed', async t => {
  const folder = aFolder(t)
  const [database, link] = [join(folder, 'directory.db'), join(folder, 'link.db')]
  const first = await aServing(t, ['--database', database])
  symlinkSync(database, link)
  for (const name of [database, link]) {
    await refuses(name, `The database '${database}' is in use by another Tidemark server.`)
  }
  await first.kill('SIGKILL')
  const second = await aServing(t, ['--database', link])
  assert.equal(second.ready.tenantId, first.ready.tenantId)
})

test('a database that others can read is served, and the log says how to close it', async t => {
  const database = join(aFolder(t), "the staff's.db")
  const served = await (await aServing(t, ['--database', database])).kill('SIGTERM')
  assert.equal(served.stderr, '')
  chmodSync(database, 0o640)
  const { stderr } = await (await aServing(t, ['--database', database])).kill('SIGTERM')
  const { level, msg } = JSON.parse(stderr)
  const files = ['', '-wal', '-shm'].map(end => `'${database.replace("'", "'\\''")}${end}'`)
  assert.equal(level, 40)
  assert.equal(msg, `The database is open to others than its owner: chmod 600 ${files.join(' ')}`)
})

test('a folder or a pipe in the place of the key file is refused, and nobody waits for the pipe', async t => {
  const folder = aFolder(t)
  const [first, second] = [join(folder, 'first.db'), join(folder, 'second.db')]
  mkdirSync(`${first}.keys`, { mode: 0o700 })
  execFileSync('mkfifo', ['-m', '600', `${second}.keys`])
  for (const database of [first, second]) {
    await refuses(database, `The key file '${database}.keys' is not a file.`)
  }
})

test('a key file that others can read is refused', async t => {
  const database = join(aFolder(t), 'directory.db')
  await (await aServing(t, ['--database', database])).kill('SIGTERM')
  chmodSync(`${database}.keys`, 0o644)
  await refuses(database, /^The key file .* is open to others \(mode 0644\): make it yours alone with chmod 600\.$/)
})

test('a directory of its own is not filled with the demonstration, nor a demonstration served as one', async t => {
  const folder = aFolder(t)
  const [own, demo] = [join(folder, 'own.db'), join(folder, 'demo.db')]
  await (await aServing(t, ['--database', own])).kill('SIGTERM')
  await (await aServing(t, ['--database', demo, '--demo'])).kill('SIGTERM')
  await refuses(own, `'${own}' holds a directory of its own: --demo needs a new file, or one that it has made.`, [
    '--demo',
  ])
  await refuses(demo, `'${demo}' holds the demonstration directory: it is served with --demo alone.`)
})

test('a store that fails to commit ends the server with exit code 1, and the log says why', async t => {
  const database = join(aFolder(t), 'directory.db')
  const serving = await aServing(t, ['--database', database])
  await serving.kill('SIGTERM')
  // In a shell whose files may not grow beyond half a megabyte, the log of the database soon cannot.
  const command = 'ulimit -f 1024 && exec "$0" bin/tidemark.js serve --json --port 0 --database "$1"'
  const limited = start(['sh', '-c', command, process.execPath, database])
  t.after(() => limited.kill('SIGKILL'))
  const { tokenUrl, url } = JSON.parse(await limited.said(/\n/))
  const call = await aCaller({ ...serving.ready, tokenUrl, url })
  let status = 201
  for (let count = 0; status === 201 && count < 1_000; count += 1) {
    const group = { displayName: `Group ${count}`, mailEnabled: false, mailNickname: 'g', securityEnabled: true }
    const body = JSON.stringify({ ...group, description: 'x'.repeat(1_000) })
    const answer = await call('/v1.0/groups', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    status = answer.status
  }
  assert.equal(status, 500)
  const { code, stderr } = await limited.ended
  assert.equal(code, 1)
  assert.ok(
    stderr.split('\n').some(line => line.startsWith('{"level":60') && line.includes('failed to commit')),
    stderr,
  )
})

test('a database with a second name is refused in one sentence: its lock would not hold', async t => {
  const folder = aFolder(t)
  const database = join(folder, 'directory.db')
  const serving = await aServing(t, ['--database', database])
  const twin = join(folder, 'twin.db')
  linkSync(database, twin)
  const refused = await run(['serve', '--port', '0', '--database', twin])
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /^'.*twin\.db' has a second name \(a hard link\)[^\n]*\.\n$/)
  assert.equal((await serving.kill('SIGTERM')).code, 0)
})
