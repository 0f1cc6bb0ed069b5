import type { Logger } from 'pino'
import { type ExternalIssuer, externalIssuer } from '../auth/bearer/externalIssuer.ts'
import { documentFetcher } from '../auth/bearer/issuerDocument.ts'
import type { Trust } from '../auth/bearer/trust.ts'
import type { Clock } from '../server/clock.ts'
import type { IssuerOrder } from './issuerOptions.ts'

/** Often enough that keys are fetched as soon as that is due. */
const LOOK_MS = 10_000

/** Those whom a server believes that was started so. It asks them nothing more once it has `ended`. */
export function trustOf({ local, external }: IssuerOrder, { elapsed }: Clock, ended: AbortSignal): Trust {
  const surroundings = { fetchDocument: documentFetcher(undefined, ended), elapsed }
  const [first, ...others] = external.map(settings => externalIssuer(settings, surroundings))
  if (local) return { local, external: first === undefined ? [] : [first, ...others] }
  if (first === undefined) throw new Error('Nobody is to be believed.')
  return { local, external: [first, ...others] }
}

/**
 * Fetches the keys of issuers before they are needed, until it is told to stop. An issuer that cannot be heard is told to
 * the log once, and once more when it is heard again: the server starts and serves the others meanwhile.
 */
export function startKeyFetching(issuers: readonly ExternalIssuer[], logger: Logger): () => void {
  const told = new Map<string, string>()
  let stopped = false
  const look = async ({ name, keys }: ExternalIssuer): Promise<void> => {
    try {
      await keys.refresh()
    } catch (error) {
      logger.error({ err: error }, 'the keys of an issuer were not fetched')
    }
    const failure = keys.failure()
    // The end of the server ends what is under way, which tells nothing of the issuer.
    if (stopped) return
    if (failure === (told.get(name) ?? null)) return
    if (failure === null) logger.warn(`The keys of ${name} are fetched again.`)
    else logger.warn(`The keys of ${name} cannot be fetched: ${failure}`)
    if (failure === null) told.delete(name)
    else told.set(name, failure)
  }
  const lookAtAll = (): void => {
    for (const issuer of issuers) void look(issuer)
  }
  if (issuers.length === 0) return () => {}
  lookAtAll()
  const timer = setInterval(lookAtAll, LOOK_MS).unref()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}
