import type { Bench } from './bench.ts'
import type { Figure } from './figure.ts'
import { measureOption, WARM_UPS } from './oneChange.ts'
import type { Server } from './server.ts'
import { inTurns, spreadOf } from './spread.ts'

/** What the monitor costs those who are served, and those who read it. */
export function measureMonitor(bench: Bench): Promise<Figure[]> {
  return measureOption(bench, { name: 'the monitor', words: ['--monitor', '0'] }, async server => {
    const [readings = []] = await inTurns(bench.pairs, [() => readMetrics(server)], WARM_UPS)
    return [{ name: 'reading the metrics', unit: 'ms', measured: spreadOf(readings), target: null }]
  })
}

async function readMetrics({ monitorUrl }: Server): Promise<number> {
  if (monitorUrl === null) throw new Error('The server has no monitor.')
  const began = performance.now()
  const answer = await fetch(new URL('/metrics', monitorUrl))
  await answer.arrayBuffer()
  return performance.now() - began
}
