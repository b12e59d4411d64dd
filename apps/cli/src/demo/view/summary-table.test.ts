import { expect, it } from 'vitest'
import type { Summary, SummaryRow } from '../summary.js'
import { summaryTable } from './summary-table.js'

const row = (change: Partial<SummaryRow>): SummaryRow => ({
  label: 'Before',
  role: 'before',
  method: null,
  membershipAuc: { value: 0.7421, interval: [0.7, 0.781] },
  forgettingScore: null,
  differenceInDifferences: null,
  knnAccuracy: null,
  seconds: null,
  ...change,
})

it('sets the models side by side, intervals beside values, a dash where nothing was measured', () => {
  const rows = [
    row({}),
    row({
      label: 'Alignment Calibration',
      forgettingScore: { value: 0.055, interval: null },
      differenceInDifferences: { value: -0.004, interval: [-0.017, 0.008] },
      knnAccuracy: { value: 0.4971, interval: null },
      seconds: 19.17,
    }),
  ]
  expect(summaryTable({ rows } as unknown as Summary)).toEqual([
    'model                  membership AUC     forgetting  less held-out           k-NN    seconds',
    '─────────────────────  ─────────────────  ──────────  ──────────────────────  ──────  ───────',
    'Before                 0.74 [0.70, 0.78]  –           –                       –       –',
    'Alignment Calibration  0.74 [0.70, 0.78]  0.055       −0.004 [−0.017, 0.008]  49.7 %  19.2',
  ])
})
