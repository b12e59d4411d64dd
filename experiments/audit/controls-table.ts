import type { AuditTest, AuditTestId } from '@lethe/domain'
import type { ControlRow } from './run-controls.js'

const figure = (value: number | undefined, digits = 3) =>
  value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits)

type Column = readonly [head: string, of: (row: ControlRow) => string]

const test = (row: ControlRow, id: AuditTestId): AuditTest | undefined => row.tests.find((entry) => entry.id === id)

const columns: readonly Column[] = [
  ['verdict', ({ verdict }) => verdict],
  ['AUC', ({ aucAfter }) => figure(aucAfter)],
  ['AUC by pairs', (row) => figure(test(row, 'A11-clip-alignment')?.effect.value)],
  ['DiD', ({ differenceInDifferences }) => figure(differenceInDifferences)],
  ['p of twins', (row) => figure(test(row, 'A10-randomised-twins')?.p ?? undefined)],
  ['ε', (row) => figure(test(row, 'A7-one-run-epsilon')?.effect.value, 2)],
  ['comes back (A8)', ({ recovery }) => (recovery ? `${figure(recovery.effect.value, 2)} ${recovery.outcome}` : '–')],
  ['first reason', ({ reasons }) => reasons[0] ?? ''],
]

/** Control × verdict, the deals of a control in one line; columns that no control fills are left out. */
export function controlsTable(rows: readonly ControlRow[]): string {
  const shown = columns.filter(([, of]) => rows.some((row) => of(row) !== '–'))
  const lines = [...new Set(rows.map(({ control }) => control))].map((name) => {
    const own = rows.filter(({ control }) => control === name)
    const expected = own[0]?.expected ?? null
    const right = own.filter(({ isRight }) => isRight).length
    return [
      name,
      expected === null ? 'reported' : expected.length === 3 ? 'no PASS' : expected.join(' or '),
      expected === null ? '–' : `${right} of ${own.length}`,
      ...shown.map(([, of]) => joined(own.map(of))),
    ]
  })
  const head = ['control', 'right would be', 'right in', ...shown.map(([name]) => name)]
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Values of the deals; one where they are equal. */
const joined = (values: readonly string[]): string =>
  new Set(values).size === 1 ? (values[0] as string) : values.join(' / ')
