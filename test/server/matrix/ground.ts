import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { TestContext } from 'node:test'
import { type ExternalIssuer, externalIssuer, type IssuerSettings } from '../../../src/auth/bearer/externalIssuer.ts'
import { type FetchDocument, IssuerUnavailable } from '../../../src/auth/bearer/issuerDocument.ts'
import type { ObjectId, TenantId } from '../../../src/core/id.ts'
import { APP, encode, GRAPH, type Json, type Signer } from '../../auth/aToken.ts'
import { aServer, aSibling, BASE, type Reply, type TestServer } from '../aServer.ts'

export const PROFILES = ['local', 'entra', 'standard'] as const
export type Profile = (typeof PROFILES)[number]

export const ENTRA = 'https://login.microsoftonline.com'
export const ENTRA_V1 = 'https://sts.windows.net'
export const ENTRA_KEYS = `${ENTRA}/organizations/discovery/v2.0/keys`
export const STANDARD = 'https://id.example.org/realms/staff'
export const STANDARD_KEYS = `${STANDARD}/keys`
/** What the external issuers call the server. */
export const AUDIENCE = 'api://directory'
export const PRINCIPAL = 'bbbbbbbb-2222-4333-8444-555555555555'

const rsa = (bits = 2048): KeyObject => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey

/** The private keys of the external issuers, by their kid. */
export const KEYS = {
  entra: rsa(),
  'entra-2': rsa(),
  standard: rsa(),
  'standard-pss': rsa(),
  'standard-ec': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
} as const satisfies Record<string, KeyObject>

/** A key that no issuer knows. */
export const STRANGER = rsa()

export function publicJwk(key: KeyObject, kid: string, more: Json = {}): Json {
  const { kty, n, e, crv, x, y } = key.export({ format: 'jwk' })
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, kid, use: 'sig', ...more }))
}

const OF_ENTRA = { issuer: `${ENTRA}/{tenantid}/v2.0` }
export const ENTRA_SET = [publicJwk(KEYS.entra, 'entra', OF_ENTRA), publicJwk(KEYS['entra-2'], 'entra-2', OF_ENTRA)]
export const STANDARD_SET = [
  publicJwk(KEYS.standard, 'standard'),
  publicJwk(KEYS['standard-pss'], 'standard-pss', { alg: 'PS256' }),
  publicJwk(KEYS['standard-ec'], 'standard-ec', { alg: 'ES256' }),
]

export const DISCOVERY: Readonly<Record<string, Json>> = {
  [`${ENTRA}/organizations/v2.0/.well-known/openid-configuration`]: {
    issuer: `${ENTRA}/{tenantid}/v2.0`,
    jwks_uri: ENTRA_KEYS,
  },
  [`${STANDARD}/.well-known/openid-configuration`]: { issuer: STANDARD, jwks_uri: STANDARD_KEYS },
}

/** A server that believes three issuers, its own among them. */
export interface Ground {
  readonly server: TestServer
  /** Another tenant of the same directory. */
  readonly otherTenant: TenantId
  /** A user of the tenant, without a directory role. */
  readonly user: ObjectId
  /** What the external issuers answer, by URL; a test changes it. An error is thrown. */
  readonly documents: Map<string, unknown>
  /** The URLs that were fetched, in their order. */
  readonly fetched: readonly string[]
  readonly ask: (authorization: string | undefined, url?: string) => Promise<Reply>
}

export interface OtherGround {
  readonly fetchDocument?: FetchDocument
  /** In place of the standard one. */
  readonly standardUrl?: string
}

export async function aGround(context: TestContext | null, other: OtherGround = {}): Promise<Ground> {
  const plain = await aServer(context)
  const otherTenant = await plain.addTenant()
  const { user } = await plain.administrator()
  const documents = new Map<string, unknown>([
    ...Object.entries(DISCOVERY),
    [ENTRA_KEYS, { keys: ENTRA_SET }],
    [STANDARD_KEYS, { keys: STANDARD_SET }],
  ])
  const fetched: string[] = []
  const fetchDocument: FetchDocument = async url => {
    fetched.push(url)
    const document = documents.get(url)
    if (document instanceof Error) throw document
    if (document === undefined) throw new IssuerUnavailable(`${url} answers 404.`)
    return document
  }
  const url = other.standardUrl ?? STANDARD
  const places: readonly IssuerSettings['place'][] = [
    { profile: 'entra', base: ENTRA, tenant: null },
    { profile: 'standard', url, tenant: plain.tenant },
  ]
  const surroundings = { fetchDocument: other.fetchDocument ?? fetchDocument, elapsed: plain.clock.elapsed }
  const external = places.map(
    (place): ExternalIssuer => externalIssuer({ place, keysUrl: null, audiences: [AUDIENCE] }, surroundings),
  )
  const server = aSibling(context, plain, { trust: { local: true, external } })
  const ask = async (authorization: string | undefined, path = '/v1.0/groups?$top=1'): Promise<Reply> => {
    const headers = { host: 'localhost:3000', ...(authorization !== undefined && { authorization }) }
    const reply = await server.app.inject({ url: path, headers })
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() }
  }
  return { server, otherTenant, user, documents, fetched, ask }
}

/** Tokens of one issuer as it would make them, and other ones. */
export interface Forge {
  readonly profile: Profile
  readonly ground: Ground
  /** The key with which the issuer signs. */
  readonly key: KeyObject
  /** A token with these claims and header; `undefined` leaves one out, text is taken as the JSON itself. */
  readonly token: (claims?: Json | string, header?: Json | string, signer?: Signer) => string
  readonly claims: Json
  readonly header: Json
  readonly nowS: number
}

export function aForge(profile: Profile, ground: Ground): Forge {
  const { tenant, clock, services } = ground.server
  const [local] = services.controls.ring.signing
  const key = profile === 'local' ? createPrivateKey({ key: { ...local.privateJwk }, format: 'jwk' }) : KEYS[profile]
  const nowS = Math.floor(clock.now() / 1000)
  const times = { iat: nowS, nbf: nowS, exp: nowS + 3599 }
  const ofEntra = { idtyp: 'app', oid: PRINCIPAL, roles: ['Group.Read.All'], sub: PRINCIPAL, tid: tenant, ver: '2.0' }
  const claims: Record<Profile, Json> = {
    local: { aud: GRAPH, iss: `${BASE}/${tenant}/v2.0`, ...times, appid: APP, ...ofEntra },
    entra: { aud: AUDIENCE, iss: `${ENTRA}/${tenant}/v2.0`, ...times, azp: APP, azpacr: '1', ...ofEntra },
    standard: {
      ...{ aud: AUDIENCE, iss: STANDARD, iat: nowS, exp: nowS + 3599, jti: 'one', scope: 'Group.Read.All' },
      ...{ sub: 'nightly-sync', client_id: 'nightly-sync' },
    },
  }
  const header = {
    typ: profile === 'standard' ? 'at+jwt' : 'JWT',
    alg: 'RS256',
    kid: profile === 'local' ? local.kid : profile,
  }
  const byIssuer: Signer = input => sign('sha256', input, key)
  const token: Forge['token'] = (changed = {}, changedHeader = {}, signer = byIssuer) => {
    const part = (own: Json, change: Json | string) => (typeof change === 'string' ? change : { ...own, ...change })
    const input = `${encode(part(header, changedHeader))}.${encode(part(claims[profile], changed))}`
    return `${input}.${signer(Buffer.from(input)).toString('base64url')}`
  }
  return { profile, ground, key, token, claims: claims[profile], header, nowS }
}

/** What makes of an app's claims those of a user, who lets the app do this. */
export function ofUser({ profile, ground: { user } }: Forge, scopes = 'Group.Read.All'): Json {
  if (profile === 'standard') return { sub: 'ada', oid: user, scope: scopes }
  return { idtyp: undefined, roles: undefined, oid: user, sub: 'a pairwise name', scp: scopes }
}

/** What an app may do, as claims. */
export function granted({ profile }: Forge, ...names: readonly string[]): Json {
  return profile === 'standard' ? { scope: names.join(' ') } : { roles: names }
}

/** A token whose claims are this JSON, as no object would be written. */
export function rewritten({ token, claims }: Forge, change: (json: string) => string): string {
  return token(change(JSON.stringify(claims)))
}
