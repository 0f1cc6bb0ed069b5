// The library finds its parts by metadata that it keeps on classes, and asks for this to be there first.
import 'reflect-metadata'
import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** P-256: every client knows it, and a handshake costs a small part of what it does with RSA. */
const KEY = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' }

/** From when to when a certificate is good, in milliseconds since 1970 UTC. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** The certificate of an authority, signed by its own key (P-256), as PEM. Its name tells it from others of the kind. */
export async function issueAuthority(authorityKey: KeyObject, period: Period): Promise<string> {
  const publicKey = await publicHalf(authorityKey)
  const keyId = await SubjectKeyIdentifierExtension.create(publicKey)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=Tidemark authority ${keyId.keyId.slice(0, 8)}`,
    keys: { privateKey: await privateHalf(authorityKey), publicKey },
    ...commonParts(period),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      keyId,
    ],
  })
  return pem(certificate)
}

/** Who signs, for what key (both P-256), and which host names and addresses the certificate proves. */
export interface ServerSubject {
  readonly authority: string
  readonly authorityKey: KeyObject
  readonly key: KeyObject
  readonly names: readonly string[]
}

/** The certificate of a server, signed by an authority, as PEM. */
export async function issueServerCertificate(
  { authority, authorityKey, key, names }: ServerSubject,
  period: Period,
): Promise<string> {
  const issuer = new X509Certificate(authority)
  const publicKey = await publicHalf(key)
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=Tidemark',
    issuer: issuer.subjectName,
    publicKey,
    signingKey: await privateHalf(authorityKey),
    ...commonParts(period),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map(value => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return pem(certificate)
}

function commonParts({ from, to }: Period) {
  // Positive, as RFC 5280 §4.1.2.2 asks: the first bit is none of the random ones.
  const serialNumber = `01${randomBytes(16).toString('hex')}`
  return { serialNumber, notBefore: new Date(from), notAfter: new Date(to), signingAlgorithm: SIGNATURE }
}

function privateHalf(key: KeyObject) {
  return key.toCryptoKey(KEY, true, ['sign'])
}

function publicHalf(key: KeyObject) {
  return createPublicKey(key.export({ type: 'pkcs8', format: 'pem' })).toCryptoKey(KEY, true, ['verify'])
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`
}
