import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'

const DAY_MS = 86_400_000

/** What an app's certificate can have of its own. Times in milliseconds since 1970 UTC; a day around now unless given. */
export interface AppCertificateParts {
  readonly bits?: number
  readonly from?: number
  readonly to?: number
}

/** A certificate with an RSA key that signs itself, in PEM. */
export async function anAppCertificate(parts: AppCertificateParts = {}): Promise<string> {
  const { bits = 2_048, from = Date.now() - DAY_MS, to = Date.now() + DAY_MS } = parts
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: bits,
  }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=App',
    keys,
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: algorithm,
  })
  return certificate.toString('pem')
}
