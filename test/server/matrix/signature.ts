import { constants, createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { encode, type Signer } from '../../auth/aToken.ts'
import { casesOf, everyCase } from './cases.ts'
import { type Forge, KEYS, publicJwk, STRANGER } from './ground.ts'

const hmac =
  (secret: string | Buffer, hash = 'sha256'): Signer =>
  input =>
    createHmac(hash, secret).update(input).digest()

const pss =
  (key: KeyObject): Signer =>
  input =>
    sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })

const es256 =
  (key: KeyObject): Signer =>
  input =>
    sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })

const CURVE = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const EDWARDS = generateKeyPairSync('ed25519').privateKey

function unsigned({ token }: Forge, alg: string): string {
  return `${token({}, { alg }).split('.').slice(0, 2).join('.')}.`
}

/** The public half of the issuer's key, as everybody has it. */
function published({ key }: Forge, format: 'pem' | 'der'): string | Buffer {
  const exported = createPublicKey(key)
  return format === 'pem' ? exported.export({ type: 'spki', format }) : exported.export({ type: 'spki', format: 'der' })
}

function kidOf({ header }: Forge): string {
  return String(header['kid'])
}

export const ALGORITHMS = [
  ...everyCase({
    'a good token': ({ token }) => token(),
    '`alg` is `none`, without a signature': forge => unsigned(forge, 'none'),
    '`alg` is `None`, without a signature': forge => unsigned(forge, 'None'),
    '`alg` is `nOnE`, without a signature': forge => unsigned(forge, 'nOnE'),
    '`alg` is `none`, with a good signature': ({ token }) => token({}, { alg: 'none' }),
    '`alg` is `rs256`': ({ token }) => token({}, { alg: 'rs256' }),
    '`alg` is missing': ({ token }) => token({}, { alg: undefined }),
    '`alg` is a list': ({ token }) => token({}, { alg: ['RS256'] }),
    'HS256 with the public key as PEM': forge => forge.token({}, { alg: 'HS256' }, hmac(published(forge, 'pem'))),
    'HS256 with the public key as DER': forge => forge.token({}, { alg: 'HS256' }, hmac(published(forge, 'der'))),
    'HS256 with the public key as JWK text': forge =>
      forge.token({}, { alg: 'HS256' }, hmac(JSON.stringify(publicJwk(forge.key, kidOf(forge))))),
    'HS256 with the modulus': forge =>
      forge.token({}, { alg: 'HS256' }, hmac(Buffer.from(forge.key.export({ format: 'jwk' }).n ?? '', 'base64url'))),
    'HS256 with an empty key': ({ token }) => token({}, { alg: 'HS256' }, hmac('')),
    'HS512 with the public key as PEM': forge =>
      forge.token({}, { alg: 'HS512' }, hmac(published(forge, 'pem'), 'sha512')),
    'PS256 by a key that is for RS256': ({ token, key }) => token({}, { alg: 'PS256' }, pss(key)),
    'RS256 in the header, a PSS signature': ({ token, key }) => token({}, {}, pss(key)),
    'RS384 by a key that is for RS256': ({ token, key }) =>
      token({}, { alg: 'RS384' }, input => sign('sha384', input, key)),
    'RS512 by a key that is for RS256': ({ token, key }) =>
      token({}, { alg: 'RS512' }, input => sign('sha512', input, key)),
    'ES256 by another key, under the `kid` of an RSA key': ({ token }) => token({}, { alg: 'ES256' }, es256(CURVE)),
    'EdDSA by another key, under the `kid` of an RSA key': ({ token }) =>
      token({}, { alg: 'EdDSA' }, input => sign(null, input, EDWARDS)),
    '`alg` twice, `none` and RS256, without a signature': forge =>
      unsigned(forge, 'none').replace(/^[^.]+/, encode(`{"alg":"none",${JSON.stringify(forge.header).slice(1)}`)),
    '`alg` twice, RS256 and `none`, without a signature': forge =>
      unsigned(forge, 'none').replace(/^[^.]+/, encode(`${JSON.stringify(forge.header).slice(0, -1)},"alg":"none"}`)),
  }),
  ...casesOf(['standard'], {
    'PS256 by a key that the set declares for it': ({ token }) =>
      token({}, { alg: 'PS256', kid: 'standard-pss' }, pss(KEYS['standard-pss'])),
    'RS256 by a key that the set declares for PS256': ({ token }) =>
      token({}, { kid: 'standard-pss' }, input => sign('sha256', input, KEYS['standard-pss'])),
    'ES256 by a key that the set declares for it': ({ token }) =>
      token({}, { alg: 'ES256', kid: 'standard-ec' }, es256(KEYS['standard-ec'])),
    'ES256 with the signature as DER': ({ token }) =>
      token({}, { alg: 'ES256', kid: 'standard-ec' }, input => sign('sha256', input, KEYS['standard-ec'])),
    'RS256 in the header under the `kid` of a key of P-256': ({ token }) => token({}, { kid: 'standard-ec' }),
  }),
]

export const SIGNATURES = everyCase({
  'signed by a stranger': ({ token }) => token({}, {}, input => sign('sha256', input, STRANGER)),
  'claims changed after signing': ({ token, claims, nowS }) => {
    const [header, , signature] = token().split('.')
    return `${header}.${encode({ ...claims, exp: nowS + 3600 })}.${signature}`
  },
  'header changed after signing': ({ token, header }) => {
    const [, claims, signature] = token().split('.')
    return `${encode({ ...header, x: 1 })}.${claims}.${signature}`
  },
  'the signature of another good token': ({ token, nowS }) => {
    const [header, claims] = token().split('.')
    return `${header}.${claims}.${token({ iat: nowS - 1 }).split('.')[2]}`
  },
  'the signature cut by three bytes': ({ token }) => token().slice(0, -4),
  'three bytes after the signature': ({ token }) => `${token()}AAAA`,
  'no signature': ({ token }) => `${token().split('.').slice(0, 2).join('.')}.`,
  'a signature of zeros': ({ token }) => token({}, {}, () => Buffer.alloc(256)),
  'the signature padded with `==`': ({ token }) => `${token()}==`,
  'other trailing bits in the last character of the signature': ({ token }) => {
    // 256 bytes end in a character of which only two bits count: each has fifteen other spellings.
    const text = token()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return text.slice(0, -1) + alphabet[alphabet.indexOf(text.slice(-1)) + 1]
  },
  'a line break in the signature': ({ token }) => `${token().slice(0, -8)}\n${token().slice(-8)}`,
  'a blank before the claims': ({ token }) => token().replace('.', '. '),
  'header and claims swapped': ({ token }) => {
    const [header, claims, signature] = token().split('.')
    return `${claims}.${header}.${signature}`
  },
  'the signature in the alphabet of plain base64': ({ token, key }) => {
    const [header, claims] = token().split('.')
    // Of signatures without + and / both alphabets would be one: another claim gives another signature.
    for (let tries = 0; tries < 100; tries++) {
      const input = `${header}.${claims}`
      const plain = sign('sha256', Buffer.from(input), key).toString('base64').replace(/=+$/, '')
      if (/[+/]/.test(plain)) return `${input}.${plain}`
    }
    throw new Error('The signature is the same in both alphabets.')
  },
})
