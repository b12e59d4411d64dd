import { announce, commitToRequest, newId, nextErasureRequestNumber, notify, startClock, type Tx } from '@lethe/db'
import {
  type ContentId,
  DomainError,
  type EvidenceEntry,
  forgetSetBytes,
  freezeForgetSet,
  StatuteId,
} from '@lethe/domain'
import type { Scope } from '../../context.js'
import { type Effect, runOnce } from '../../graphql/run-once.js'
import { type Selection, selectSamples } from './select-samples.js'

export interface RequestErasure {
  readonly idempotencyKey: string
  readonly selection: Selection
  readonly ground: string
  readonly receivedAt?: Date | null
}

/** Takes a request in: freezes what is to be forgotten, starts the clock, puts both on record. */
export const requestErasure = (scope: Scope, input: RequestErasure): Promise<string> =>
  runOnce(scope, 'requestErasure', input, async (tx, now) => {
    const ground = checkGround(input.ground)
    const receivedAt = checkReceivedAt(input.receivedAt ?? now, now)
    const { ownerId, contentIds } = await selectKnown(tx, scope, input.selection)
    const forgetSet = freezeForgetSet(contentIds as readonly ContentId[])
    const blob = await scope.services.artifacts.put(scope.tenantId, forgetSetBytes(forgetSet.contentIds))
    const { tenantId, viewer } = scope
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
    await announce(tx, { tenantId, aggregate: 'erasure-request', id, now })
    const forgetCount = forgetSet.contentIds.length
    return startClockOf(tx, { tenantId, id, number, commitments, forgetCount, receivedAt, now })
  })

function checkGround(ground: string): string {
  const text = ground.trim()
  if (text.length >= 1 && text.length <= 2000) return text
  throw new DomainError(
    'GROUND_MISSING',
    'Say in 1 to 2000 characters by what right erasure is asked for.',
    'input.ground',
  )
}

function checkReceivedAt(receivedAt: Date, now: Date): Date {
  if (receivedAt <= now) return receivedAt
  throw new DomainError('RECEIVED_AT_INVALID', 'A request cannot have been received in the future.', 'input.receivedAt')
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
    forgetCount: number
    receivedAt: Date
    now: Date
  },
): Promise<Effect> {
  const { tenantId, id, number, commitments, forgetCount, receivedAt, now } = request
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } })
  const statuteId = StatuteId.parse(tenant.statuteId)
  const { timeZone, holidays } = tenant
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
      forgetCount,
      statuteId,
      receivedAt: receivedAt.toISOString(),
      dueAt,
    },
  } satisfies EvidenceEntry
  return { id, evidence: [requested, ...clock.evidence] }
}
