import { type EvidenceEntry, stateReason, type StateReason } from '@lethe/domain'
import type { Tx } from '../../database.js'
import type { ErasureThing } from '../../generated/client.js'
import { newId } from '../../new-id.js'
import { announce } from '../../outbox.js'
import { blockErasureRequest, lockErasureRequest, reasonColumns } from '../erasure-requests.js'
import { lockName } from '../lock.js'
import { cancelRun, startRun } from '../runs.js'
import { actionOnceUnlearned, blockUncovered, findUncovered } from './begin-erasing.js'
import { type AffectedData, readAffectedData } from './read-data.js'
import { type Descendant, readDescendants } from './read-descendants.js'
import { blobsOf, listThings } from './things.js'

export type Preparation =
  /** Somebody else closed or blocked it. */
  | { readonly state: 'over' }
  | { readonly state: 'blocked'; readonly evidence: readonly EvidenceEntry[] }
  /** Versions that go; nothing may be deleted while `waiting` says why not. */
  | { readonly state: 'ready'; readonly doomed: readonly string[]; readonly waiting: StateReason | null }

/**
 * Brings an erasing request to where its things can be deleted: versions that remember are out of use, their trainings
 * are cancelled, and packs are cut. Repeating it changes nothing that is done.
 */
export async function prepareErasing(
  tx: Tx,
  input: { tenantId: string; requestId: string; now: Date },
): Promise<Preparation> {
  const { tenantId, requestId, now } = input
  await lockErasureRequest(tx, tenantId, requestId)
  const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
  if (request.state !== 'ERASING') return { state: 'over' }
  const uncovered = await findUncovered(tx, input)
  if (uncovered.length > 0)
    return { state: 'blocked', evidence: (await blockUncovered(tx, { ...input, uncovered })).evidence }
  const things = await listThings(tx, { ...input, modelAction: actionOnceUnlearned, includeData: false })
  const descendants = await readDescendants(tx, input)
  const going = descendants.filter(({ disposition }) => disposition.kind === 'destroy' || disposition.kind === 'stop')
  for (const descendant of going) await takeOutOfUse(tx, { tenantId, descendant, now })
  const data = await readAffectedData(tx, input)
  for (const affected of data)
    if (affected.inPack > 0) await startRedaction(tx, { tenantId, requestId, affected, forget: request, now })
  const ingest = await ingestThatIsWaitedFor(tx, { tenantId, now })
  if (ingest?.isOverdue === true)
    return { state: 'blocked', evidence: (await blockOverdue(tx, { ...input, reason: ingest.reason })).evidence }
  const waiting = await whatIsWaitedFor(tx, { tenantId, things, data, ingest: ingest?.reason ?? null })
  if ((waiting?.text ?? null) !== request.stateReason) {
    await tx.erasureRequest.update({
      where: { tenantId_id: { tenantId, id: requestId } },
      data: reasonColumns(waiting),
    })
    await announce(tx, { tenantId, aggregate: 'erasure-request', id: requestId, now })
  }
  // What another request has destroyed is looked for again, so that this one has a receipt of its own.
  const gone = descendants.filter(({ version }) => version.destroyedAt !== null)
  const doomed = [
    ...[...going, ...gone].map(({ version }) => version.id),
    ...(await findEmptyVersions(tx, tenantId, things)),
  ]
  return { state: 'ready', doomed, waiting }
}

/** Listed while they were trained, which then failed: there is nothing of them to delete. */
async function findEmptyVersions(tx: Tx, tenantId: string, things: readonly ErasureThing[]): Promise<string[]> {
  const listed = things.filter(({ thing }) => thing === 'model-version').map(({ refId }) => refId)
  const empty = await tx.modelVersion.findMany({
    where: { tenantId, id: { in: listed }, state: 'FAILED', weightsDigest: null, destroyedAt: null },
    select: { id: true },
  })
  return empty.map(({ id }) => id)
}

/** Nothing is unlearned from it, compared with it or promoted any more; a training of it ends as cancelled. */
async function takeOutOfUse(tx: Tx, input: { tenantId: string; descendant: Descendant; now: Date }): Promise<void> {
  const { tenantId, descendant, now } = input
  const { id, modelId, state, origin, runId } = descendant.version
  if (descendant.disposition.kind === 'stop') {
    const run = await tx.run.findUnique({ where: { tenantId_id: { tenantId, id: runId } }, select: { state: true } })
    if (run?.state === 'QUEUED' || run?.state === 'RUNNING') await cancelRun(tx, { tenantId, runId, now })
    return
  }
  if (state !== 'READY') return
  await tx.modelVersion.update({
    where: { tenantId_id: { tenantId, id } },
    data: { state: origin === 'unlearn' ? 'REJECTED' : 'RETIRED' },
  })
  await announce(tx, { tenantId, aggregate: 'model', id: modelId, now })
}

/** One cut of a pack at a time, whoever asked for it: the next one begins with what the last one made. */
async function startRedaction(
  tx: Tx,
  input: {
    tenantId: string
    requestId: string
    affected: AffectedData
    forget: { forgetDigest: string; forgetSize: bigint }
    now: Date
  },
): Promise<void> {
  const { tenantId, requestId, affected, forget, now } = input
  const { id: datasetVersionId, packDigest, packSize } = affected.version
  await lockName(tx, `redact:${datasetVersionId}`)
  const running = await tx.run.count({
    where: { tenantId, datasetVersionId, kind: 'redact', state: { in: ['QUEUED', 'RUNNING'] } },
  })
  if (running > 0) return
  const task = {
    version: 1,
    tenantId,
    runId: newId(),
    kind: 'redact',
    pack: { digest: packDigest, size: Number(packSize) },
    forget: { digest: forget.forgetDigest, size: Number(forget.forgetSize) },
  } as const
  await startRun(tx, { task, now, requestId, datasetVersionId })
}

/** Null where everything can be deleted. */
async function whatIsWaitedFor(
  tx: Tx,
  input: {
    tenantId: string
    things: readonly ErasureThing[]
    data: readonly AffectedData[]
    ingest: StateReason | null
  },
): Promise<StateReason | null> {
  const { tenantId, things, data, ingest } = input
  const cut = data.filter(({ inPack }) => inPack > 0).length
  if (cut > 0) return stateReason('packs-awaited', { count: cut })
  if (ingest !== null) return ingest
  const digests = things.filter(({ state }) => state === 'PLANNED').flatMap((thing) => blobsOf(thing))
  const reading = await readersOf(
    tx,
    tenantId,
    digests.map(({ digest }) => digest),
  )
  if (reading === 0) return null
  return stateReason('readers-awaited', { count: reading })
}

/** How long an erasure waits for a dataset to be taken in before somebody must look. */
const ingestWaitHours = 24

/** The dataset that has been taken in for longest: only at its end it is known whether it holds the samples, too. */
async function ingestThatIsWaitedFor(
  tx: Tx,
  { tenantId, now }: { tenantId: string; now: Date },
): Promise<{ reason: StateReason; isOverdue: boolean } | null> {
  const version = await tx.datasetVersion.findFirst({
    where: { tenantId, state: 'INGESTING' },
    orderBy: { createdAt: 'asc' },
    include: { dataset: { select: { name: true } } },
  })
  if (version === null) return null
  const until = new Date(version.createdAt.getTime() + ingestWaitHours * 3_600_000)
  const isOverdue = until <= now
  const what = { dataset: version.dataset.name, version: version.number }
  return {
    isOverdue,
    reason: isOverdue
      ? stateReason('ingest-overdue', { ...what, hours: ingestWaitHours })
      : stateReason('ingest-awaited', { ...what, until: until.toISOString() }),
  }
}

const blockOverdue = (tx: Tx, input: { tenantId: string; requestId: string; now: Date; reason: StateReason }) =>
  blockErasureRequest(tx, { ...input, code: 'INGEST_OVERDUE' })

/** Runs that have not ended and whose task names one of these blobs. */
async function readersOf(tx: Tx, tenantId: string, digests: readonly string[]): Promise<number> {
  const rows = await tx.$queryRaw<{ readers: bigint }[]>`
    SELECT count(*) AS readers FROM run
    WHERE tenant_id = ${tenantId}::uuid AND state IN ('QUEUED', 'RUNNING')
      AND EXISTS (SELECT FROM unnest(${[...digests]}::text[]) AS d WHERE position(d IN run.task::text) > 0)`
  return Number(rows[0]?.readers ?? 0)
}
