import { createPrivateKey, generateKeyPairSync, type KeyObject, type X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { getSystemErrorMessage } from 'node:util'
import {
  isSystemError,
  KeysRefused,
  makePrivateFile,
  readPrivateFile,
  replaceFile,
} from '../../auth/keys/privateFile.ts'
import type { Certificate } from '../../server/connection/listener.ts'
import { readCertificate, readText } from './pem.ts'

/** The files of a database's own authority, beside it. */
interface AuthorityFiles {
  /** What clients are told to trust. */
  readonly authority: string
  readonly authorityKey: string
  /** The server's certificate and its key in one file, so that they change together. */
  readonly server: string
}

function filesOf(database: string): AuthorityFiles {
  return { authority: authorityFile(database), authorityKey: `${database}.ca.key`, server: `${database}.https.pem` }
}

/** Where the certificate lies that clients of a database's server are told to trust. */
export function authorityFile(database: string): string {
  return `${database}.ca.pem`
}

const DAY_MS = 86_400_000
/** No longer than the strictest clients take (support.apple.com/102028: 825 days for an authority that users added). */
const SERVER_LIFE_MS = 397 * DAY_MS
const AUTHORITY_LIFE_MS = 3_650 * DAY_MS
/** A certificate that ends sooner is made anew. */
const RENEW_BEFORE_MS = 30 * DAY_MS
/** A client's clock may be behind. */
const EARLIER_MS = DAY_MS

/**
 * The certificate of a database's own authority for a server of these names, made at the first call and kept. It is made
 * anew 30 days before its end, and for names that it does not prove, by the same authority. The authority's key stays
 * for good; its own certificate is made anew, for that key, before a server's would outlive it. `now` is in milliseconds
 * since 1970 UTC.
 *
 * Throws `KeysRefused` for files that cannot be read or made, that others can read, or whose key is none.
 */
export async function keptCertificate(database: string, names: readonly string[], now: number): Promise<Certificate> {
  const files = filesOf(database)
  try {
    const kept = await readKept(files, names, now)
    if (kept !== null) return kept
    const key = await authorityKeyOf(files)
    const authority = await authorityOf(files, key, now)
    const made = await issueFor({ authority, authorityKey: key, names }, now)
    await replaceFile(files.server, made.cert + made.key, 0o600)
    return made
  } catch (error) {
    if (!isSystemError(error)) throw error
    const reason = getSystemErrorMessage(error.errno)
    throw new KeysRefused(
      `The files of the certificate authority beside '${database}' cannot be read or made: ${reason}.`,
      {
        cause: error,
      },
    )
  }
}

/** What was made before; null where it is not there, or cannot be used any more. */
async function readKept(files: AuthorityFiles, names: readonly string[], now: number): Promise<Certificate | null> {
  const text = await readPrivateFile(files.server, `The certificate file '${files.server}'`)
  const authority = readCertificate(await readText(files.authority))
  const certificate = readCertificate(text)
  const key = readKey(text)
  if (certificate === null || authority === null || key === null) return null
  const isGood =
    isCurrent(certificate, now) &&
    isCurrent(authority, now) &&
    certificate.verify(authority.publicKey) &&
    certificate.checkPrivateKey(key) &&
    names.every(name => proves(certificate, name))
  return isGood ? { cert: certificate.toString(), key: pemOf(key) } : null
}

function isCurrent({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  return validFromDate.getTime() <= now && now + RENEW_BEFORE_MS < validToDate.getTime()
}

function proves(certificate: X509Certificate, name: string): boolean {
  const found = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)
  return found !== undefined
}

async function authorityKeyOf({ authorityKey: path }: AuthorityFiles): Promise<KeyObject> {
  const name = `The authority's key file '${path}'`
  if ((await readPrivateFile(path, name)) === null) await makePrivateFile(path, pemOf(newKey()))
  const key = readKey(await readPrivateFile(path, name))
  if (key !== null) return key
  throw new KeysRefused(`${name} holds no key of ours: put it back, or remove it for a new authority.`)
}

/** The authority's certificate, as PEM, good for longer than a server's that is made now. */
async function authorityOf({ authority: path }: AuthorityFiles, key: KeyObject, now: number): Promise<string> {
  const kept = readCertificate(await readText(path))
  const isGood =
    kept?.checkPrivateKey(key) &&
    kept.validFromDate.getTime() <= now &&
    now + SERVER_LIFE_MS < kept.validToDate.getTime()
  if (kept && isGood) return kept.toString()
  // Loaded only here: it takes longer than the rest of a start.
  const { issueAuthority } = await import('./issue.ts')
  const made = await issueAuthority(key, { from: now - EARLIER_MS, to: now + AUTHORITY_LIFE_MS })
  await replaceFile(path, made, 0o644)
  return made
}

async function issueFor(
  subject: { readonly authority: string; readonly authorityKey: KeyObject; readonly names: readonly string[] },
  now: number,
): Promise<Certificate> {
  const { issueServerCertificate } = await import('./issue.ts')
  const key = newKey()
  const period = { from: now - EARLIER_MS, to: now + SERVER_LIFE_MS }
  return { cert: await issueServerCertificate({ ...subject, key }, period), key: pemOf(key) }
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

/** A key on P-256; null for anything else. */
function readKey(text: string | null): KeyObject | null {
  try {
    const key = createPrivateKey(text ?? '')
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null
  } catch {
    return null
  }
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
