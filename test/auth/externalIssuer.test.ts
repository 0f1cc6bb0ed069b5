import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { type ExternalIssuer, externalIssuer, type IssuerSettings } from '../../src/auth/bearer/externalIssuer.ts'
import { IssuerUnavailable } from '../../src/auth/bearer/issuerDocument.ts'
import { type Json, key, OTHER_TENANT, TENANT } from './aToken.ts'

const MICROSOFT = 'https://login.microsoftonline.com'
const KEY: Json = { kty: 'RSA', n: key.publicJwk.n, e: key.publicJwk.e, kid: 'one' }
const STANDARD: IssuerSettings['place'] = { profile: 'standard', url: 'https://id.example.org/staff', tenant: TENANT }

interface Heard {
  readonly issuer: ExternalIssuer
  readonly documents: Map<string, unknown>
  readonly asked: string[]
  elapsed: number
}

function anIssuerOf(place: IssuerSettings['place'], keysUrl: string | null = null): Heard {
  const documents = new Map<string, unknown>()
  const asked: string[] = []
  const heard: Heard = {
    issuer: externalIssuer(
      { place, keysUrl, audiences: ['api://directory'] },
      {
        elapsed: () => heard.elapsed,
        fetchDocument: async url => {
          asked.push(url)
          if (!documents.has(url)) throw new IssuerUnavailable(`${url} answers 404.`)
          return documents.get(url)
        },
      },
    ),
    documents,
    asked,
    elapsed: 0,
  }
  return heard
}

async function assertUnheard({ issuer }: Heard, reason: RegExp): Promise<void> {
  await assert.rejects(issuer.keys.current(), { code: 'serviceNotAvailable' })
  assert.match(issuer.keys.failure() ?? '', reason)
}

test('the discovery document of an issuer says where its keys are, whatever its URL ends with', async () => {
  for (const url of ['https://id.example.org/staff', 'https://id.example.org/staff/']) {
    const heard = anIssuerOf({ profile: 'standard', url, tenant: TENANT })
    const discovery = 'https://id.example.org/staff/.well-known/openid-configuration'
    heard.documents.set(discovery, { issuer: url, jwks_uri: 'https://id.example.org/keys' })
    heard.documents.set('https://id.example.org/keys', { keys: [KEY] })
    assert.equal((await heard.issuer.keys.find('one'))?.publicJwk.alg, 'RS256')
    assert.deepEqual(heard.asked, [discovery, 'https://id.example.org/keys'])
  }
})

for (const [tenant, segment, issuer] of [
  [TENANT, TENANT, `${MICROSOFT}/${TENANT}/v2.0`],
  [null, 'organizations', `${MICROSOFT}/{tenantid}/v2.0`],
] as const) {
  test(`Entra's document for ${tenant === null ? 'every tenant' : 'one tenant'} names the issuer ${issuer}`, async () => {
    const heard = anIssuerOf({ profile: 'entra', base: MICROSOFT, tenant })
    const discovery = `${MICROSOFT}/${segment}/v2.0/.well-known/openid-configuration`
    heard.documents.set(discovery, { issuer, jwks_uri: `${MICROSOFT}/keys` })
    heard.documents.set(`${MICROSOFT}/keys`, { keys: [KEY] })
    assert.equal((await heard.issuer.keys.current()).length, 1)
    assert.equal(heard.issuer.name, issuer)
  })
}

test('one tenant of Entra is believed for itself alone, all tenants for each, in both versions (DELTA-225)', () => {
  const named = (tenant: string) => [`${MICROSOFT}/${tenant}/v2.0`, `https://sts.windows.net/${tenant}/`]
  const one = anIssuerOf({ profile: 'entra', base: MICROSOFT, tenant: TENANT }).issuer
  const all = anIssuerOf({ profile: 'entra', base: MICROSOFT, tenant: null }).issuer
  for (const iss of named(TENANT)) assert.deepEqual([one.isNamedBy(iss), all.isNamedBy(iss)], [true, true], iss)
  for (const iss of named(OTHER_TENANT)) assert.deepEqual([one.isNamedBy(iss), all.isNamedBy(iss)], [false, true], iss)
  for (const iss of [
    ...named('common'),
    `https://sts.windows.net/${TENANT}`,
    `https://sts.windows.net/${TENANT}/v2.0`,
  ]) {
    assert.deepEqual([one.isNamedBy(iss), all.isNamedBy(iss)], [false, false], iss)
  }
})

test('an issuer like Entra has no tokens of version 1.0', () => {
  const { issuer } = anIssuerOf({ profile: 'entra', base: 'https://id.example.org', tenant: null })
  assert.ok(issuer.isNamedBy(`https://id.example.org/${TENANT}/v2.0`))
  for (const iss of [`undefined/${TENANT}/`, `https://sts.windows.net/${TENANT}/`]) assert.ok(!issuer.isNamedBy(iss))
})

test('keys that are named are taken from there, without a discovery document', async () => {
  const heard = anIssuerOf(STANDARD, 'https://keys.example.net/set')
  heard.documents.set('https://keys.example.net/set', { keys: [KEY] })
  assert.equal((await heard.issuer.keys.current()).length, 1)
  assert.deepEqual(heard.asked, ['https://keys.example.net/set'])
})

const AT = 'https://id.example.org/staff/.well-known/openid-configuration'
const ISSUER = 'https://id.example.org/staff'
const DOCUMENTS: Readonly<Record<string, readonly [unknown, RegExp]>> = {
  'of another issuer': [{ issuer: 'https://id.example.org', jwks_uri: `${ISSUER}/keys` }, /does not name the issuer/],
  'of the issuer with a slash': [{ issuer: `${ISSUER}/`, jwks_uri: `${ISSUER}/keys` }, /does not name the issuer/],
  'that is a list': [[], /does not name the issuer/],
  'without keys': [{ issuer: ISSUER }, /does not name its keys/],
  'with keys that are no URL': [{ issuer: ISSUER, jwks_uri: '/keys' }, /does not name its keys/],
  'with keys at another host': [{ issuer: ISSUER, jwks_uri: 'https://example.org/keys' }, /another place.*keys=/],
  'with keys at another port': [{ issuer: ISSUER, jwks_uri: 'https://id.example.org:8443/keys' }, /another place/],
  'with keys over http': [{ issuer: ISSUER, jwks_uri: 'http://id.example.org/keys' }, /another place/],
  'with keys in a file': [{ issuer: ISSUER, jwks_uri: 'file:///etc/keys' }, /another place/],
  'with credentials': [{ issuer: ISSUER, jwks_uri: 'https://a:b@id.example.org/keys' }, /another place/],
}
for (const [what, [document, reason]] of Object.entries(DOCUMENTS)) {
  test(`a discovery document ${what} is not followed (DELTA-228)`, async () => {
    const heard = anIssuerOf(STANDARD)
    heard.documents.set(AT, document)
    await assertUnheard(heard, reason)
    assert.deepEqual(heard.asked, [AT])
  })
}

test('keys that are no longer where they were are looked for anew', async () => {
  const heard = anIssuerOf(STANDARD)
  heard.documents.set(AT, { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` })
  heard.documents.set(`${ISSUER}/keys`, { keys: [KEY] })
  await heard.issuer.keys.current()
  heard.documents.delete(`${ISSUER}/keys`)
  heard.documents.set(AT, { issuer: ISSUER, jwks_uri: `${ISSUER}/new` })
  heard.documents.set(`${ISSUER}/new`, { keys: [{ ...KEY, kid: 'two' }] })
  heard.elapsed = 5 * 60_000
  assert.notEqual(await heard.issuer.keys.find('one'), null)
  heard.elapsed += 30_000
  assert.notEqual(await heard.issuer.keys.find('two'), null)
})

const NO_SET: readonly unknown[] = [
  null,
  [],
  'keys',
  {},
  { keys: {} },
  { keys: Array.from({ length: 101 }, () => KEY) },
]
for (const document of NO_SET) {
  test(`${JSON.stringify(document).slice(0, 30)} is no key set`, async () => {
    const heard = anIssuerOf(STANDARD, `${ISSUER}/keys`)
    heard.documents.set(`${ISSUER}/keys`, document)
    await assertUnheard(heard, /is no JSON Web Key Set|more than 100 keys/)
  })
}

test('of the keys of Entra those for RS256 alone are taken', async () => {
  const heard = anIssuerOf({ profile: 'entra', base: MICROSOFT, tenant: TENANT }, `${MICROSOFT}/keys`)
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  heard.documents.set(`${MICROSOFT}/keys`, { keys: [{ ...curve, kid: 'a' }, { ...KEY, kid: 'b', alg: 'PS256' }, KEY] })
  assert.deepEqual(
    (await heard.issuer.keys.current()).map(({ kid }) => kid),
    ['one'],
  )
})

test('what is no key in a set is passed over, and the others count', async () => {
  const heard = anIssuerOf(STANDARD, `${ISSUER}/keys`)
  const { n, ...withoutModulus } = KEY
  const others = [null, 7, 'x', [], {}, { ...KEY, kid: 7 }, { ...KEY, kid: '' }, { ...withoutModulus, kid: 'a' }]
  const bad = [
    { ...KEY, kid: 'b', n: `${n}=` },
    { ...KEY, kid: 'c', n: 7 },
    { ...KEY, kid: 'd', kty: 'OKP', crv: 'Ed25519' },
    { ...KEY, kid: 'e', alg: 'none' },
    { ...KEY, kid: 'f', use: null },
    { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'g' },
    { kty: 'EC', crv: 'P-384', x: n, y: n, kid: 'h' },
    { ...KEY, kid: 'k'.repeat(257) },
    { ...KEY, kid: 'l', n: Buffer.alloc(1_025, 0xff).toString('base64url') },
  ]
  heard.documents.set(`${ISSUER}/keys`, { keys: [...others, ...bad, KEY, { ...KEY, kid: '__proto__' }] })
  assert.deepEqual(
    (await heard.issuer.keys.current()).map(({ kid }) => kid),
    ['one', '__proto__'],
  )
})
