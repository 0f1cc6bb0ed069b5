import type { Spread } from './spread.ts'

export type Unit = 'ratio' | 'ms' | 'µs' | 'MB' | 'MB/s' | 'groups/s' | 'commits/s' | 'requests/s' | '%'

export interface Target {
  readonly kind: 'at least' | 'at most'
  readonly value: number
}

/** One line of the result. */
export interface Figure {
  readonly name: string
  readonly unit: Unit
  /** A sentence where it could not be measured here. */
  readonly measured: Spread | string
  /** Null for a figure that only tells what a ratio was made of. */
  readonly target: Target | null
}

/** Whether the median is within the target; null where there is none or nothing was measured. */
export function meetsTarget({ measured, target }: Figure): boolean | null {
  if (target === null || typeof measured === 'string') return null
  return target.kind === 'at least' ? measured.median >= target.value : measured.median <= target.value
}

/** On what and when the figures were measured. */
export type Circumstances = Readonly<Record<string, string | undefined>>

const HEADINGS = ['what', 'min', 'median', 'max', 'unit', 'target', 'met']

/** The circumstances as a line, and the figures as a Markdown table whose columns are aligned. */
export function tableOf(circumstances: Circumstances, figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cellsOf)]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`)
  const notes = figures.flatMap(({ name, measured }) => (typeof measured === 'string' ? [`${name}: ${measured}`] : []))
  const heading = Object.entries(circumstances).map(([name, value]) => `${name} ${value}`)
  return [heading.join(', '), '', ...lines, ...notes].join('\n')
}

export function jsonOf(circumstances: Circumstances, figures: readonly Figure[]): string {
  return JSON.stringify({
    ...circumstances,
    figures: figures.map(figure => ({ ...figure, met: meetsTarget(figure) })),
  })
}

function cellsOf(figure: Figure): string[] {
  const { name, unit, measured, target } = figure
  const { min, median, max } =
    typeof measured === 'string'
      ? { min: '', median: 'not measured', max: '' }
      : { min: shown(measured.min), median: shown(measured.median), max: shown(measured.max) }
  const aim = target === null ? '' : `${target.kind === 'at least' ? '≥' : '≤'} ${shown(target.value)}`
  const met = meetsTarget(figure)
  return [name, min, median, max, unit, aim, met === null ? '' : met ? 'yes' : 'no']
}

/** Three digits that count, as people read them. */
function shown(value: number): string {
  return value.toLocaleString('en', value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 })
}
