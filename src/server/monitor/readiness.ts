import type { FastifyBaseLogger } from 'fastify'
import type { Store } from '../../store/store.ts'

/** Whether a server takes requests. */
export type Readiness = 'ready' | 'starting' | 'stopping' | 'database unavailable' | 'issuer unavailable'

export interface ReadinessWatch {
  readonly look: () => Promise<Readiness>
  /** The server listens, works on this store, and can check tokens where the keys of all issuers are known. */
  readonly begin: (store: Pick<Store, 'probe'>, keysAreKnown?: () => boolean) => void
  /** The server takes nothing more. */
  readonly end: () => void
}

/** What is known of the database is good for so long, in milliseconds: to look costs a write. */
const KNOWN_MS = 5_000
/** A database that takes longer to answer a probe is not there, in milliseconds. */
const PROBE_MS = 5_000

/**
 * Tells whether a server is ready, and the log when the database comes and goes. Of many who look at once one asks the
 * database. `elapsed` is a clock in milliseconds that runs evenly.
 */
export function newReadinessWatch(
  logger: FastifyBaseLogger,
  elapsed: () => number,
  probeMs: number = PROBE_MS,
): ReadinessWatch {
  let store: Pick<Store, 'probe'> | null = null
  let keysKnown: () => boolean = () => true
  let ended = false
  let known: { readonly at: number; readonly works: boolean } | null = null
  let asking: Promise<boolean> | null = null

  const ask = async (of: Pick<Store, 'probe'>): Promise<boolean> => {
    const works = await probed(of, probeMs).then(
      () => {
        if (known?.works === false) logger.warn('the database answers again')
        return true
      },
      (error: unknown) => {
        if (known?.works !== false) logger.error({ err: error }, 'the database cannot be read or written')
        return false
      },
    )
    known = { at: elapsed(), works }
    asking = null
    return works
  }

  return {
    look: async () => {
      if (ended) return 'stopping'
      if (store === null) return 'starting'
      const isKnown = known !== null && elapsed() - known.at < KNOWN_MS
      if (!isKnown) asking ??= ask(store)
      const works = asking === null ? known?.works : await asking
      if (ended) return 'stopping'
      if (!works) return 'database unavailable'
      return keysKnown() ? 'ready' : 'issuer unavailable'
    },
    begin: (opened, keysAreKnown = () => true) => {
      store = opened
      keysKnown = keysAreKnown
    },
    end: () => {
      ended = true
    },
  }
}

async function probed(store: Pick<Store, 'probe'>, probeMs: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`The database has not answered for ${probeMs} ms.`)), probeMs)
  try {
    await Promise.race([store.probe(), promise])
  } finally {
    clearTimeout(timer)
  }
}
