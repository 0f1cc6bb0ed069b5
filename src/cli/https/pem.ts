import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isSystemError } from '../../auth/keys/privateFile.ts'

/** The text of a file; null when there is none. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null
    throw error
  }
}

/** The first certificate of a PEM text; null where there is none. */
export function readCertificate(text: string | null): X509Certificate | null {
  // Without a look at the text it would be taken as DER too, which TLS does not load.
  if (!text?.includes('-----BEGIN CERTIFICATE-----')) return null
  try {
    return new X509Certificate(text)
  } catch {
    return null
  }
}
