import assert from 'node:assert/strict'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { aFolder, run } from './aProgram.ts'

/** What the program leaves behind in the cache of its user, and in the temporary folder. */
async function leftBy(folder: string): Promise<{ readonly cached: string[]; readonly temporary: string[] }> {
  const [caches, temporary] = [join(folder, 'caches'), join(folder, 'temporary')]
  mkdirSync(temporary)
  const { code, stderr } = await run(['--version'], { XDG_CACHE_HOME: caches, TMPDIR: temporary })
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  const own = join(caches, 'tidemark')
  return { cached: existsSync(own) ? readdirSync(own) : [], temporary: readdirSync(temporary) }
}

test('compiled code is kept in a folder of the user alone, and not in the temporary folder of all', async t => {
  const folder = aFolder(t)
  const { cached, temporary } = await leftBy(folder)
  assert.equal(cached.length, 1)
  assert.deepEqual(temporary, [])
  assert.equal(statSync(join(folder, 'caches', 'tidemark')).mode & 0o777, 0o700)
})

test('a folder that others can write or read is not used', async t => {
  for (const mode of [0o777, 0o750]) {
    const folder = aFolder(t)
    const own = join(folder, 'caches', 'tidemark')
    mkdirSync(own, { recursive: true })
    chmodSync(own, mode)
    assert.deepEqual(await leftBy(folder), { cached: [], temporary: [] })
  }
})

test('a link in the place of the folder, or a file, is not used', async t => {
  for (const put of [(path: string) => symlinkSync(aFolder(t), path), (path: string) => writeFileSync(path, '')]) {
    const folder = aFolder(t)
    mkdirSync(join(folder, 'caches'))
    const own = join(folder, 'caches', 'tidemark')
    put(own)
    const temporary = join(folder, 'temporary')
    mkdirSync(temporary)
    const { code } = await run(['--version'], { XDG_CACHE_HOME: join(folder, 'caches'), TMPDIR: temporary })
    assert.equal(code, 0)
    assert.deepEqual(readdirSync(temporary), [])
    if (statSync(own).isDirectory()) assert.deepEqual(readdirSync(own), [])
  }
})

test('the folder of another user is not used', {
  skip: process.getuid?.() !== 0 && 'only root can make one',
}, async t => {
  const folder = aFolder(t)
  const own = join(folder, 'caches', 'tidemark')
  mkdirSync(own, { recursive: true, mode: 0o700 })
  chownSync(own, 12_345, 12_345)
  assert.deepEqual(await leftBy(folder), { cached: [], temporary: [] })
})
