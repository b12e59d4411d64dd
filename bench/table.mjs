/** Prints rows under their column titles; numbers to the right. */
export function printTable({ title, columns, rows }) {
  const cells = [columns, ...rows.map((row) => row.map(formatCell))]
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column].length)))
  if (title) console.log(`\n  ${title}`)
  for (const [index, line] of cells.entries()) {
    const padded = line.map((cell, column) =>
      typeof rows[0]?.[column] === 'number' ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
    )
    console.log(`  ${padded.join('  ').trimEnd()}`)
    if (index === 0) console.log(`  ${widths.map((width) => '─'.repeat(width)).join('  ')}`)
  }
}

function formatCell(value) {
  if (value === null || value === undefined) return '–'
  if (typeof value !== 'number') return String(value)
  if (Number.isInteger(value)) return String(value)
  return value.toFixed(Math.abs(value) < 10 ? 3 : 1)
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
