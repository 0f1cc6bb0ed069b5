import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { getSystemErrorMessage } from 'node:util'
import { isSystemError } from '../../auth/keys/privateFile.ts'
import type { Certificate } from '../../server/connection/listener.ts'
import { Refusal } from '../refusal.ts'
import { quoted } from '../shellText.ts'
import { readCertificate, readText } from './pem.ts'

/** The files of a certificate of one's own, PEM both; after the server's certificate may stand those that prove it. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/**
 * The certificate that was given. `now` is in milliseconds since 1970 UTC. Throws a `Refusal` for files that cannot be
 * read, that do not fit each other, or whose certificate is good no more, or not yet.
 */
export async function givenCertificate(files: CertificateFiles, now: number): Promise<Certificate> {
  const cert = await readGiven('certificate file', files.cert)
  const key = await readGiven('key file', files.key)
  const certificate = readCertificate(cert)
  if (certificate === null) throw new Refusal(`The certificate file '${files.cert}' holds no certificate in PEM.`)
  if (!certificate.checkPrivateKey(readKey(key, files.key))) {
    throw new Refusal(`The key file '${files.key}' does not fit the certificate file '${files.cert}'.`)
  }
  refuseUntimely(certificate, files.cert, now)
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Refusal(`The certificate file '${files.cert}' cannot be used: ${reason}.`, { cause: error })
  }
  return { cert, key }
}

const EVERYBODY = 0o007

/** What to say of a key that everybody on the machine can read or change, and not a group alone; null where that is not so. Windows has no such modes. */
export function exposureOfKey({ key }: CertificateFiles): string | null {
  if (process.platform === 'win32' || (statSync(key).mode & EVERYBODY) === 0) return null
  return `The key of the certificate is open to everybody on this machine: chmod o= ${quoted(key)}`
}

/** The text of a file that was named. Throws a `Refusal` for one that is not there or cannot be read; `what` says what it is. */
export async function readGiven(what: string, path: string): Promise<string> {
  try {
    const text = await readText(path)
    if (text !== null) return text
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new Refusal(`The ${what} '${path}' cannot be read: ${getSystemErrorMessage(error.errno)}.`, { cause: error })
  }
  throw new Refusal(`There is no ${what} '${path}'.`)
}

function readKey(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text)
  } catch (error) {
    // Both forms of PEM for a locked key say so (RFC 7468 §11, RFC 1421 §4.6.1.1); OpenSSL speaks of an interruption.
    const why = text.includes('ENCRYPTED') ? 'is locked by a passphrase' : 'holds no key in PEM'
    throw new Refusal(`The key file '${path}' ${why}.`, { cause: error })
  }
}

/** Throws a `Refusal` for a certificate that is good no more, or not yet. */
export function refuseUntimely({ validFromDate, validToDate }: X509Certificate, path: string, now: number): void {
  if (now < validFromDate.getTime()) {
    throw new Refusal(`The certificate file '${path}' is good only from ${validFromDate.toISOString()} on.`)
  }
  if (now >= validToDate.getTime()) {
    throw new Refusal(`The certificate file '${path}' is good no more: it ended at ${validToDate.toISOString()}.`)
  }
}
