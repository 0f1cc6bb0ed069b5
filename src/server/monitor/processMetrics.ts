import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'

/** How often the event loop is asked how late it is, in milliseconds. */
const LOOP_EVERY_MS = 20
const LOOP_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/**
 * What the process itself takes, under the names that Prometheus gives such metrics, and how late its event loop is.
 * What it gives ends the measuring. (The library's own set cannot be ended, and forgets how late the loop was whenever
 * somebody reads it.)
 */
export function processMetrics(registry: Registry): () => void {
  const registers = [registry]
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Time that the process has taken of the processors.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since 1970 UTC.',
    registers,
  }).set(performance.timeOrigin / 1_000)
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory that the process has resident.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  new Gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'Memory that JavaScript values take.',
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed)
    },
  })
  const delays = new Histogram({
    name: 'tidemark_event_loop_delay_seconds',
    help: 'By how much a timer came late: for so long nobody was answered.',
    buckets: LOOP_SECONDS,
    registers,
  })
  let due = performance.now() + LOOP_EVERY_MS
  const timer = setInterval(() => {
    const now = performance.now()
    delays.observe(Math.max(0, now - due) / 1_000)
    due = now + LOOP_EVERY_MS
  }, LOOP_EVERY_MS).unref()
  return () => clearInterval(timer)
}
