import { expect, it } from 'vitest'
import { monthGrid } from './month-grid.js'

it.each([
  ['2026-02', '2026-01-26', '2026-03-01', 5],
  ['2027-02', '2027-02-01', '2027-02-28', 4],
  ['2026-08', '2026-07-27', '2026-09-06', 6],
])('%s is shown from Monday %s to Sunday %s', (month, first, last, weeks) => {
  const grid = monthGrid(month)
  expect([grid[0]?.[0], grid.at(-1)?.[6], grid.length]).toEqual([first, last, weeks])
})
