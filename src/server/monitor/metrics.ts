import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { CommitGroup, Waiting } from '../../store/store.ts'
import type { Answered, Observer, TurnedPage } from './observer.ts'
import { processMetrics } from './processMetrics.ts'
import { methodClass, routeClass } from './routeClass.ts'

/** What is asked at the moment when the metrics are read. */
export interface Sources {
  readonly ready: () => Promise<boolean>
  /** Null before the store is open. */
  readonly waiting: () => Waiting | null
  /** Open connections of clients; null before the server listens. */
  readonly connections: () => number | null
}

/** Counts what happens in a server, for Prometheus. docs/operations.md lists what. */
export interface Metrics {
  readonly observer: Observer
  readonly committed: (group: CommitGroup) => void
  /** In the text format of Prometheus. */
  readonly text: () => Promise<string>
  readonly contentType: string
  readonly close: () => void
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256]

/** Labels take their values from tables of this program alone: none grows with what is asked, or tells what is kept. */
export function newMetrics(sources: Sources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Counter({
    name: 'tidemark_requests_total',
    help: 'Requests answered, by the class of their route.',
    labelNames: ['route', 'method', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'tidemark_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['route', 'method'],
    buckets: SECONDS,
    registers,
  })
  const items = new Counter({
    name: 'tidemark_batch_items_total',
    help: 'Requests answered within a batch, by the class of their route.',
    labelNames: ['route', 'method', 'status'],
    registers,
  })
  const malformed = new Counter({
    name: 'tidemark_malformed_requests_total',
    help: 'What the HTTP parser refused.',
    registers,
  })
  const pages = new Counter({
    name: 'tidemark_delta_pages_total',
    help: 'Pages of rounds, by where the round stood.',
    labelNames: ['resource', 'phase'],
    registers,
  })
  const rounds = new Counter({
    name: 'tidemark_delta_rounds_total',
    help: 'Rounds that came to their deltaLink.',
    labelNames: ['resource', 'kind'],
    registers,
  })
  const resyncs = new Counter({
    name: 'tidemark_resyncs_total',
    help: 'State tokens whose holders had to begin again.',
    labelNames: ['resource'],
    registers,
  })
  const throttled = new Counter({
    name: 'tidemark_throttled_total',
    help: 'Requests, those of batches too, that were over a limit.',
    labelNames: ['limit'],
    registers,
  })
  const commits = new Counter({ name: 'tidemark_commits_total', help: 'Versions made in all tenants.', registers })
  const groupSizes = new Histogram({
    name: 'tidemark_commit_group_size',
    help: 'Writes that shared one transaction.',
    buckets: SIZES,
    registers,
  })
  const groupTimes = new Histogram({
    name: 'tidemark_commit_group_duration_seconds',
    help: 'From the first work of a transaction until it is durable.',
    buckets: SECONDS,
    registers,
  })
  const turnedAway = new Counter({
    name: 'tidemark_connections_refused_total',
    help: 'Connections ended, or not taken, because there were as many as may be.',
    registers,
  })
  gauge('tidemark_writes_waiting', 'Writes that wait for their transaction.', () => sources.waiting()?.writes)
  gauge('tidemark_reads_waiting', 'Reads that wait for a connection to the database.', () => sources.waiting()?.reads)
  gauge('tidemark_connections', 'Open connections of clients.', () => sources.connections())
  gauge('tidemark_ready', '1 where /readyz says ready, else 0.', async () => Number(await sources.ready()))
  const closeProcess = processMetrics(registry)

  function gauge(name: string, help: string, read: () => number | null | undefined | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set((await read()) ?? 0)
      },
    })
  }

  const answered = ({ method, target, route, status, ms, inBatch }: Answered): void => {
    const labels = { route: routeClass(target, route), method: methodClass(method) }
    const counter = inBatch ? items : requests
    counter.inc({ ...labels, status: String(status) })
    if (!inBatch) durations.observe(labels, ms / 1_000)
  }
  const page = ({ resource, phase, ends }: TurnedPage): void => {
    pages.inc({ resource, phase })
    if (ends && phase !== 'latest') rounds.inc({ resource, kind: phase === 'catch_up' ? 'later' : 'first' })
  }
  return {
    observer: {
      answered,
      malformed: () => malformed.inc(),
      page,
      resync: resource => resyncs.inc({ resource }),
      throttled: limit => throttled.inc({ limit }),
      turnedAway: () => turnedAway.inc(),
    },
    committed: group => {
      commits.inc(group.commits)
      groupSizes.observe(group.writes)
      groupTimes.observe(group.ms / 1_000)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: closeProcess,
  }
}
