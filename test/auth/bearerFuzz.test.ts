import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { type BearerCheck, verifyBearer } from '../../src/auth/bearer/bearerToken.ts'
import { entraIssuer } from '../../src/auth/bearer/entraProfile.ts'
import { localIssuer } from '../../src/auth/bearer/localProfile.ts'
import { standardIssuer } from '../../src/auth/bearer/standardProfile.ts'
import type { IssuerKeys } from '../../src/auth/bearer/tokenIssuer.ts'
import { newVerifiedTokens } from '../../src/auth/bearer/verifiedTokens.ts'
import { Problem } from '../../src/core/problem.ts'
import {
  APP,
  BASES,
  CLAIMS,
  encode,
  HEADER,
  type Json,
  key,
  NOW,
  NOW_S,
  OF_USER,
  privateKey,
  ring,
  strangersKey,
  TENANT,
  USER,
} from './aToken.ts'

const CASES = Number(process.env['JWT_FUZZ'] ?? 4_000)

const AUDIENCE = 'api://directory'
const ENTRA = `https://login.microsoftonline.com/${TENANT}/v2.0`
const STANDARD = 'https://id.example.org/staff'
const keys: IssuerKeys = {
  current: async () => [key],
  find: async kid => (kid === key.kid ? key : null),
}
const check: BearerCheck = {
  now: NOW,
  issuers: [
    localIssuer({ ring: () => ring, bases: () => BASES }),
    entraIssuer({ profile: 'entra', base: 'https://login.microsoftonline.com', tenant: null }, [AUDIENCE], keys),
    standardIssuer({ profile: 'standard', url: STANDARD, tenant: TENANT }, [AUDIENCE], keys),
  ],
  knownTenant: async tenant => tenant === TENANT,
  person: async (_tenant, user) => (user === USER ? { user, isGuest: false } : null),
  verified: newVerifiedTokens(),
}

/** What each issuer signs, for an app and for a user. */
const SAID: readonly { readonly header: Json; readonly claims: Json }[] = [
  { header: HEADER, claims: CLAIMS },
  { header: HEADER, claims: { ...CLAIMS, ...OF_USER } },
  { header: HEADER, claims: { ...CLAIMS, aud: AUDIENCE, iss: ENTRA, ver: '2.0', azp: APP } },
  {
    header: { ...HEADER, typ: 'at+jwt' },
    claims: {
      ...{ iss: STANDARD, aud: AUDIENCE, iat: NOW_S, exp: NOW_S + 3599, jti: 'x' },
      ...{ sub: 'mirror', client_id: 'mirror', scope: 'Group.Read.All' },
    },
  },
]

function signed(header: Json | string, claims: Json | string, by = privateKey): string {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${sign('sha256', Buffer.from(input), by).toString('base64url')}`
}

const GOOD = SAID.map(({ header, claims }) => signed(header, claims))
const SIGNATURES = GOOD.map(token => token.split('.')[2] ?? '')

const anyGood = fc.constantFrom(...GOOD)
const anyCharacter = fc.oneof(
  fc.constantFrom('.', '-', '_', '=', 'A', ' ', '\n', '\0', 'é'),
  fc.string({ maxLength: 3 }),
)
const anyPlace = fc.double({ min: 0, max: 1, noNaN: true })

/** A good token with something taken out and something put in. */
const anyEdited = fc.array(fc.tuple(anyPlace, fc.nat(4), anyCharacter), { minLength: 1, maxLength: 3 }).chain(edits =>
  anyGood.map(token =>
    edits.reduce((text, [place, cut, put]) => {
      const at = Math.floor(place * text.length)
      return text.slice(0, at) + put + text.slice(at + cut)
    }, token),
  ),
)

const anyValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    null,
    '',
    'none',
    'RS256',
    'HS256',
    'JWT',
    '__proto__',
    key.kid,
    TENANT,
    USER,
    NOW_S,
    1e300,
    -1,
    [],
    {},
  ),
)
const anyName = fc.constantFrom(
  ...['alg', 'typ', 'kid', 'crit', 'b64', 'jwk', 'jku', 'x5c', 'zip', 'enc', 'iss', 'aud', 'exp', 'nbf', 'iat', 'tid'],
  ...['sub', 'oid', 'appid', 'azp', 'ver', 'scp', 'scope', 'roles', 'wids', 'idtyp', 'cnf', 'client_id', '__proto__'],
)
const anyChange = fc.dictionary(anyName, anyValue, { maxKeys: 3 })

/** Another header or other claims, with a signature that was good for others, or of a stranger. */
const anyRewritten = fc
  .tuple(fc.constantFrom(...SAID), anyChange, anyChange, fc.option(fc.constantFrom(...SIGNATURES)))
  .map(([{ header, claims }, changedHeader, changedClaims, signature]) => {
    const parts = [
      { ...header, ...changedHeader },
      { ...claims, ...changedClaims },
    ] as const
    const token = signed(parts[0], parts[1], strangersKey)
    return signature === null ? token : token.replace(/[^.]+$/, signature)
  })

/** The parts of good tokens, and of none, in any order. */
const anyMixed = fc
  .array(fc.oneof(fc.constantFrom(...GOOD.flatMap(token => token.split('.'))), fc.base64String()), { maxLength: 6 })
  .map(parts => parts.join('.'))

const anyBearer = fc.oneof(
  anyEdited,
  anyRewritten,
  anyMixed,
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.base64String().map(text => text.replaceAll('+', '.')),
)

/** What a header of any issuer's key signs must not be more than its claims say: whatever they are, no failure of ours. */
const anySigned = fc
  .tuple(fc.constantFrom(...SAID), anyChange, anyChange)
  .map(([{ header, claims }, changedHeader, changedClaims]) =>
    signed({ ...header, ...changedHeader }, { ...claims, ...changedClaims }),
  )

async function outcomeOf(bearer: string): Promise<'accepted' | 'refused'> {
  try {
    await verifyBearer(`Bearer ${bearer}`, check)
    return 'accepted'
  } catch (error) {
    if (error instanceof Problem && error.code === 'InvalidAuthenticationToken') return 'refused'
    throw error
  }
}

test('the good tokens, from which the others are made, are accepted', async () => {
  for (const token of GOOD) assert.equal(await outcomeOf(token), 'accepted')
})

test('of whatever texts in the place of a token none is accepted that its issuer has not signed, and none fails (DELTA-233)', {
  timeout: 60_000 + CASES,
}, async t => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2_147_483_647)
  const seen = { accepted: 0, refused: 0 }
  let slowestMs = 0
  const trying = fc.asyncProperty(anyBearer, async bearer => {
    const began = performance.now()
    const outcome = await outcomeOf(bearer)
    slowestMs = Math.max(slowestMs, performance.now() - began)
    seen[outcome] += 1
    assert.equal(outcome, GOOD.includes(bearer) ? 'accepted' : 'refused', bearer)
  })
  await fc.assert(trying, { numRuns: CASES, seed })
  t.diagnostic(`FUZZ_SEED=${seed}, ${CASES} texts: ${JSON.stringify(seen)}, the slowest ${slowestMs.toFixed(1)} ms`)
})

test('whatever an issuer signs, a caller is told or the token refused', { timeout: 60_000 + CASES }, async t => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2_147_483_647)
  t.diagnostic(`FUZZ_SEED=${seed}`)
  await fc.assert(
    fc.asyncProperty(anySigned, async bearer => void (await outcomeOf(bearer))),
    { numRuns: Math.ceil(CASES / 20), seed },
  )
})
