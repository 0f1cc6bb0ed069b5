import { availableParallelism, constants, cpus, loadavg } from 'node:os'
import type { Circumstances } from './figure.ts'

/** Where a run begins, and what else the machine does. */
export function circumstances(): Circumstances {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
    node: process.versions.node,
    sqlite: process.versions.sqlite,
    loadBefore: loadNow(),
  }
}

export function loadNow(): string {
  return loadavg()
    .map(average => average.toFixed(2))
    .join(' ')
}

/** Ends a run at a signal: the exit listeners end what runs and remove the folder of this run. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
}
