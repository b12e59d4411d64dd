import type { RunResult } from '@lethe/bus'
import { jointItems, readTrainings, retrainingBeside, type Training, trainingOf } from '@lethe/db'
import { type EvidenceEntry, type EvidencePredicate, predicateIn, type RetrainingCost } from '@lethe/domain'
import type { Recording } from './recording.js'

type Cost = EvidencePredicate<'cost-recorded/v1'>

/**
 * What a settled run cost, beside retraining. Where the run was itself a retraining, costs of the same plan item that had
 * to estimate it go on record again with the truth.
 *
 * @param entries what the run put on record, evidence of its training included
 */
export async function recordCost(
  recording: Recording,
  result: RunResult,
  entries: readonly EvidenceEntry[],
): Promise<EvidenceEntry[]> {
  const { run } = recording
  const measured = measure(result)
  if (measured.wallSeconds === 0) return []
  const { own, history } = await readHistory(recording, entries)
  const retraining = own === undefined || own.of === null ? null : retrainingBeside(history, own)
  const cost: Cost = {
    runId: run.id,
    kind: result.runKind,
    modelVersionId: run.modelVersionId,
    outcome: result.outcome,
    attempt: result.attempt,
    measured,
    retraining,
    shareOfRetraining: shareOf(measured.wallSeconds, retraining),
    replacesEstimate: false,
  }
  const isRetraining = own !== undefined && own.runId === run.id && own.fromScratch && own.of !== null
  return [...(await entriesFor(recording, cost)), ...(isRetraining ? await replaceEstimates(recording, own) : [])]
}

function measure(result: RunResult): Cost['measured'] {
  if (result.outcome === 'succeeded') return result.cost
  return { wallSeconds: Math.max(0, Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 1000 }
}

const shareOf = (wallSeconds: number, retraining: RetrainingCost | null): number | null =>
  retraining === null || retraining.basis === 'unknown' || retraining.wallSeconds === 0
    ? null
    : wallSeconds / retraining.wallSeconds

/** One for each request that the run was for. */
async function entriesFor({ tx, run }: Recording, cost: Cost): Promise<EvidenceEntry[]> {
  const { tenantId, planItemId } = run
  const item =
    run.kind === 'unlearn' && planItemId !== null
      ? await tx.planItem.findUnique({ where: { tenantId_id: { tenantId, id: planItemId } } })
      : null
  const joint = item === null ? [] : (await jointItems(tx, item)).map(({ requestId }) => requestId)
  const [own, ...others] = [...new Set([run.requestId, ...joint])]
  return [own, ...others].map((requestId) => entryOf({ run: { requestId: requestId ?? null } }, cost))
}

function entryOf({ run: { requestId } }: { run: { requestId: string | null } }, predicate: Cost): EvidenceEntry {
  return {
    kind: 'cost-recorded/v1',
    subjects: [],
    ...(requestId === null ? {} : { erasureRequestId: requestId }),
    predicate,
  }
}

/** The training that the run was, or that it audited, with the model's trainings. */
async function readHistory(
  { tx, run }: Recording,
  entries: readonly EvidenceEntry[],
): Promise<{ own: Training | undefined; history: Training[] }> {
  const { tenantId, modelVersionId } = run
  if (modelVersionId === null) return { own: undefined, history: [] }
  const version = await tx.modelVersion.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: modelVersionId } },
    select: { modelId: true },
  })
  const earlier = await readTrainings(tx, { tenantId, modelId: version.modelId })
  const present = entries.flatMap((entry) =>
    entry.kind === 'model-trained/v1' || entry.kind === 'model-unlearned/v1' ? [trainingOf(entry.predicate)] : [],
  )
  // A run for several requests is on record for each of them.
  const history = [...new Map([...earlier, ...present].map((training) => [training.runId, training])).values()]
  return { own: history.findLast((training) => training.modelVersionId === modelVersionId), history }
}

/** Newest cost of each other run of the item that still rests on an estimate, with the truth in its place. */
async function replaceEstimates(recording: Recording, { runId, wallSeconds }: Training): Promise<EvidenceEntry[]> {
  const { tx, run } = recording
  const { tenantId, requestId, planItemId } = run
  if (requestId === null || planItemId === null) return []
  const [siblings, rows] = await Promise.all([
    tx.run.findMany({ where: { tenantId, planItemId, id: { not: runId } }, select: { id: true } }),
    tx.evidence.findMany({ where: { tenantId, requestId, kind: 'cost-recorded/v1' }, orderBy: { seq: 'asc' } }),
  ])
  const ofItem = new Set(siblings.map(({ id }) => id))
  const newest = new Map<string, Cost>()
  for (const { payload } of rows) {
    const cost = predicateIn('cost-recorded/v1', payload)
    if (cost !== null && ofItem.has(cost.runId)) newest.set(cost.runId, cost)
  }
  const retraining: RetrainingCost = { basis: 'measured', runId, wallSeconds }
  return [...newest.values()]
    .filter((cost) => cost.retraining !== null && cost.retraining.basis !== 'measured')
    .map((cost) =>
      entryOf(recording, {
        ...cost,
        retraining,
        shareOfRetraining: shareOf(cost.measured.wallSeconds, retraining),
        replacesEstimate: true,
      }),
    )
}
