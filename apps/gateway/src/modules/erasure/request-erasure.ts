import {
  announce,
  commitToRequest,
  newId,
  nextErasureRequestNumber,
  notify,
  readContractTerms,
  startClock,
  type Tx,
} from '@lethe/db'
import {
  type ContentId,
  DomainError,
  earliestReceipt,
  type EvidenceEntry,
  forgetSetBytes,
  type ForgetSet,
  freezeForgetSet,
  StatuteId,
} from '@lethe/domain'
import type { Scope } from '../../context.js'
import { type Effect, runOnce } from '../../graphql/run-once.js'
import { linkRelated } from './related-requests.js'
import { type Selection, selectSamples } from './select-samples.js'

/** What somebody asks for. */
export interface Intake {
  readonly selection: Selection
  readonly ground: string
  readonly receivedAt?: Date | null
  /** The tenant's own where missing. */
  readonly statuteId?: StatuteId | null
}

export interface RequestErasure extends Intake {
  readonly idempotencyKey: string
}

/** Takes a request in: freezes what is to be forgotten, starts the clock, puts both on record. */
export const requestErasure = (scope: Scope, input: RequestErasure): Promise<string> =>
  runOnce(scope, 'requestErasure', input, (tx, now) => takeIn(tx, scope, input, now))

/** What has been looked at and found in order. */
export interface CheckedIntake {
  readonly ground: string
  readonly receivedAt: Date
  readonly statuteId: StatuteId
  readonly ownerId: string
  readonly forgetSet: ForgetSet
}

/**
 * Looks at all that could be wrong with an intake; writes nothing.
 *
 * @throws DomainError GROUND_MISSING, RECEIVED_AT_INVALID, RECEIVED_AT_TOO_OLD, CONTRACT_TERMS_MISSING, EMPTY_FORGET_SET,
 *   UNKNOWN_SAMPLES, and what a selection is refused for
 */
export async function checkIntake(tx: Tx, scope: Scope, input: Intake, now: Date): Promise<CheckedIntake> {
  const ground = checkGround(input.ground)
  const statuteId = await checkStatute(tx, scope, input.statuteId)
  const receivedAt = checkReceivedAt(input.receivedAt ?? now, statuteId, now)
  const { ownerId, contentIds } = await selectKnown(tx, scope, input.selection)
  return { ground, receivedAt, statuteId, ownerId, forgetSet: freezeForgetSet(contentIds as readonly ContentId[]) }
}

export async function takeIn(tx: Tx, scope: Scope, input: Intake, now: Date): Promise<Effect> {
  const checked = await checkIntake(tx, scope, input, now)
  const { ground, receivedAt, ownerId, forgetSet } = checked
  const { tenantId, viewer } = scope
  const blob = await scope.services.artifacts.put(tenantId, forgetSetBytes(forgetSet.contentIds))
  const id = newId(now.getTime())
  const number = await nextErasureRequestNumber(tx, tenantId)
  const commitments = await commitToRequest(tx, { tenantId, ownerId, forgetDigest: forgetSet.digest })
  await tx.erasureRequest.create({
    data: {
      id,
      tenantId,
      number,
      ownerId,
      ground,
      requestedBy: viewer.userId,
      forgetDigest: forgetSet.digest,
      ...commitments,
      forgetSize: blob.size,
      forgetCount: forgetSet.contentIds.length,
      receivedAt,
    },
  })
  await tx.forgetSetSample.createMany({
    data: forgetSet.contentIds.map((contentId) => ({ tenantId, requestId: id, contentId })),
  })
  const related = await linkRelated(tx, { tenantId, requestId: id, now })
  await announce(tx, { tenantId, aggregate: 'erasure-request', id, now })
  return startClockOf(tx, { tenantId, id, number, commitments, checked, related, now })
}

function checkGround(ground: string): string {
  const text = ground.trim()
  if (text.length >= 1 && text.length <= 2000) return text
  throw new DomainError(
    'GROUND_MISSING',
    'Say in 1 to 2000 characters by what right erasure is asked for.',
    'input.ground',
  )
}

function checkReceivedAt(receivedAt: Date, statuteId: StatuteId, now: Date): Date {
  const field = 'input.receivedAt'
  if (receivedAt > now)
    throw new DomainError('RECEIVED_AT_INVALID', 'A request cannot have been received in the future.', field)
  const first = earliestReceipt(statuteId, now)
  // Where on Earth the day begins first.
  if (receivedAt >= new Date(`${first}T00:00:00+14:00`)) return receivedAt
  throw new DomainError(
    'RECEIVED_AT_TOO_OLD',
    `A request under ${statuteId} can have been received on ${first} at the earliest; correct the year.`,
    field,
  )
}

async function checkStatute(tx: Tx, { tenantId }: Scope, asked: StatuteId | null | undefined): Promise<StatuteId> {
  const statuteId = asked ?? StatuteId.parse((await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } })).statuteId)
  if (statuteId === 'contract' && (await readContractTerms(tx, tenantId)) === null)
    throw new DomainError(
      'CONTRACT_TERMS_MISSING',
      'No terms of a contract are on record; choose a statute, or record the terms first.',
      'input.statuteId',
    )
  return statuteId
}

async function selectKnown(
  tx: Tx,
  { viewer }: Scope,
  selection: Selection,
): Promise<{ ownerId: string; contentIds: readonly string[] }> {
  const field = 'input.selection'
  const { owner, contentIds, unknownContentIds } = await selectSamples(tx, viewer, selection, field)
  if (unknownContentIds.length > 0)
    throw new DomainError(
      'UNKNOWN_SAMPLES',
      `${unknownContentIds.length} of these samples are in no dataset here; leave them out or register them first.`,
      `${field}.contentIds`,
    )
  if (owner === null || contentIds.length === 0)
    throw new DomainError('EMPTY_FORGET_SET', 'Nothing was selected: there is no sample to forget.', field)
  return { ownerId: owner.id, contentIds }
}

async function startClockOf(
  tx: Tx,
  request: {
    tenantId: string
    id: string
    number: number
    commitments: Awaited<ReturnType<typeof commitToRequest>>
    checked: CheckedIntake
    related: Awaited<ReturnType<typeof linkRelated>>
    now: Date
  },
): Promise<Effect> {
  const { tenantId, id, number, commitments, checked, related, now } = request
  const { statuteId, receivedAt, forgetSet } = checked
  const { timeZone, holidays } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } })
  const clock = await startClock(tx, { tenantId, requestId: id, statuteId, timeZone, holidays, at: receivedAt, now })
  const { dueAt } = clock.reading
  await notify(tx, { tenantId, kind: 'erasure.received', requestId: id, data: { number, dueAt }, now })
  const requested = {
    kind: 'erasure-requested/v1',
    subjects: [],
    erasureRequestId: id,
    predicate: {
      number,
      ...commitments,
      forgetCount: forgetSet.contentIds.length,
      statuteId,
      receivedAt: receivedAt.toISOString(),
      dueAt,
      ...(related.length === 0
        ? {}
        : {
            related: related.map(({ earlierId, relation, sharedCount }) => ({
              erasureRequestId: earlierId,
              relation,
              sharedCount,
            })),
          }),
    },
  } satisfies EvidenceEntry
  return { id, evidence: [requested, ...clock.evidence] }
}
