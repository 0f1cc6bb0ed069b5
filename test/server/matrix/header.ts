import { createPublicKey, sign } from 'node:crypto'
import { CompactEncrypt } from 'jose'
import { encode } from '../../auth/aToken.ts'
import { casesOf, everyCase } from './cases.ts'
import { KEYS, publicJwk, STRANGER } from './ground.ts'

const byStranger = (input: Buffer): Buffer => sign('sha256', input, STRANGER)

export const HEADERS = [
  ...everyCase({
    'no `kid`': ({ token }) => token({}, { kid: undefined }),
    'an unknown `kid`': ({ token }) => token({}, { kid: 'nobody' }),
    'an empty `kid`': ({ token }) => token({}, { kid: '' }),
    '`kid` is a path': ({ token }) => token({}, { kid: '../../etc/passwd' }),
    '`kid` is SQL': ({ token }) => token({}, { kid: "' OR 1=1--" }),
    '`kid` is `__proto__`': ({ token }) => token({}, { kid: '__proto__' }),
    '`kid` has 4 KB': ({ token }) => token({}, { kid: 'k'.repeat(4096) }),
    '`kid` has 10 KB': ({ token }) => token({}, { kid: 'k'.repeat(10_240) }),
    '`kid` is a list of the right one': ({ token, header }) => token({}, { kid: [header['kid']] }),
    '`kid` is a number': ({ token }) => token({}, { kid: 0 }),
    'a key in `jwk`, which signed': ({ token }) => token({}, { jwk: publicJwk(STRANGER, 'own') }, byStranger),
    'a key in `jwk`, which signed, and no `kid`': ({ token }) =>
      token({}, { kid: undefined, jwk: publicJwk(STRANGER, 'own') }, byStranger),
    'an address in `jku`, signed by the key there': ({ token }) =>
      token({}, { kid: 'own', jku: 'http://127.0.0.1:9/keys' }, byStranger),
    'an address in `x5u`, signed by the key there': ({ token }) =>
      token({}, { kid: 'own', x5u: 'http://127.0.0.1:9/key' }, byStranger),
    'a certificate in `x5c`, whose key signed': ({ token }) => token({}, { x5c: ['MIIB'] }, byStranger),
    '`jku` and `jwk` beside the right key, which signed': ({ token }) =>
      token({}, { jku: 'http://127.0.0.1:9/keys', jwk: publicJwk(STRANGER, 'own') }),
    'an unknown critical header': ({ token }) => token({}, { crit: ['exp'], exp: 1 }),
    'an empty `crit`': ({ token }) => token({}, { crit: [] }),
    'a payload that is not encoded (`b64`)': ({ token }) => token({}, { crit: ['b64'], b64: false }),
    'an unknown header that is not critical (`zip`)': ({ token }) => token({}, { zip: 'DEF' }),
    'no `typ`': ({ token }) => token({}, { typ: undefined }),
    '`typ` is `dpop+jwt`': ({ token }) => token({}, { typ: 'dpop+jwt' }),
    '`typ` is a number': ({ token }) => token({}, { typ: 7 }),
    'the header is a list': ({ token }) => token({}, '["RS256"]'),
    'the header is no JSON': ({ token }) => token({}, 'header'),
    'an encrypted token (JWE)': ({ claims, header, key }) =>
      new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: String(header['kid']) })
        .encrypt(createPublicKey(key)),
    'a good token within a token': ({ token, header }) => {
      const input = `${encode({ ...header, cty: 'JWT' })}.${encode(token())}`
      return `${input}.${byStranger(Buffer.from(input)).toString('base64url')}`
    },
  }),
  ...casesOf(['local', 'entra'], { '`typ` is `at+jwt`': ({ token }) => token({}, { typ: 'at+jwt' }) }),
  ...casesOf(['standard'], {
    '`typ` is `JWT`, as of an ID token': ({ token }) => token({}, { typ: 'JWT' }),
    '`typ` is `application/at+jwt`': ({ token }) => token({}, { typ: 'application/at+jwt' }),
    '`typ` is `AT+JWT`': ({ token }) => token({}, { typ: 'AT+JWT' }),
    'the key of another issuer': ({ token }) => token({}, { kid: 'entra' }, input => sign('sha256', input, KEYS.entra)),
  }),
  ...casesOf(['local'], {
    'the key of another issuer': ({ token }) => token({}, { kid: 'entra' }, input => sign('sha256', input, KEYS.entra)),
  }),
  ...casesOf(['entra'], {
    'the key of another issuer': ({ token }) =>
      token({}, { kid: 'standard' }, input => sign('sha256', input, KEYS.standard)),
  }),
]
