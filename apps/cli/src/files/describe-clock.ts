import type { ClockStepRead, ListedClock, ShownClock } from '../demo/index.js'
import { tabulate } from './tabulate.js'

/** On the wall clock of the clock's zone. */
const format = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at)

/** A deadline is given as the first instant after the time allowed; people are told the last one that is in time. */
export const formatDue = ({ dueAt, timeZone }: { dueAt: string; timeZone: string }): string =>
  format(new Date(Date.parse(dueAt) - 1), timeZone)

const formatDay = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(new Date(`${day}T00:00:00Z`))

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** One line each: request, due, state, rule, risk of being late. */
export function tabulateClocks(clocks: readonly ListedClock[]): string {
  if (clocks.length === 0) return 'No clocks. One starts with each erasure request.\n'
  const rows = clocks.map((clock) => [
    `request ${clock.erasureRequest.number}`,
    `due ${formatDue(clock)} (${clock.timeZone})`,
    clock.state,
    clock.statuteId,
    clock.forecast === null ? '' : `risk ${percent(clock.forecast.probability)}`,
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('')
}

const deadlineNames = { acknowledge: 'confirm receipt', respond: 'answer' } as const

/** With each step of the sums, so that anybody can do them again. */
export function describeClock(clock: ShownClock): string {
  const { erasureRequest, state, citation, statuteId, ruleVersion, timeZone, forecast, deadlines, events } = clock
  const facts: [string, string][] = [
    ['request', `${erasureRequest.number} (${erasureRequest.state})`],
    ['clock', state],
    ['rule', `${citation} (${statuteId}, version ${ruleVersion})`],
    ['time zone', timeZone],
    ...(forecast === null ? [] : [['risk of being late', percent(forecast.probability)] as [string, string]]),
    ['you may', clock.allowedActions.join(', ') || 'nothing'],
  ]
  const sums = deadlines.map(
    ({ kind, state: of, dueAt, explanation }) =>
      `\n${deadlineNames[kind]} by ${formatDue({ dueAt, timeZone })} (${of})\n${explanation.map((step, index) => describeStep(step, index, timeZone)).join('')}`,
  )
  const past = events.map(
    ({ kind, at, reason }) => `  ${format(new Date(at), timeZone)}  ${kind}${reason === '' ? '' : `: ${reason}`}\n`,
  )
  const told = clock.notices.map(
    ({ deadline, threshold, at }) => `  ${format(new Date(at), timeZone)}  said: ${deadline}, ${threshold}\n`,
  )
  return `${tabulate(facts)}${sums.join('')}\n${past.join('')}${told.join('')}`
}

const describeStep = ({ day, at, note }: ClockStepRead, index: number, timeZone: string): string =>
  `  ${index + 1}. ${at === null ? formatDay(day) : format(new Date(at), timeZone)}  ${note}\n`
