import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import { formatKeyRing, type KeyRing, KeyRingRefused, newKeyRing, parseKeyRing } from './keyRing.ts'

/** Windows has no such modes and cannot open a folder: there the folder's access list has to guard the file. */
const HAS_MODES = process.platform !== 'win32'
const ANYONE_ELSE = 0o077

/**
 * The key ring kept at `path`; made there, readable by its owner alone, when there is no such file.
 *
 * Throws `KeyRingRefused`, with one sentence for the operator, for a file that others can read, that holds no key ring,
 * or that cannot be read or made.
 */
export async function openKeyRing(path: string): Promise<KeyRing> {
  const name = `The key file '${path}'`
  try {
    const text = await readKeyFile(path, name)
    if (text !== null) return parseKeyRing(text, name)
    await makeKeyFile(path, formatKeyRing(await newKeyRing()))
    // Read back, since another process may have been first: its ring is the one that stays.
    return parseKeyRing((await readKeyFile(path, name)) ?? '', name)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new KeyRingRefused(`${name} cannot be read or made: ${getSystemErrorMessage(error.errno)}.`, { cause: error })
  }
}

async function readKeyFile(path: string, name: string): Promise<string | null> {
  const file = await openIfThere(path)
  if (file === null) return null
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new KeyRingRefused(`${name} is not a file.`)
    const { mode } = stats
    if (HAS_MODES && (mode & ANYONE_ELSE) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0')
      throw new KeyRingRefused(`${name} is open to others (mode ${octal}): make it yours alone with chmod 600.`)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Opened without waiting: a pipe in the file's place would have the server wait for a writer. */
const READ = constants.O_RDONLY | (HAS_MODES ? constants.O_NONBLOCK : 0)

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, READ)
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null
    throw error
  }
}

/**
 * Makes the file whole or not at all, and durable. A link and not a rename puts it in its place: a rename would replace
 * a ring that another process made meanwhile, and with it end every link sealed under it.
 */
async function makeKeyFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.new`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await link(draft, path)
  } catch (error) {
    if (!(isSystemError(error) && error.code === 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  if (HAS_MODES) await syncFolder(dirname(path))
}

/** Without it a power cut can take the file's name away, though not its bytes. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function isSystemError(error: unknown): error is Error & { readonly code: string; readonly errno: number } {
  return error instanceof Error && 'syscall' in error && 'code' in error && 'errno' in error
}
