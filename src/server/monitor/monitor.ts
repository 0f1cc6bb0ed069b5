import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { openSideListener, type SideListener, type SidePlace } from '../connection/sideListener.ts'
import type { Metrics } from './metrics.ts'
import type { ReadinessWatch } from './readiness.ts'

/** What a monitor tells of. */
export interface Monitored {
  readonly readiness: Pick<ReadinessWatch, 'look'>
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>
}

/** Those who ask here ask briefly. */
const LIMITS = { connectionTimeout: 10_000, requestTimeout: 10_000, bodyLimit: 1_024 }
const CONNECTIONS_MAX = 100

/**
 * Opens the listener for those who watch a server (docs/operations.md): `/healthz`, `/readyz` and `/metrics`. It has a
 * port of its own, so that it answers where the server's own has no place left, and so that nobody else reaches it.
 * Rejects with the system's error where it cannot listen.
 */
export function startMonitor(
  place: SidePlace,
  { readiness, metrics }: Monitored,
  logger: FastifyBaseLogger,
): Promise<SideListener> {
  const withHead = { exposeHeadRoute: true }
  const serve = (app: FastifyInstance): void => {
    app.server.maxConnections = CONNECTIONS_MAX
    app.get('/healthz', withHead, async () => ({ status: 'alive' }))
    app.get('/readyz', withHead, async (_request, reply) => {
      const status = await readiness.look()
      return reply.code(status === 'ready' ? 200 : 503).send({ status })
    })
    app.get('/metrics', withHead, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()))
  }
  return openSideListener(place, serve, logger, LIMITS)
}
