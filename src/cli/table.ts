/** Rows of text below their heads, each column as wide as its longest cell: for terminals. Numbers stand to the right. */
export function tableText(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map(row => String(row[column] ?? '').length)),
  )
  const lines = [heads, ...rows].map(row =>
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
