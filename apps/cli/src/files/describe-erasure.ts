import type { ListedErasure, ShownErasure } from '../demo/index.js'
import { tabulate } from './tabulate.js'

/** One line each: number, state, pictures, whose, due. */
export function tabulateErasures(requests: readonly ListedErasure[]): string {
  if (requests.length === 0) return 'No requests.\n'
  const rows = requests.map(({ number, state, forgetCount, owner, clock }) => [
    String(number),
    state,
    `${forgetCount} ${forgetCount === 1 ? 'picture' : 'pictures'}`,
    owner?.subjectKey ?? '–',
    `due ${clock.dueAt} (${clock.state})`,
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('')
}

export function describeErasure(request: ShownErasure): string {
  const { clock, plan, related, batch, timeline } = request
  const facts: [string, string][] = [
    ['request', `${request.number} (${request.id})`],
    ['state', request.stateReason ? `${request.state}: ${request.stateReason}` : request.state],
    ...(request.resumesAt === null ? [] : [['goes on from', request.resumesAt] as [string, string]]),
    ['data owner', request.owner?.subjectKey ?? 'not shown to you'],
    ['pictures', String(request.forgetCount)],
    ['ground', request.ground],
    ['identity', request.identityMethod ?? 'not looked into'],
    ['due', `${clock.dueAt} (${clock.state})`],
    ...related.map(({ relation, sharedCount, request: other }): [string, string] => [
      'asks for the same',
      `request ${other.number} (${other.state}): ${relation}, ${sharedCount} shared`,
    ]),
    ...(batch.length === 0 ? [] : [['one run with', batch.map(({ number }) => number).join(', ')] as [string, string]]),
    ...plan.map(({ action, method, state, basis, modelVersion }): [string, string] => [
      'plan',
      `${modelVersion.model.name} v${modelVersion.number}: ${action}${method === null ? '' : ` by ${method}`} (${state})${basis === null ? '' : `, ${basis}`}`,
    ]),
    ['you may', request.allowedActions.join(', ') || 'nothing'],
  ]
  const past = timeline.map(({ at, summary, by }) => `  ${at}  ${summary}${by === null ? '' : ` (${by})`}\n`)
  return `${tabulate(facts)}\n${past.join('')}`
}
