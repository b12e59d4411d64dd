import { addClockEvent, announce, newestBasis, notify, type Tx } from '@lethe/db'
import { type ClockBasis, type ClockEventKind, DomainError, StatuteId } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { parseInput } from '../../graphql/parse-input.js'
import { type Effect, runOnce } from '../../graphql/run-once.js'
import { findRequest } from '../erasure/find-request.js'

export interface ClockMove {
  readonly idempotencyKey: string
  readonly erasureRequestId: string
  readonly reason: string
}

export interface ClockExtension extends ClockMove {
  readonly count?: number | null
}

export interface ClockRuleChange extends ClockMove {
  readonly statuteId: string
}

/** Receipt was confirmed to the person, or to whoever asks for them. @returns the request's id */
export const acknowledgeRequest = (scope: Scope, input: ClockMove): Promise<string> =>
  runOnce(scope, 'acknowledgeRequest', input, (tx, now) => move(tx, scope, 'acknowledge', input, now))

/** @throws DomainError CLOCK_EVENT_REFUSED under a rule that never pauses, and when the period is over */
export const pauseClock = (scope: Scope, input: ClockMove): Promise<string> =>
  runOnce(scope, 'pauseClock', input, (tx, now) => move(tx, scope, 'pause', named(input), now))

export const resumeClock = (scope: Scope, input: ClockMove): Promise<string> =>
  runOnce(scope, 'resumeClock', input, (tx, now) => move(tx, scope, 'resume', input, now))

/** Puts on record that the person was told of more time and why; those who follow the request are told too. */
export const extendClock = (scope: Scope, input: ClockExtension): Promise<string> =>
  runOnce(scope, 'extendClock', input, async (tx, now) => {
    if (input.count != null && input.count < 1)
      throw new DomainError('INVALID_INPUT', 'Extend by at least one unit of the rule.', 'input.count')
    return move(tx, scope, 'extend', { ...named(input), count: input.count ?? undefined }, now)
  })

/** Counts a request's clock by another rule, from its start, with the tenant's calendar and terms of now. */
export const changeClockRule = (scope: Scope, input: ClockRuleChange): Promise<string> =>
  runOnce(scope, 'changeClockRule', input, async (tx, now) => {
    const statuteId = parseInput(StatuteId, input.statuteId, 'input.statuteId')
    const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: scope.tenantId } })
    const { timeZone, holidays } = tenant
    const basis = await newestBasis(tx, { tenantId: scope.tenantId, statuteId, timeZone, holidays })
    return move(tx, scope, 'change', { ...named(input), basis }, now)
  })

/** A step that moves a legal date has its reason. */
function named<Input extends ClockMove>(input: Input): Input {
  const reason = input.reason.trim()
  if (reason.length >= 1 && reason.length <= 500) return { ...input, reason }
  throw new DomainError('REASON_MISSING', 'Say in 1 to 500 characters why.', 'input.reason')
}

async function move(
  tx: Tx,
  scope: Scope,
  kind: ClockEventKind,
  input: ClockMove & { readonly count?: number | undefined; readonly basis?: ClockBasis },
  now: Date,
): Promise<Effect> {
  const { tenantId } = scope
  const { id, number } = await findRequest(tx, scope, input.erasureRequestId)
  const { count, basis } = input
  const reason = input.reason.trim().slice(0, 500)
  const event = { tenantId, requestId: id, kind, at: now, reason, count, basis, now }
  const { evidence, reading } = await addClockEvent(tx, event)
  await announce(tx, { tenantId, aggregate: 'erasure-request', id, now })
  if (kind === 'extend') {
    const data = { number, dueAt: reading.dueAt, deadline: 'respond' } as const
    await notify(tx, { tenantId, kind: 'clock.extended', requestId: id, data, now })
  }
  return { id, evidence }
}
