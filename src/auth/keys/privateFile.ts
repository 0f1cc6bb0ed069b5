import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Keys that this server will not work with. The message is one sentence for the operator, and holds no part of a key. */
export class KeysRefused extends Error {}

/** Windows has no such modes and cannot open a folder: there the folder's access list has to guard the file. */
const HAS_MODES = process.platform !== 'win32'
const ANYONE_ELSE = 0o077

/** The text of a file that its owner alone may read; null when there is none. `name` begins the sentence of a `KeysRefused`. */
export async function readPrivateFile(path: string, name: string): Promise<string | null> {
  const file = await openIfThere(path)
  if (file === null) return null
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new KeysRefused(`${name} is not a file.`)
    const { mode } = stats
    if (HAS_MODES && (mode & ANYONE_ELSE) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0')
      throw new KeysRefused(`${name} is open to others (mode ${octal}): make it yours alone with chmod 600.`)
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
 * Makes a private file whole or not at all, and durable; leaves one that is there as it is. A link and not a rename puts
 * it in its place: a rename would replace keys that another process made meanwhile.
 */
export async function makePrivateFile(path: string, text: string): Promise<void> {
  const draft = await writeDraft(path, text, 0o600)
  try {
    await link(draft, path)
  } catch (error) {
    if (!(isSystemError(error) && error.code === 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(dirname(path))
}

/** Writes a file whole or not at all, and durable, in the place of one that may be there. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const draft = await writeDraft(path, text, mode)
  try {
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(dirname(path))
}

async function writeDraft(path: string, text: string, mode: number): Promise<string> {
  const draft = `${path}.${randomUUID()}.new`
  const file = await open(draft, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
    return draft
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/** Without it a power cut can take a file's name away, though not its bytes. */
async function syncFolder(path: string): Promise<void> {
  if (!HAS_MODES) return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** An error of the operating system: `code` is its name (`ENOENT` …). */
export function isSystemError(error: unknown): error is Error & { readonly code: string; readonly errno: number } {
  return error instanceof Error && 'syscall' in error && 'code' in error && 'errno' in error
}
