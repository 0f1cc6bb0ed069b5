const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A length of time written as a whole number and its unit (`30s`, `15m`, `12h`, `7d`), in milliseconds; null for any other text. */
export function parseDuration(text: string): number | null {
  const [, count, unit = ''] = /^(\d{1,15})(ms|s|m|h|d)$/.exec(text) ?? []
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN)
  return Number.isSafeInteger(ms) ? ms : null
}
