import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openKeyRing } from '../../src/auth/keys/keyFile.ts'
import { formatKeyRing, newKeyRing } from '../../src/auth/keys/keyRing.ts'
import { KeysRefused } from '../../src/auth/keys/privateFile.ts'

const root = await mkdtemp(join(tmpdir(), 'tidemark-keys-'))
after(() => rm(root, { recursive: true, force: true }))

/** The path of a key file that is not there yet, alone in its folder. */
async function aPath(): Promise<string> {
  return join(await mkdtemp(join(root, 'folder-')), 'keys.json')
}

async function assertRefused(path: string, sentence: RegExp): Promise<void> {
  await assert.rejects(openKeyRing(path), (error: unknown) => {
    assert.ok(error instanceof KeysRefused)
    assert.ok(error.message.includes(path), 'names the file')
    assert.match(error.message, sentence)
    assert.doesNotMatch(error.message, /\n/)
    return true
  })
}

test('a missing key file is made, readable by its owner alone, and nothing else is left beside it', async () => {
  const path = await aPath()
  const ring = await openKeyRing(path)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(join(path, '..')), ['keys.json'])
  assert.equal(await readFile(path, 'utf8'), formatKeyRing(ring))
})

test('opening a key file again gives the same keys', async () => {
  const path = await aPath()
  const ring = await openKeyRing(path)
  assert.deepEqual(await openKeyRing(path), ring)
})

test('several who open a missing key file at once all get the same keys', async () => {
  const path = await aPath()
  const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => openKeyRing(path)))
  for (const other of others) assert.deepEqual(other, first)
  assert.deepEqual(await readdir(join(path, '..')), ['keys.json'])
})

test('a key file that the group or others can touch is refused', async () => {
  const path = await aPath()
  await openKeyRing(path)
  for (const mode of [0o640, 0o604, 0o644, 0o620, 0o601, 0o666, 0o777]) {
    await chmod(path, mode)
    await assertRefused(path, /is open to others \(mode 0\d\d\d\)/)
  }
  await chmod(path, 0o400)
  await openKeyRing(path)
})

test('a key file without a key ring in it is refused and stays as it is', async () => {
  for (const text of ['', 'hello', '{"format":1,"signing":[],"state":[]}']) {
    const path = await aPath()
    await writeFile(path, text, { mode: 0o600 })
    await assertRefused(path, /is not a JSON object|are missing/)
    assert.equal(await readFile(path, 'utf8'), text)
  }
})

test('a key file with a state key under 32 bytes is refused', async () => {
  const path = await aPath()
  const ring = await newKeyRing()
  const [key] = ring.state
  await writeFile(path, formatKeyRing({ ...ring, state: [{ ...key, secret: key.secret.subarray(0, 31) }] }), {
    mode: 0o600,
  })
  await assertRefused(path, /its state keys cannot be used/)
})

test('a path where no file can be is refused', async () => {
  const path = await aPath()
  await assertRefused(join(path, 'below', 'keys.json'), /cannot be read or made: no such file or directory\.$/)
  await mkdir(path, { mode: 0o700 })
  await assertRefused(path, /is not a file\.$/)
})
