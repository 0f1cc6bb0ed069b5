import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import { type BearerCheck, verifyBearer } from '../src/auth/bearer/bearerToken.ts'
import { localIssuer } from '../src/auth/bearer/localProfile.ts'
import { newVerifiedTokens } from '../src/auth/bearer/verifiedTokens.ts'
import { GRAPH_RESOURCE, issueAccessToken, issuerOf } from '../src/auth/issuer/issuer.ts'
import { type KeyRing, newKeyRing } from '../src/auth/keys/keyRing.ts'
import type { TenantId } from '../src/core/id.ts'
import { openSqliteStore } from '../src/store/sqlite/store.ts'
import type { Bench } from './bench.ts'
import { workingCopy } from './directory.ts'
import type { Figure } from './figure.ts'
import { medianRound, startSide, stopSide, WARM_UPS } from './oneChange.ts'
import { groupsOfTen } from './population.ts'
import { inTurns, ratios, spreadOf } from './spread.ts'

const BASE = 'http://localhost:3000'
/** One check is short, so many of them make one sample: their mean. */
const CHECKS_A_SAMPLE = 2_000
const SIGNATURES_A_SAMPLE = 200

/**
 * What the check of an access token costs, against a round of one change over HTTP: of one whose signature was verified
 * before, and of one that is seen for the first time.
 */
export async function measureBearer({ sizes, pairs, open, newPath, tell }: Bench): Promise<Figure[]> {
  const groups = sizes[0] ?? 0
  const directory = await open(groupsOfTen(groups))
  const copy = workingCopy(directory, dirname(newPath('bearer')), 'bearer')
  const ring = await newKeyRing()
  const authorization = `Bearer ${await newToken(directory.tenant, ring)}`
  const store = openSqliteStore({ path: copy.path })
  const side = await startSide(directory)
  try {
    tell('checks of an access token, and rounds of one change')
    const issuers = [localIssuer({ ring: () => ring, bases: () => [BASE] })]
    const check = (): BearerCheck => ({
      now: Date.now(),
      issuers,
      knownTenant: async tenant => (await store.tenant(tenant)) !== null,
      person: async () => null,
      verified: newVerifiedTokens(),
    })
    const known = check()
    const [again = [], anew = [], rounds = []] = await inTurns(
      pairs,
      [
        () => meanOf(CHECKS_A_SAMPLE, () => verifyBearer(authorization, { ...known, now: Date.now() })),
        () => meanOf(SIGNATURES_A_SAMPLE, () => verifyBearer(authorization, check())),
        turn => medianRound(side, groups, turn),
      ],
      WARM_UPS,
    )
    return [
      {
        name: 'check of a token that was verified before ÷ round of one change',
        unit: 'ratio',
        measured: spreadOf(ratios(again, rounds)),
        target: { kind: 'at most', value: 0.05 },
      },
      { name: 'check of a token that was verified before', unit: 'µs', measured: inMicroseconds(again), target: null },
      { name: 'check of a token that is seen first', unit: 'µs', measured: inMicroseconds(anew), target: null },
      { name: 'round of one change', unit: 'ms', measured: spreadOf(rounds), target: null },
    ]
  } finally {
    await stopSide(side)
    await store.close()
  }
}

function newToken(tenant: TenantId, ring: KeyRing): Promise<string> {
  const app = {
    ...{ clientId: randomUUID(), tenant, displayName: 'Bench', roles: ['Group.ReadWrite.All'], scopes: [] },
    ...{ secretHashes: [], certificates: [], redirectUris: [], publicClient: false, demo: false },
  }
  const issuer = issuerOf(BASE, tenant)
  return issueAccessToken({ tenant, app, proof: 'secret', audience: GRAPH_RESOURCE, now: Date.now(), issuer, ring })
}

/** How long one of them takes, in milliseconds. */
async function meanOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  for (let n = 0; n < count; n += 1) await work()
  return (performance.now() - startedAt) / count
}

function inMicroseconds(times: readonly number[]) {
  return spreadOf(times.map(ms => ms * 1_000))
}
