import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { failing, whyNoStrace } from '../durability/strace.ts'
import { aCaller, aFolder, aServing, endWith, PROGRAM, run, start } from './aProgram.ts'

test('a backup of a running server is a database of one state, with every write answered before it', async t => {
  const folder = aFolder(t)
  const [database, target] = [join(folder, 'directory.db'), join(folder, 'copy.db')]
  const serving = await aServing(t, ['--database', database])
  const call = await aCaller(serving.ready)
  const create = async (): Promise<void> => {
    const body = { displayName: 'Group', mailEnabled: false, mailNickname: 'group', securityEnabled: true }
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    assert.equal((await call('/v1.0/groups', init)).status, 201)
  }
  for (let count = 0; count < 3; count += 1) await create()
  let over = false
  const backup = run(['backup', target, '--database', database]).finally(() => {
    over = true
  })
  let during = 0
  for (; !over; during += 1) await create()

  const { code, stdout, stderr } = await backup
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  const told = /^(.*): ([\d,]+) bytes, tenant (\S+) at version (\d+)\.\n$/.exec(stdout)
  assert.ok(told, stdout)
  assert.deepEqual(
    [told[1], told[2]?.replaceAll(',', ''), told[3]],
    [target, String(statSync(target).size), serving.ready.tenantId],
  )
  const versions = Number(told[4])
  assert.ok(versions >= 3 && versions <= 3 + during)
  assert.equal(statSync(target).mode & 0o777, 0o600)

  const copy = await aServing(t, ['--database', target, '--control', '0'])
  const state = (await (await fetch(String(copy.ready.controlUrl))).json()) as { tenants: readonly { head: number }[] }
  assert.deepEqual(
    state.tenants.map(({ head }) => head),
    [versions],
  )
  const callCopy = await aCaller({ ...copy.ready, clientSecret: serving.ready.clientSecret })
  const list = (await (await callCopy('/v1.0/groups?$top=999')).json()) as { value: readonly unknown[] }
  assert.equal(list.value.length, versions)
})

test('a backup is whole in its one file, and leaves nothing beside it', async t => {
  const folder = aFolder(t)
  const database = join(folder, 'directory.db')
  await (await aServing(t, ['--database', database])).kill('SIGTERM')
  assert.equal((await run(['backup', join(folder, 'copy.db')], { TIDEMARK_DATABASE: database })).code, 0)
  assert.deepEqual(readdirSync(folder).sort(), ['copy.db', 'directory.db', 'directory.db.keys'])
  const copy = new DatabaseSync(join(folder, 'copy.db'), { readOnly: true })
  t.after(() => copy.close())
  assert.deepEqual({ ...copy.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
})

test('a backup overwrites nothing', async t => {
  const folder = aFolder(t)
  const [database, target] = [join(folder, 'directory.db'), join(folder, 'precious.txt')]
  await (await aServing(t, ['--database', database])).kill('SIGTERM')
  writeFileSync(target, 'precious')
  const { code, stdout, stderr } = await run(['backup', target, '--database', database])
  assert.deepEqual({ code, stdout }, { code: 2, stdout: '' })
  assert.equal(stderr, `'${target}' is there already: a backup overwrites nothing.\n`)
  assert.equal(readFileSync(target, 'utf8'), 'precious')
})

test('a backup writes nothing through a link that leads nowhere', async t => {
  const folder = aFolder(t)
  const [database, target, elsewhere] = ['directory.db', 'copy.db', 'elsewhere.db'].map(name => join(folder, name))
  assert.ok(database && target && elsewhere)
  await (await aServing(t, ['--database', database])).kill('SIGTERM')
  symlinkSync(elsewhere, target)
  const { code, stderr } = await run(['backup', target, '--database', database])
  assert.equal(code, 2)
  assert.equal(stderr, `'${target}' is there already: a backup overwrites nothing.\n`)
  assert.equal(existsSync(elsewhere), false)
  assert.deepEqual(readdirSync(folder).sort(), ['copy.db', 'directory.db', 'directory.db.keys'])
})

test('a backup goes to a file system without hard links too, and overwrites nothing there', {
  skip: whyNoStrace() ?? false,
}, async t => {
  const folder = aFolder(t)
  const [database, target] = [join(folder, 'directory.db'), join(folder, 'copy.db')]
  await (await aServing(t, ['--database', database])).kill('SIGTERM')
  const words = [process.execPath, PROGRAM, 'backup', target, '--database', database]
  const backup = () => start([...failing('link,linkat', 'EPERM', '1+'), ...words]).ended
  assert.match((await backup()).stdout, /^.*copy\.db: [\d,]+ bytes, tenant /)
  assert.equal(statSync(target).mode & 0o777, 0o600)
  const copied = readFileSync(target)
  assert.equal((await backup()).code, 2)
  assert.deepEqual(readFileSync(target), copied)
  assert.deepEqual(readdirSync(folder).sort(), ['copy.db', 'directory.db', 'directory.db.keys'])
})

test('a backup into a folder that is not there is refused', async t => {
  const folder = aFolder(t)
  const [database, target] = [join(folder, 'directory.db'), join(folder, 'nowhere', 'copy.db')]
  await (await aServing(t, ['--database', database])).kill('SIGTERM')
  const { code, stderr } = await run(['backup', target, '--database', database])
  assert.equal(code, 2)
  assert.equal(stderr, `'${target}' cannot be made: no such file or directory.\n`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`a backup that ${signal} ends leaves nothing, and says so with exit code 1`, async t => {
    const [folder, to] = [aFolder(t), aFolder(t)]
    const database = join(folder, 'directory.db')
    await (await aServing(t, ['--database', database])).kill('SIGTERM')
    const holder = new DatabaseSync(database)
    t.after(() => holder.close())
    holder.exec('CREATE TABLE ballast AS SELECT zeroblob(8000000); PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    // The draft lies there before the database, which the test holds, is read.
    const begun = Promise.withResolvers<void>()
    const watcher = watch(to, () => begun.resolve())
    t.after(() => watcher.close())
    const backup = start([process.execPath, PROGRAM, 'backup', join(to, 'copy.db'), '--database', database])
    endWith(t, backup)
    await Promise.race([begun.promise, backup.ended])
    assert.match(readdirSync(to).join(), /^copy\.db\.[-0-9a-f]{36}\.new$/)
    const ended = backup.kill(signal)
    holder.exec('COMMIT')
    const { code, stdout, stderr } = await ended
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
    assert.equal(stderr, `The backup was ended by ${signal}: nothing is left of it.\n`)
    assert.deepEqual(readdirSync(to), [])
  })
}

for (const command of ['backup', 'housekeep']) {
  const words = (folder: string) => (command === 'backup' ? [command, join(folder, 'copy.db')] : [command])

  test(`${command} makes no database where there is none`, async t => {
    const folder = aFolder(t)
    const database = join(folder, 'directory.db')
    const { code, stderr } = await run([...words(folder), '--database', database])
    assert.equal(code, 2)
    assert.equal(stderr, `There is no database '${database}'.\n`)
    assert.deepEqual(readdirSync(folder), [])
  })

  test(`${command} makes no database of an empty file`, async t => {
    const folder = aFolder(t)
    const database = join(folder, 'directory.db')
    writeFileSync(database, '')
    const { code, stderr } = await run([...words(folder), '--database', database])
    assert.equal(code, 2)
    assert.equal(stderr, `'${database}' is empty.\n`)
    assert.deepEqual(readFileSync(database), Buffer.alloc(0))
  })

  test(`${command} makes no database of another program's file that has no tables yet`, async t => {
    const folder = aFolder(t)
    const database = join(folder, 'directory.db')
    const connection = new DatabaseSync(database)
    connection.exec('CREATE TABLE songs (title TEXT); DROP TABLE songs')
    connection.close()
    const before = readFileSync(database)
    const { code, stderr } = await run([...words(folder), '--database', database])
    assert.equal(code, 2)
    assert.equal(stderr, `'${database}' is empty.\n`)
    assert.deepEqual(readFileSync(database), before)
    assert.deepEqual(readdirSync(folder), ['directory.db'])
  })
}
