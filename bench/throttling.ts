import type { Bench } from './bench.ts'
import type { Figure } from './figure.ts'
import { measureOption } from './oneChange.ts'

/** Limits that are counted against as Graph's are, and never reached. */
const BEYOND_REACH = '1000000000/10s'
const LIMITS = ['large-units', 'app-units', 'writes', 'app-writes', 'tenant-writes']

/** What it costs those who are served that their requests are counted. */
export function measureThrottling(bench: Bench): Promise<Figure[]> {
  const rates = LIMITS.flatMap(name => [`--throttle-${name}`, BEYOND_REACH])
  return measureOption(bench, { name: 'throttling', words: ['--throttling', 'on', ...rates] })
}
