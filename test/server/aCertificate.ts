import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { issueAuthority, issueServerCertificate } from '../../src/cli/https/issue.ts'
import type { Certificate } from '../../src/server/connection/listener.ts'

/** A certificate, and that of the authority which signed it: what a client trusts. */
export interface Trust {
  readonly ca: string
  readonly certificate: Certificate
}

/** What a certificate can have of its own. Times in milliseconds since 1970 UTC; a day around now unless given. */
export interface CertificateParts {
  readonly names?: readonly string[]
  readonly from?: number
  readonly to?: number
}

const DAY_MS = 86_400_000

export function aKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

export function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A certificate of a new authority. */
export async function aTrust(parts: CertificateParts = {}): Promise<Trust> {
  const { names = ['localhost', '127.0.0.1'], from = Date.now() - DAY_MS, to = Date.now() + DAY_MS } = parts
  const authorityKey = aKey()
  const key = aKey()
  const ca = await issueAuthority(authorityKey, { from, to })
  const cert = await issueServerCertificate({ authority: ca, authorityKey, key, names }, { from, to })
  return { ca, certificate: { cert, key: pemOf(key) } }
}
