import type { Estimate } from '@lethe/domain'
import type { Summary, SummaryRow } from '../summary.js'

const number = (value: number, digits: number): string => value.toFixed(digits).replace('-', '−')

const withInterval = (estimate: Estimate | null, digits: number): string => {
  if (!estimate) return '–'
  const { value, interval } = estimate
  if (!interval) return number(value, digits)
  return `${number(value, digits)} [${number(interval[0], digits)}, ${number(interval[1], digits)}]`
}

const columns: readonly { title: string; cell: (row: SummaryRow) => string }[] = [
  { title: 'model', cell: ({ label }) => label },
  { title: 'membership AUC', cell: ({ membershipAuc }) => withInterval(membershipAuc, 2) },
  { title: 'forgetting', cell: ({ forgettingScore }) => (forgettingScore ? number(forgettingScore.value, 3) : '–') },
  {
    title: 'less held-out',
    cell: ({ differenceInDifferences }) => withInterval(differenceInDifferences, 3),
  },
  { title: 'k-NN', cell: ({ knnAccuracy }) => (knnAccuracy ? `${(knnAccuracy.value * 100).toFixed(1)} %` : '–') },
  { title: 'seconds', cell: ({ seconds }) => (seconds === null ? '–' : seconds.toFixed(1)) },
]

/** The models side by side: what they were asked, and what making them took. */
export function summaryTable(summary: Summary): string[] {
  const cells = [columns.map(({ title }) => title), ...summary.rows.map((row) => columns.map(({ cell }) => cell(row)))]
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => (line[column] as string).length)))
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  )
  return [lines[0] as string, widths.map((width) => '─'.repeat(width)).join('  '), ...lines.slice(1)]
}
