import assert from 'node:assert/strict'
import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { CompactEncrypt, UnsecuredJWT } from 'jose'
import { localIssuer } from '../../src/auth/bearer/localProfile.ts'
import { TokenProblem, wwwAuthenticate } from '../../src/auth/bearer/tokenProblem.ts'
import { newVerifiedTokens } from '../../src/auth/bearer/verifiedTokens.ts'
import type { Caller } from '../../src/auth/caller.ts'
import { issueAccessToken, issuerOf } from '../../src/auth/issuer/issuer.ts'
import { Problem } from '../../src/core/problem.ts'
import { aPlainApp } from './aPlainApp.ts'
import {
  APP,
  assertAccepted,
  assertRefused,
  BASE,
  BASES,
  CLAIMS,
  EMPTY,
  EXPIRED,
  encode,
  forge,
  GRAPH,
  HEADER,
  key,
  MALFORMED,
  NOT_YET_VALID,
  NOW,
  NOW_S,
  OF_USER,
  OTHER_TENANT,
  type OtherCheck,
  otherRing,
  privateKey,
  publicKey,
  ring,
  rs256,
  type Signer,
  strangersKey,
  TENANT,
  verify,
  WRONG_AUDIENCE,
} from './aToken.ts'

const hmac =
  (secret: string | Buffer): Signer =>
  input =>
    createHmac('sha256', secret).update(input).digest()

function anApp(...roles: readonly string[]): Caller {
  return { kind: 'app', tenant: TENANT, app: APP, roles: new Set(roles) }
}

/** One test a forgery: each is named by what is wrong with it. */
function refuses(message: string, forgeries: Record<string, () => string | Promise<string>>): void {
  for (const [what, make] of Object.entries(forgeries)) {
    test(`a token ${what} is refused`, async () => assertRefused(`Bearer ${await make()}`, message))
  }
}

test('a token of the local issuer tells the tenant, the app and its roles', async () => {
  const roles = ['Group.Read.All', 'User.Read.All']
  const app = aPlainApp({ clientId: APP, tenant: TENANT, displayName: 'Größe', roles })
  const grant = { tenant: TENANT, app, audience: BASE, now: NOW, issuer: issuerOf(BASE, TENANT), ring }
  const caller = await assertAccepted(await issueAccessToken(grant))
  assert.deepEqual(caller, { kind: 'app', tenant: TENANT, app: APP, roles: new Set(roles) })
})

test('a token with the right header and claims is accepted', async () => {
  assert.deepEqual(await assertAccepted(forge()), anApp('Group.Read.All'))
})

test('the issuer and the audience may bear any spelling of the server, each its own', async () => {
  for (const base of BASES) {
    await assertAccepted(forge({ iss: issuerOf(base, TENANT) }))
    await assertAccepted(forge({ aud: base }))
  }
})

test('an app without roles is known all the same', async () => {
  assert.deepEqual(await assertAccepted(forge({ roles: [] })), anApp())
  assert.deepEqual(await assertAccepted(forge({ roles: undefined })), anApp())
})

test('roles are taken by their whole names', async () => {
  const roles = ['Group.Read.AllX', 'group.read.all']
  assert.deepEqual(await assertAccepted(forge({ roles })), anApp(...roles))
})

test('a token signed by an older key of the ring is accepted, and refused once that key is gone', async () => {
  const rotated = { ...ring, signing: [...otherRing.signing, ...ring.signing] as const }
  await assertAccepted(forge(), { ring: rotated })
  await assertRefused(`Bearer ${forge()}`, MALFORMED, { ring: otherRing })
})

test('no header, an empty one and one without a bearer token say that the token is empty', async () => {
  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'bearer', 'Basic YTpi', `Bearer\t${forge()}`, forge()]) {
    await assertRefused(header, EMPTY)
  }
})

test('the scheme is read in any case', async () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) await verify(`${scheme} ${forge()}`)
})

test('exactly one blank stands between the scheme and the token, and nothing follows it', async () => {
  for (const header of [
    `Bearer  ${forge()}`,
    `Bearer \t${forge()}`,
    `Bearer ${forge()} `,
    `Bearer ${forge()},`,
    `Bearer ${forge()}, Bearer ${forge()}`,
    `Bearer ${forge()} x`,
    `Bearer "${forge()}"`,
  ]) {
    await assertRefused(header, MALFORMED)
  }
})

test('every refusal keeps its reason for the log', async () => {
  await assert.rejects(
    verify(`Bearer ${forge({ scp: 'Group.Read.All' })}`),
    (error: Error) => error.cause === "an app's token with scopes",
  )
})

refuses(MALFORMED, {
  'that is no JWT': () => 'hello',
  'of two parts': () => forge().split('.').slice(0, 2).join('.'),
  'of four parts': () => `${forge()}.AAAA`,
  'of five parts, encrypted,': () =>
    new CompactEncrypt(Buffer.from(JSON.stringify(CLAIMS)))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: key.kid })
      .encrypt(publicKey),
  'with empty parts': () => '..',
  'whose parts are swapped': () => {
    const [header, claims, signature] = forge().split('.')
    return `${claims}.${header}.${signature}`
  },
  'over 8 KB': () => forge({ filler: 'x'.repeat(9000) }),
  'whose header is no JSON': () => forge({}, 'header'),
  'whose header is a list': () => forge({}, '["RS256"]'),
  'whose claims are no JSON': () => forge('claims'),
  'whose claims are a list': () => forge('[]'),
  'whose claims are null': () => forge('null'),
  'whose claims are no UTF-8': () => {
    const input = `${encode(HEADER)}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}`
    return `${input}.${rs256(Buffer.from(input)).toString('base64url')}`
  },
})

refuses(MALFORMED, {
  'without a signature': () => `${forge().split('.').slice(0, 2).join('.')}.`,
  'unsecured by jose': () => new UnsecuredJWT({ ...CLAIMS }).encode(),
  'of algorithm none': () => forge({}, { alg: 'none' }),
  'of algorithm None': () => forge({}, { alg: 'None' }),
  'of algorithm nOnE': () => forge({}, { alg: 'nOnE' }),
  'of algorithm rs256': () => forge({}, { alg: 'rs256' }),
  'without an algorithm': () => forge({}, { alg: undefined }),
  'of a list of algorithms': () => forge({}, { alg: ['RS256'] }),
  'of algorithm RS384 with our key': () => forge({}, { alg: 'RS384' }, input => sign('sha384', input, privateKey)),
  'of algorithm RS512 with our key': () => forge({}, { alg: 'RS512' }, input => sign('sha512', input, privateKey)),
  'of algorithm PS256 with our key': () =>
    forge({}, { alg: 'PS256' }, input =>
      sign('sha256', input, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
    ),
  'said to be RS256 with a PSS signature': () =>
    forge({}, {}, input =>
      sign('sha256', input, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
    ),
  'of algorithm ES256': () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    return forge({}, { alg: 'ES256' }, input => sign('sha256', input, { key: curve, dsaEncoding: 'ieee-p1363' }))
  },
  'of algorithm EdDSA with our kid': () => {
    const edwards = generateKeyPairSync('ed25519').privateKey
    return forge({}, { alg: 'EdDSA' }, input => sign(null, input, edwards))
  },
  'of HS256 keyed with the public key as PEM': () =>
    forge({}, { alg: 'HS256' }, hmac(publicKey.export({ type: 'spki', format: 'pem' }))),
  'of HS256 keyed with the public key as DER': () =>
    forge({}, { alg: 'HS256' }, hmac(publicKey.export({ type: 'spki', format: 'der' }))),
  'of HS256 keyed with the public key as JWK text': () =>
    forge({}, { alg: 'HS256' }, hmac(JSON.stringify(key.publicJwk))),
  'of HS256 keyed with the modulus': () =>
    forge({}, { alg: 'HS256' }, hmac(Buffer.from(key.publicJwk.n ?? '', 'base64url'))),
  'of HS256 keyed with nothing': () => forge({}, { alg: 'HS256' }, hmac('')),
  'of algorithm none and then RS256, unsigned,': () =>
    forge({}, `{"typ":"JWT","alg":"none","alg":"RS256","kid":"${key.kid}"}`, () => Buffer.alloc(256)),
})

refuses(MALFORMED, {
  "signed by a stranger under our key's id": () => forge({}, {}, input => sign('sha256', input, strangersKey)),
  'whose claims were changed': () => {
    const [header, , signature] = forge().split('.')
    return `${header}.${encode({ ...CLAIMS, roles: ['Group.ReadWrite.All'] })}.${signature}`
  },
  'whose header was changed': () => {
    const [, claims, signature] = forge().split('.')
    return `${encode({ ...HEADER, x: 1 })}.${claims}.${signature}`
  },
  'with the signature of another token': () => {
    const [header, claims] = forge().split('.')
    return `${header}.${claims}.${forge({ nbf: NOW_S - 1 }).split('.')[2]}`
  },
  'whose signature is cut': () => forge().slice(0, -4),
  'whose signature is longer': () => `${forge()}AAAA`,
  'whose signature is all zeros': () => forge({}, {}, () => Buffer.alloc(256)),
  'whose signature is padded': () => `${forge()}==`,
  'whose signature has other trailing bits': () => {
    // 256 bytes end in a character of which only two bits count: each has fifteen other spellings.
    const token = forge()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return token.slice(0, -1) + alphabet[alphabet.indexOf(token.slice(-1)) + 1]
  },
  'with a line break in its signature': () => `${forge().slice(0, -8)}\n${forge().slice(-8)}`,
  'with a blank in its claims': () => forge().replace('.', '. '),
  'in the alphabet of plain base64': () => {
    const [header, claims] = forge().split('.')
    return `${header}.${claims}.${rs256(Buffer.from(`${header}.${claims}`)).toString('base64')}`
  },
})

refuses(MALFORMED, {
  'without a kid': () => forge({}, { kid: undefined }),
  'with an unknown kid': () => forge({}, { kid: otherRing.signing[0].kid }),
  'with a path as kid': () => forge({}, { kid: '../../etc/passwd' }),
  'with SQL as kid': () => forge({}, { kid: "' OR 1=1--" }),
  'with __proto__ as kid': () => forge({}, { kid: '__proto__' }),
  'with 4 KB as kid': () => forge({}, { kid: 'k'.repeat(4096) }),
  'with a list as kid': () => forge({}, { kid: [key.kid] }),
  'with a number as kid': () => forge({}, { kid: 0 }),
  'that brings its own key': () =>
    forge({}, { jwk: otherRing.signing[0].publicJwk }, input => sign('sha256', input, strangersKey)),
  'that names where to fetch its key': () =>
    forge({}, { kid: 'theirs', jku: 'http://127.0.0.1:9/keys', x5u: 'http://127.0.0.1:9/key' }, input =>
      sign('sha256', input, strangersKey),
    ),
  'that brings a certificate': () => forge({}, { x5c: ['MIIB'] }, input => sign('sha256', input, strangersKey)),
  'with an unknown critical header': () => forge({}, { crit: ['exp'], exp: NOW_S }),
  'with an empty list of critical headers': () => forge({}, { crit: [] }),
  'with its payload not encoded': () => forge({}, { crit: ['b64'], b64: false }),
  'without a type': () => forge({}, { typ: undefined }),
  'of type at+jwt': () => forge({}, { typ: 'at+jwt' }),
  'of type dpop+jwt': () => forge({}, { typ: 'dpop+jwt' }),
  'of a type that is no text': () => forge({}, { typ: 7 }),
})

refuses(MALFORMED, {
  'without exp': () => forge({ exp: undefined }),
  'whose exp is text': () => forge({ exp: String(NOW_S + 3599) }),
  'whose exp is null': () => forge({ exp: null }),
  'whose exp is no whole number': () => forge({ exp: NOW_S + 3599.5 }),
  'whose exp is 1e300': () => forge(JSON.stringify({ ...CLAIMS, exp: 0 }).replace('"exp":0', '"exp":1e300')),
  'whose exp is beyond all numbers': () =>
    forge(JSON.stringify({ ...CLAIMS, exp: 0 }).replace('"exp":0', '"exp":1e999')),
  'without iat': () => forge({ iat: undefined }),
  'whose iat is text': () => forge({ iat: String(NOW_S) }),
  'whose iat is no whole number': () => forge({ iat: NOW_S + 0.5 }),
  'whose iat is negative': () => forge({ iat: -1 }),
  'without nbf': () => forge({ nbf: undefined }),
  'whose nbf is text': () => forge({ nbf: String(NOW_S) }),
  'whose nbf is no whole number': () => forge({ nbf: NOW_S - 0.5 }),
  'that lives ten years': () => forge({ exp: NOW_S + 10 * 365 * 86_400 }),
  'that lives a second more than a day': () => forge({ exp: NOW_S + 86_401 }),
  'that ends as it begins': () => forge({ exp: NOW_S + 10, iat: NOW_S + 10 }),
  'that ends before it begins': () => forge({ exp: NOW_S + 10, iat: NOW_S + 20 }),
})

refuses(EXPIRED, {
  'that is long expired': () => forge({ iat: NOW_S - 9000, nbf: NOW_S - 9000, exp: NOW_S - 5400 }),
  'that expired a minute ago': () => forge({ iat: NOW_S - 3659, nbf: NOW_S - 3659, exp: NOW_S - 60 }),
  'whose exp is -1': () => forge({ exp: -1 }),
  'whose exp is 0': () => forge({ exp: 0 }),
})

refuses(NOT_YET_VALID, {
  'that becomes valid in 61 seconds': () => forge({ nbf: NOW_S + 61 }),
  'that becomes valid in a year': () => forge({ nbf: NOW_S + 365 * 86_400 }),
  'issued 61 seconds from now': () => forge({ iat: NOW_S + 61 }),
  'issued a year from now': () => forge({ iat: NOW_S + 365 * 86_400, exp: NOW_S + 365 * 86_400 + 3599 }),
})

test('clocks may be a minute apart', async () => {
  await assertAccepted(forge({ iat: NOW_S - 3600, nbf: NOW_S - 3600, exp: NOW_S - 59 }))
  await assertAccepted(forge({ nbf: NOW_S + 60 }))
  await assertAccepted(forge({ iat: NOW_S + 60 }))
  await assertAccepted(forge({ exp: NOW_S + 86_400 }))
})

test('a token is judged by the clock that is handed in', async () => {
  const token = forge()
  const until = (seconds: number) => ({ now: (NOW_S + seconds) * 1000 })
  await assertAccepted(token, until(3599 + 59))
  await assertRefused(`Bearer ${token}`, EXPIRED, until(3599 + 60))
  await assertAccepted(token, until(-60))
  await assertRefused(`Bearer ${token}`, NOT_YET_VALID, until(-61))
  await assertRefused(`Bearer ${token}`, EXPIRED, until(8 * 86_400))
})

refuses(WRONG_AUDIENCE, {
  'without an audience': () => forge({ aud: undefined }),
  'for another resource': () => forge({ aud: 'https://management.azure.com' }),
  'for an app': () => forge({ aud: APP }),
  'for the same server at another port': () => forge({ aud: 'http://localhost:3001' }),
  'for an audience with a slash at its end': () => forge({ aud: `${GRAPH}/` }),
  'for a part of our name': () => forge({ aud: 'http://localhost' }),
  'for a list of audiences with ours in it': () => forge({ aud: [GRAPH, 'https://example.com'] }),
  'for a list of our audience alone': () => forge({ aud: [GRAPH] }),
  'for nobody': () => forge({ aud: '' }),
})

refuses(MALFORMED, {
  'without an issuer': () => forge({ iss: undefined }),
  'of another issuer': () => forge({ iss: `https://login.microsoftonline.com/${TENANT}/v2.0` }),
  'whose issuer ends in a slash': () => forge({ iss: `${BASE}/${TENANT}/v2.0/` }),
  "of another tenant's issuer": () => forge({ iss: `${BASE}/${OTHER_TENANT}/v2.0` }),
  'whose issuer is a list': () => forge({ iss: [`${BASE}/${TENANT}/v2.0`] }),
  'whose issuer is the common one': () => forge({ iss: `${BASE}/common/v2.0` }),
  'whose issuer only begins like ours': () => forge({ iss: `${BASE}/${TENANT}/v2.0.example.com` }),
  'whose issuer has another scheme': () => forge({ iss: `https://localhost:3000/${TENANT}/v2.0` }),
  'without a tid': () => forge({ tid: undefined }),
  'whose tid is another tenant than its issuer': () => forge({ tid: OTHER_TENANT }),
  'of a tenant that is not known': () => forge({ tid: OTHER_TENANT, iss: issuerOf(BASE, OTHER_TENANT) }),
  'whose tid is no GUID': () => forge({ tid: 'common', iss: `${BASE}/common/v2.0` }),
  'whose tid is in upper case': () => forge({ tid: TENANT.toUpperCase(), iss: `${BASE}/${TENANT.toUpperCase()}/v2.0` }),
  'whose tid is in upper case and its issuer not': () => forge({ tid: TENANT.toUpperCase() }),
  'whose tid is a list': () => forge({ tid: [TENANT] }),
  'without sub': () => forge({ sub: undefined }),
  'whose sub is no text': () => forge({ sub: 7 }),
  'without oid': () => forge({ oid: undefined }),
  'whose oid is empty': () => forge({ oid: '' }),
  'without appid': () => forge({ appid: undefined }),
  'whose appid is no text': () => forge({ appid: { id: APP } }),
  'without idtyp and scopes': () => forge({ idtyp: undefined }),
  'of an app with scopes': () => forge({ scp: 'Group.Read.All' }),
  'of an app with no scopes in scp': () => forge({ scp: '' }),
  'whose roles are one text': () => forge({ roles: 'Group.Read.All' }),
  'whose roles are not all texts': () => forge({ roles: ['Group.Read.All', 7] }),
  'whose roles are an object': () => forge({ roles: { 'Group.Read.All': true } }),
})

test('a claim that stands twice counts as its last, so a check and its use never see two values', async () => {
  const twice = JSON.stringify(CLAIMS).replace('{', `{"tid":"${OTHER_TENANT}","roles":["Group.ReadWrite.All"],`)
  assert.deepEqual(await assertAccepted(forge(twice)), anApp('Group.Read.All'))
})

test('a tenant is looked up only once the token is proven', async () => {
  const asked: string[] = []
  const knownTenant = async (id: string) => asked.push(id) > 0
  await assertRefused(`Bearer ${forge({}, {}, () => Buffer.alloc(256))}`, MALFORMED, { knownTenant })
  await assertRefused(`Bearer ${forge({ exp: 0 })}`, EXPIRED, { knownTenant })
  assert.deepEqual(asked, [])
  await assertAccepted(forge(), { knownTenant })
  assert.deepEqual(asked, [TENANT])
})

test('a key that cannot be used is a bug of ours and no refusal', async () => {
  const broken = { ...key, publicJwk: { kty: 'RSA', alg: 'RS256' } }
  await assert.rejects(verify(`Bearer ${forge()}`, { ring: { ...ring, signing: [broken] } }), (error: unknown) => {
    return !(error instanceof Problem)
  })
})

test('what fails while a tenant is looked up is no refusal', async () => {
  const knownTenant = () => Promise.reject(new Error('disk'))
  await assert.rejects(verify(`Bearer ${forge()}`, { knownTenant }), { message: 'disk' })
})

test('the challenge of a 401 names where to sign in: at the tenant where it is known', () => {
  const { signIn } = localIssuer({ ring: () => ring, bases: () => BASES })
  for (const [tenant, segment] of [
    [null, 'common'],
    [TENANT, TENANT],
  ] as const) {
    assert.equal(
      wwwAuthenticate(signIn(tenant)),
      `Bearer realm="", authorization_uri="http://localhost:3000/${segment}/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`,
    )
  }
})

test('where to sign in is known of a token whose signature is good and only its time, or its user, is over', async () => {
  const signInOf = async (token: string, check: OtherCheck = {}) => {
    const problem = await verify(`Bearer ${token}`, check).catch((error: unknown) => error)
    assert.ok(problem instanceof TokenProblem)
    return problem.signIn
  }
  const atTenant = `${BASE}/${TENANT}/oauth2/authorize`
  const hour = 3_600_000
  const verified = newVerifiedTokens()
  assert.equal(await signInOf(forge(), { now: NOW + 2 * hour }), atTenant)
  await verify(`Bearer ${forge()}`, { verified })
  assert.equal(await signInOf(forge(), { now: NOW + 2 * hour, verified }), atTenant)
  assert.equal(await signInOf(forge(OF_USER), { person: async () => null }), atTenant)
  assert.equal(
    await signInOf(
      forge({}, {}, () => Buffer.alloc(256)),
      { now: NOW + 2 * hour },
    ),
    null,
  )
  assert.equal(await signInOf(forge({ aud: 'https://other.example' })), null)
})
