import type { Logger } from 'pino'
import { systemClock } from '../server/clock.ts'
import type { SidePlace } from '../server/connection/sideListener.ts'
import { NO_OBSERVER, type Observer } from '../server/monitor/observer.ts'
import { newReadinessWatch } from '../server/monitor/readiness.ts'
import type { RunningServer } from '../server/server.ts'
import type { CommitGroup, Store } from '../store/store.ts'
import { orRefusal } from './listening.ts'

/** What watches a server from its start to its end. */
export interface Watch {
  /** Where its monitor is; null where none was asked for. */
  readonly url: string | null
  readonly observer: Observer
  readonly committed: (group: CommitGroup) => void
  /** The server takes requests from now on. */
  readonly begin: (store: Store, server: RunningServer) => void
  /** It takes no more. */
  readonly end: () => void
  readonly close: () => Promise<void>
}

const NO_WATCH: Watch = {
  url: null,
  observer: NO_OBSERVER,
  committed: () => {},
  begin: () => {},
  end: () => {},
  close: async () => {},
}

/** Opens the monitor, null for none, before there is anything to watch. What counts is loaded only then. */
export async function openWatch(place: SidePlace | null, logger: Logger): Promise<Watch> {
  if (place === null) return NO_WATCH
  const [{ newMetrics }, { startMonitor }] = await Promise.all([
    import('../server/monitor/metrics.ts'),
    import('../server/monitor/monitor.ts'),
  ])
  let watched: { readonly store: Store; readonly server: RunningServer } | null = null
  const readiness = newReadinessWatch(logger, systemClock.elapsed)
  const metrics = newMetrics({
    ready: async () => (await readiness.look()) === 'ready',
    waiting: () => watched?.store.waiting() ?? null,
    connections: () => watched?.server.connections() ?? null,
  })
  const monitor = await orRefusal(startMonitor(place, { readiness, metrics }, logger), {
    ...place,
    option: '--monitor',
  })
  return {
    url: monitor.url,
    observer: metrics.observer,
    committed: metrics.committed,
    begin: (store, server) => {
      watched = { store, server }
      const { external } = server.services.trust
      readiness.begin(store, () => external.every(({ keys }) => keys.areKnown()))
    },
    end: readiness.end,
    close: async () => {
      metrics.close()
      await monitor.close()
    },
  }
}
