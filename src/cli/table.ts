import { visibleText } from './visibleText.ts'

/** Rows of text below their heads, each column as wide as its longest cell: for terminals. Numbers stand to the right. */
export function tableText(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const shown = rows.map(row => row.map(cell => (typeof cell === 'number' ? cell : visibleText(cell))))
  const widths = heads.map((head, column) =>
    shown.reduce((widest, row) => Math.max(widest, String(row[column] ?? '').length), head.length),
  )
  const lines = [heads, ...shown].map(row =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
  return lines.join('\n')
}
