import { DomainError, RunId, RunKind, TenantId, type RunKind as Kind } from '@lethe/domain'

/**
 * Every subject that Lethe uses. Tokens are checked, so that no id can widen a subscription or reach another tenant.
 *
 *   tasks.<kind>.<tenant>.<run>                     work, removed when acknowledged
 *   results.<kind>.<tenant>.<run>                   the end of a run, removed when recorded
 *   events.<tenant>.run.<run>.progress              progress of a run
 *   events.<tenant>.<aggregate>.<id>.changed        something durable changed
 *   dead.<original subject>                         what could not be handled, payload kept
 *   cancel.<tenant>.<run>                           nudge beside the durable cancel flag
 */
const token = (value: string): string => {
  if (/^[A-Za-z0-9_-]{1,128}$/.test(value)) return value
  throw new DomainError(
    'SUBJECT_INVALID',
    'An id on the bus holds only letters, digits, "-" and "_"; use the id as it was issued.',
    'id',
  )
}

const join = (...parts: readonly string[]): string => parts.map(token).join('.')

export const taskSubject = (kind: Kind, tenantId: string, runId: string): string => join('tasks', kind, tenantId, runId)
export const taskFilter = (kind: Kind): string => `${join('tasks', kind)}.*.*`
export const resultSubject = (kind: Kind, tenantId: string, runId: string): string =>
  join('results', kind, tenantId, runId)
export const progressSubject = (tenantId: string, runId: string): string =>
  join('events', tenantId, 'run', runId, 'progress')
export const changedSubject = (tenantId: string, aggregate: string, id: string): string =>
  join('events', tenantId, aggregate, id, 'changed')
export const cancelSubject = (tenantId: string, runId: string): string => join('cancel', tenantId, runId)
export const deadSubject = (original: string): string => `dead.${original}`

export const allTasks = 'tasks.*.*.*'
export const allResults = 'results.*.*.*'
export const allEvents = 'events.*.*.*.*'
export const allProgress = 'events.*.run.*.progress'
export const allDead = 'dead.>'

/** What a reader of events may ask for; always inside one tenant. */
export interface EventScope {
  readonly tenantId: string
  readonly aggregate?: string
  /** Needs `aggregate`. */
  readonly id?: string
}

export const scopeFilter = ({ tenantId, aggregate, id }: EventScope): string =>
  ['events', token(tenantId), aggregate ? token(aggregate) : '*', id ? token(id) : '*', '*'].join('.')

export interface RunAddress {
  readonly kind: Kind
  readonly tenantId: TenantId
  readonly runId: RunId
}

/** Who a `tasks.` or `results.` subject speaks of, or null where it names nobody we know. */
export function runAddress(subject: string): RunAddress | null {
  const [, kind, tenantId, runId] = subject.split('.')
  const parsed = [RunKind.safeParse(kind), TenantId.safeParse(tenantId), RunId.safeParse(runId)] as const
  const [k, t, r] = parsed
  return k.success && t.success && r.success ? { kind: k.data, tenantId: t.data, runId: r.data } : null
}
