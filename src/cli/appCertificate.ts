import { createHash, type X509Certificate } from 'node:crypto'
import type { AppCertificate } from '../store/store.ts'
import { readGiven, refuseUntimely } from './https/given.ts'
import { readCertificate } from './https/pem.ts'
import { Refusal } from './refusal.ts'

const RSA_BITS_MIN = 2_048

/**
 * What is kept of the certificate in a PEM file, the first where there are several. `now` is in milliseconds since 1970
 * UTC. Throws a `Refusal` for a file that cannot be read or holds none, and for one that is
 * good no more, or not yet, or whose key is no RSA key of 2,048 bits or more (RFC 7518 §3.3).
 */
export async function givenAppCertificate(path: string, now: number): Promise<AppCertificate> {
  const certificate = readCertificate(await readGiven('certificate file', path))
  if (certificate === null) throw new Refusal(`The certificate file '${path}' holds no certificate in PEM.`)
  refuseUntimely(certificate, path, now)
  const { n, e } = rsaKeyOf(certificate, path)
  return {
    thumbprint: digest('sha256', certificate),
    sha1: digest('sha1', certificate),
    publicJwk: { kty: 'RSA', n, e },
    notAfter: certificate.validToDate.getTime(),
  }
}

function rsaKeyOf({ publicKey }: X509Certificate, path: string): { readonly n: string; readonly e: string } {
  const type = publicKey.asymmetricKeyType
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
  if (type !== 'rsa')
    throw new Refusal(`The certificate file '${path}' holds a key of the kind ${type}: it must be RSA.`)
  if (bits < RSA_BITS_MIN) {
    throw new Refusal(`The certificate file '${path}' holds an RSA key of ${bits} bits: it needs ${RSA_BITS_MIN}.`)
  }
  const { n, e } = publicKey.export({ format: 'jwk' })
  if (n === undefined || e === undefined) throw new Error('An RSA key has no modulus.')
  return { n, e }
}

function digest(algorithm: 'sha1' | 'sha256', { raw }: X509Certificate): string {
  return createHash(algorithm).update(raw).digest('base64url')
}
