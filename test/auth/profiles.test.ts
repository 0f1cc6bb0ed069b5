import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { test } from 'node:test'
import { type BearerCheck, verifyBearer } from '../../src/auth/bearer/bearerToken.ts'
import { entraIssuer } from '../../src/auth/bearer/entraProfile.ts'
import { standardIssuer } from '../../src/auth/bearer/standardProfile.ts'
import type { IssuerKeys, VerificationKey } from '../../src/auth/bearer/tokenIssuer.ts'
import { TokenProblem } from '../../src/auth/bearer/tokenProblem.ts'
import { newVerifiedTokens } from '../../src/auth/bearer/verifiedTokens.ts'
import type { Caller } from '../../src/auth/caller.ts'
import { DIRECTORY_ROLES } from '../../src/auth/directoryRoles.ts'
import { APP, encode, type Json, key, NOW, NOW_S, otherRing, privateKey, TENANT, USER } from './aToken.ts'

const AUDIENCE = 'api://directory'
const MICROSOFT = 'https://login.microsoftonline.com'
const STANDARD = 'https://id.example.org/staff'
const MALFORMED = 'CompactToken parsing failed with error code: 80049217'
const MINUTE = 60_000
const TIMES = { iat: NOW_S, nbf: NOW_S, exp: NOW_S + 3599 }
const ENTRA_CLAIMS: Json = { ...TIMES, aud: AUDIENCE, tid: TENANT, oid: USER, sub: 'pairwise', ver: '2.0', azp: APP }
const IN_V2: Json = { ...ENTRA_CLAIMS, iss: `${MICROSOFT}/${TENANT}/v2.0` }
const STANDARD_CLAIMS: Json = { ...TIMES, aud: AUDIENCE, iss: STANDARD, jti: 'x', client_id: 'mirror', sub: 'mirror' }

/** The key of both issuers; as long as it does not work, only what was verified before is accepted. */
interface Held {
  keys: readonly VerificationKey[]
  works: boolean
}

function aHeldKey(): Held {
  const held: Held = { keys: [], works: true }
  const publicJwk = () => (held.works ? key : otherRing.signing[0]).publicJwk
  held.keys = [
    {
      kid: key.kid,
      get publicJwk() {
        return publicJwk()
      },
    },
  ]
  return held
}

function issuersWith(held: Held, audiences: readonly string[] = [AUDIENCE]): BearerCheck['issuers'] {
  const keys: IssuerKeys = {
    current: async () => held.keys,
    find: async kid => held.keys.find(known => known.kid === kid) ?? null,
  }
  return [
    entraIssuer({ profile: 'entra', base: MICROSOFT, tenant: null }, audiences, keys),
    standardIssuer({ profile: 'standard', url: STANDARD, tenant: TENANT }, audiences, keys),
  ]
}

function forge(claims: Json): string {
  const typ = claims['iss'] === STANDARD ? 'at+jwt' : 'JWT'
  const input = `${encode({ typ, alg: 'RS256', kid: key.kid })}.${encode(claims)}`
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
}

function verify(token: string, check: Partial<BearerCheck> = {}): Promise<Caller> {
  return verifyBearer(`Bearer ${token}`, {
    now: NOW,
    issuers: issuersWith(aHeldKey()),
    knownTenant: async tenant => tenant === TENANT,
    person: async (tenant, user) => (tenant === TENANT && user === USER ? { user, isGuest: true } : null),
    verified: newVerifiedTokens(),
    ...check,
  })
}

const PERSON = { kind: 'person', tenant: TENANT, user: USER, isGuest: true } as const

test("of a user's token of Entra the scopes and directory roles count, and its roles do not (DELTA-226)", async () => {
  const wids = [DIRECTORY_ROLES['Groups Administrator'], 'b79fbf4d-3ef9-4689-8143-76b194e85509']
  const claims = { scp: 'User.Read Group.Read.All', roles: ['Group.ReadWrite.All'], wids }
  const caller = {
    ...PERSON,
    app: APP,
    scopes: new Set(['User.Read', 'Group.Read.All']),
    directoryRoles: new Set(['Groups Administrator']),
  }
  assert.deepEqual(await verify(forge({ ...IN_V2, ...claims })), caller)
  const older = { ...ENTRA_CLAIMS, ver: '1.0', iss: `https://sts.windows.net/${TENANT}/`, azp: undefined, appid: APP }
  assert.deepEqual(await verify(forge({ ...older, ...claims })), caller)
})

test("of an app's token of Entra the roles count, and no directory role (DELTA-226)", async () => {
  const roles = ['Group.Read.All', 'User.Read.All']
  const caller = { kind: 'app', tenant: TENANT, app: APP, roles: new Set(roles) }
  const wids = [DIRECTORY_ROLES['Global Administrator']]
  for (const idtyp of ['app', undefined]) {
    assert.deepEqual(await verify(forge({ ...IN_V2, sub: USER, idtyp, roles, wids })), caller)
  }
  const without = await verify(forge({ ...IN_V2, sub: USER, idtyp: 'app' }))
  assert.deepEqual(without, { ...caller, roles: new Set() })
})

test('of a token by RFC 9068 the scope is what an app may do by itself (DELTA-227)', async () => {
  const caller = { kind: 'app', tenant: TENANT, app: 'mirror', roles: new Set(['Group.Read.All', 'User.Read.All']) }
  const roles = ['Global Administrator']
  assert.deepEqual(await verify(forge({ ...STANDARD_CLAIMS, roles, scope: 'Group.Read.All User.Read.All' })), caller)
  assert.deepEqual(await verify(forge(STANDARD_CLAIMS)), { ...caller, roles: new Set() })
})

test('by RFC 9068 a user has the directory roles that are named, by name or template id (DELTA-227)', async () => {
  const roles = ['Groups Administrator', DIRECTORY_ROLES['User Administrator'], 'global administrator', 'staff']
  assert.deepEqual(await verify(forge({ ...STANDARD_CLAIMS, sub: 'ada', oid: USER, scope: 'Group.Read.All', roles })), {
    ...PERSON,
    app: 'mirror',
    scopes: new Set(['Group.Read.All']),
    directoryRoles: new Set(['Groups Administrator', 'User Administrator']),
  })
})

test('by RFC 9068 the subject of a user is a text too', async () => {
  for (const sub of [7, '', null, ['ada']]) {
    const token = forge({ ...STANDARD_CLAIMS, sub, oid: USER, scope: 'Group.Read.All' })
    await assert.rejects(verify(token), { message: MALFORMED }, String(sub))
  }
})

for (const [name, claims] of [
  ['Entra', { ...IN_V2, sub: USER, idtyp: 'app', roles: ['Group.Read.All'] }],
  ['an issuer by RFC 9068', { ...STANDARD_CLAIMS, scope: 'Group.Read.All' }],
] as const) {
  const token = forge(claims)

  test(`the signature of a token of ${name} is verified once in five minutes (DELTA-231)`, async () => {
    const held = aHeldKey()
    const check = { issuers: issuersWith(held), verified: newVerifiedTokens() }
    await verify(token, check)
    held.works = false
    await verify(token, { ...check, now: NOW + 5 * MINUTE - 1 })
    await assert.rejects(verify(token, { ...check, now: NOW + 5 * MINUTE }), { message: MALFORMED })
  })

  test(`a wrong signature on a remembered payload of ${name} is 401 (DELTA-231)`, async () => {
    const check = { verified: newVerifiedTokens() }
    await verify(token, check)
    const [header, payload, signature = ''] = token.split('.')
    const bytes = Buffer.from(signature, 'base64url')
    bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9)
    const wrong = `${header}.${payload}.${bytes.toString('base64url')}`
    await assert.rejects(verify(wrong, check), { message: MALFORMED })
  })

  test(`times, audience, tenant and key of a remembered token of ${name} are checked at every use (DELTA-231)`, async () => {
    const held = aHeldKey()
    const check = { issuers: issuersWith(held), verified: newVerifiedTokens() }
    await verify(token, check)
    await assert.rejects(verify(token, { ...check, now: NOW - 2 * MINUTE }), {
      message: 'Access token has expired or is not yet valid.',
    })
    await verify(token, check)
    const audience = 'Access token validation failure. Invalid audience.'
    await assert.rejects(verify(token, { ...check, issuers: issuersWith(held, ['api://other']) }), {
      message: audience,
    })
    await assert.rejects(verify(token, { ...check, knownTenant: async () => false }), { message: MALFORMED })
    held.keys = []
    await assert.rejects(verify(token, check), { message: MALFORMED })
  })
}

test('where to get a new token is told by the issuer of an old one', async () => {
  const signInOf = async (claims: Json, check: Partial<BearerCheck> = {}) => {
    const problem = await verify(forge(claims), check).catch((error: unknown) => error)
    assert.ok(problem instanceof TokenProblem)
    return problem.signIn
  }
  const later = { now: NOW + 2 * 3_600_000 }
  const atTenant = `${MICROSOFT}/${TENANT}/oauth2/authorize`
  assert.equal(await signInOf({ ...IN_V2, scp: 'User.Read' }, later), atTenant)
  assert.equal(await signInOf({ ...IN_V2, scp: 'User.Read' }, { person: async () => null }), atTenant)
  assert.equal(await signInOf(STANDARD_CLAIMS, later), STANDARD)
  assert.equal(await signInOf({ ...IN_V2, scp: '' }), null)
})
