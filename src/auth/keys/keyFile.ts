import { getSystemErrorMessage } from 'node:util'
import { formatKeyRing, type KeyRing, newKeyRing, parseKeyRing } from './keyRing.ts'
import { isSystemError, KeysRefused, makePrivateFile, readPrivateFile, replaceFile } from './privateFile.ts'

/** Of a file that its owner alone can read and write. */
const PRIVATE = 0o600

/**
 * The key ring kept at `path`; made there, readable by its owner alone, when there is no such file.
 *
 * Throws `KeysRefused`, with one sentence for the operator, for a file that others can read, that holds no key ring,
 * or that cannot be read or made.
 */
export function openKeyRing(path: string): Promise<KeyRing> {
  return orRefused(path, async name => {
    const text = await readPrivateFile(path, name)
    if (text !== null) return parseKeyRing(text, name)
    await makePrivateFile(path, formatKeyRing(await newKeyRing()))
    // Read back, since another process may have been first: its ring is the one that stays.
    return parseKeyRing((await readPrivateFile(path, name)) ?? '', name)
  })
}

/** The key ring kept at `path`. Throws `KeysRefused` as `openKeyRing` does, and where there is no such file. */
export function readKeyRing(path: string): Promise<KeyRing> {
  return orRefused(path, async name => {
    const text = await readPrivateFile(path, name)
    if (text === null) throw new KeysRefused(`${name} is not there: 'tidemark serve' makes one.`)
    return parseKeyRing(text, name)
  })
}

/** Puts another key ring in the place of the one kept at `path`, whole or not at all. Throws `KeysRefused` where it cannot. */
export function replaceKeyRing(path: string, ring: KeyRing): Promise<void> {
  return orRefused(path, () => replaceFile(path, formatKeyRing(ring), PRIVATE))
}

async function orRefused<T>(path: string, work: (name: string) => Promise<T>): Promise<T> {
  const name = `The key file '${path}'`
  try {
    return await work(name)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new KeysRefused(`${name} cannot be read or made: ${getSystemErrorMessage(error.errno)}.`, { cause: error })
  }
}
