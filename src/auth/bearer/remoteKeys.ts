import { Problem } from '../../core/problem.ts'
import { IssuerUnavailable } from './issuerDocument.ts'
import { isSameKey } from './keySet.ts'
import type { IssuerKeys, VerificationKey } from './tokenIssuer.ts'

/** The keys of an issuer that is elsewhere. */
export interface RemoteKeys extends IssuerKeys {
  /** Fetches them where that is due: so no request has to wait for it. */
  readonly refresh: () => Promise<void>
  /** Why they could not be fetched the last time; null where they could. */
  readonly failure: () => string | null
  /** Whether tokens can be checked. */
  readonly areKnown: () => boolean
}

/** A key that is withdrawn is refused after this time. */
const AGE_MAX_MS = 5 * 60_000
const REFRESH_AFTER_MS = 4 * 60_000
/** However many tokens name unknown keys. */
const COOLDOWN_MS = 30_000
/** Keys that cannot be fetched again count for as long as the longest-lived token that they can have signed. */
const KEPT_MS = 24 * 3_600_000

interface KnownKeys {
  readonly keys: readonly VerificationKey[]
  /** When they were asked for. */
  readonly at: number
}

/**
 * Keys that are fetched when they are needed: one fetch at a time, and after one none for half a minute. `fetchKeys`
 * throws `IssuerUnavailable`: the keys before are then kept. `elapsed` is in milliseconds since some fixed moment.
 */
export function remoteKeys(fetchKeys: () => Promise<readonly VerificationKey[]>, elapsed: () => number): RemoteKeys {
  let known: KnownKeys | null = null
  let failure: string | null = null
  let askedAt = Number.NEGATIVE_INFINITY
  let underWay: Promise<void> | null = null

  const age = (): number => (known === null ? Number.POSITIVE_INFINITY : elapsed() - known.at)
  const ask = async (): Promise<void> => {
    const at = elapsed()
    askedAt = at
    try {
      const keys = (await fetchKeys()).map(key => known?.keys.find(same => isSameKey(same, key)) ?? key)
      known = { keys, at }
      failure = null
    } catch (error) {
      if (!(error instanceof IssuerUnavailable)) throw error
      failure = error.message
    }
  }
  /** Asks, or waits for the answer to the one who asked before; does nothing where it was asked just now. */
  const askIfAllowed = async (): Promise<void> => {
    if (underWay === null && elapsed() - askedAt < COOLDOWN_MS) return
    underWay ??= ask().finally(() => {
      underWay = null
    })
    await underWay
  }
  const current = async (): Promise<readonly VerificationKey[]> => {
    // Once it has failed, requests go on with what is known, and `refresh` waits for the issuer.
    if (age() >= (failure === null ? AGE_MAX_MS : KEPT_MS)) await askIfAllowed()
    if (known !== null && age() < KEPT_MS) return known.keys
    // Without a cause for the log, which whoever names the issuer could fill: `failure` is told there once.
    throw new Problem('serviceNotAvailable', 'The access token cannot be checked now. Ask again later.')
  }
  const named = async (kid: string): Promise<VerificationKey | null> =>
    (await current()).find(key => key.kid === kid) ?? null
  return {
    current,
    find: async kid => {
      const found = await named(kid)
      if (found !== null) return found
      await askIfAllowed()
      return named(kid)
    },
    refresh: async () => {
      if (age() >= REFRESH_AFTER_MS) await askIfAllowed()
    },
    failure: () => failure,
    areKnown: () => age() < KEPT_MS,
  }
}
