import { getSystemErrorMessage } from 'node:util'
import { formatKeyRing, type KeyRing, newKeyRing, parseKeyRing } from './keyRing.ts'
import { isSystemError, KeysRefused, makePrivateFile, readPrivateFile } from './privateFile.ts'

/**
 * The key ring kept at `path`; made there, readable by its owner alone, when there is no such file.
 *
 * Throws `KeysRefused`, with one sentence for the operator, for a file that others can read, that holds no key ring,
 * or that cannot be read or made.
 */
export async function openKeyRing(path: string): Promise<KeyRing> {
  const name = `The key file '${path}'`
  try {
    const text = await readPrivateFile(path, name)
    if (text !== null) return parseKeyRing(text, name)
    await makePrivateFile(path, formatKeyRing(await newKeyRing()))
    // Read back, since another process may have been first: its ring is the one that stays.
    return parseKeyRing((await readPrivateFile(path, name)) ?? '', name)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new KeysRefused(`${name} cannot be read or made: ${getSystemErrorMessage(error.errno)}.`, { cause: error })
  }
}
