import 'reflect-metadata'
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import type { AppCertificate } from '../../src/store/store.ts'

/** A certificate by which an app proves itself. */
export interface HeldCertificate {
  /** As the app is registered with it. */
  readonly registered: AppCertificate
  /** PEM, with the private key after it. */
  readonly pem: string
  /** PEM. */
  readonly privateKey: string
  readonly certificate: X509Certificate
}

const DAY_MS = 86_400_000
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/** Signed by itself, as most are; good until a day from now, or `until` (milliseconds since 1970 UTC). */
export async function anAppCertificate(until = Date.now() + DAY_MS): Promise<HeldCertificate> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const made = await X509CertificateGenerator.createSelfSigned({
    ...{ serialNumber: '01', name: 'CN=Sync', notBefore: new Date(until - 2 * DAY_MS), notAfter: new Date(until) },
    signingAlgorithm: RSA,
    keys: {
      privateKey: pair.privateKey.toCryptoKey(RSA, true, ['sign']),
      publicKey: pair.publicKey.toCryptoKey(RSA, true, ['verify']),
    },
  })
  const cert = `${made.toString('pem').trim()}\n`
  const certificate = new X509Certificate(cert)
  const { n = '', e = '' } = certificate.publicKey.export({ format: 'jwk' })
  const digest = (algorithm: string) => createHash(algorithm).update(certificate.raw).digest('base64url')
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const registered = { thumbprint: digest('sha256'), sha1: digest('sha1'), publicJwk: { kty: 'RSA', n, e } as const }
  return { registered: { ...registered, notAfter: until }, pem: cert + privateKey, privateKey, certificate }
}
