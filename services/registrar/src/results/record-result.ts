import { digestsIn } from '@lethe/artifacts'
import { IngestedSample, RedactTask, type RunResult } from '@lethe/bus'
import { announce, keepRunBlobs, lockErasureRequest, once, type Run, toJson, type Tx } from '@lethe/db'
import { type Digest, DomainError, type EvidenceEntry, isSettled, type RunState } from '@lethe/domain'
import { recordEvidence } from '../record-evidence.js'
import type { RegistrarContext } from '../registrar-context.js'
import { recordAudit } from './record-audit.js'
import { recordCost } from './record-cost.js'
import { recordFailure } from './record-failure.js'
import { recordIngest } from './record-ingest.js'
import { recordRedaction } from './record-redaction.js'
import { recordTraining } from './record-training.js'
import type { Recording, Succeeded } from './recording.js'
import { signTrained } from './sign-trained.js'

/** A dataset's samples go in by the thousand. */
const transaction = { maxWait: 30_000, timeout: 300_000 }

const states: Record<RunResult['outcome'], RunState> = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
}

/**
 * Takes the end of a run in: run, cost, lineage, evidence, follow-up tasks and notices commit together or not at all, and
 * once, however often the result is delivered.
 *
 * @returns false when the result had been taken in before, or the run had ended
 * @throws DomainError RUN_UNKNOWN, RESULT_MISMATCH, and what the content is refused for
 */
export async function recordResult(context: RegistrarContext, result: RunResult): Promise<boolean> {
  const { tenantId, runId } = result
  const stored = { samples: await readSamples(context, result), signature: await signTrained(context, result) }
  return context.db.forTenant(tenantId).$transaction(async (tx) => {
    const taken = await once(tx, { tenantId, messageId: `${runId}:result` }, async () => {
      const run = await lockRun(tx, result)
      if (isSettled(run.state as RunState)) return false
      const now = context.now()
      await settleRun(tx, result)
      const recording = { tx, run, now }
      const entries =
        result.outcome === 'succeeded'
          ? await recordOutput(recording, result, stored)
          : await recordFailure(recording, result)
      // What the result names, wherever it does, stays; the rest of what the run put is left to be deleted.
      await keepRunBlobs(tx, { tenantId, digests: digestsIn(result) })
      const costs = await recordCost(recording, result, entries)
      await announce(tx, { tenantId, aggregate: 'run', id: runId, now })
      await recordEvidence(tx, { tenantId, entries: [...entries, ...costs], now })
      return true
    })
    return taken.first && taken.answer
  }, transaction)
}

/** The request before the run, always in this order, so that two results of one request never wait for each other. */
async function lockRun(tx: Tx, { tenantId, runId, runKind }: RunResult): Promise<Run> {
  const where = { tenantId_id: { tenantId, id: runId } }
  const found = await tx.run.findUnique({ where })
  if (!found) throw new DomainError('RUN_UNKNOWN', 'The result names a run that does not exist.', 'runId')
  if (found.kind !== runKind)
    throw new DomainError('RESULT_MISMATCH', `The run is ${found.kind}, the result ${runKind}.`, 'runKind')
  if (found.requestId !== null) await lockErasureRequest(tx, tenantId, found.requestId)
  await tx.$queryRaw`SELECT 1 FROM run WHERE tenant_id = ${tenantId}::uuid AND id = ${runId}::uuid FOR UPDATE`
  return tx.run.findUniqueOrThrow({ where })
}

const settleRun = (tx: Tx, result: RunResult) =>
  tx.run.update({
    where: { tenantId_id: { tenantId: result.tenantId, id: result.runId } },
    data: {
      state: states[result.outcome],
      attempt: result.attempt,
      startedAt: new Date(result.startedAt),
      finishedAt: new Date(result.finishedAt),
      ...(result.outcome === 'succeeded' ? { cost: toJson(result.cost) } : {}),
      ...(result.outcome === 'failed' ? { error: toJson(result.error) } : {}),
    },
  })

async function recordOutput(
  recording: Recording,
  result: Succeeded,
  { samples, signature }: { samples: IngestedSample[]; signature: Digest | null },
): Promise<EvidenceEntry[]> {
  const { output } = result
  if (output.kind !== result.runKind)
    throw new DomainError('RESULT_MISMATCH', `A ${result.runKind} run cannot give ${output.kind}.`, 'output.kind')
  switch (output.kind) {
    case 'ingest':
      return recordIngest(recording, output, samples)
    case 'pretrain':
    case 'unlearn':
      return recordTraining(recording, { output, result, signature })
    case 'audit':
      return recordAudit(recording, output)
    case 'redact':
      return recordRedaction(recording, output, RedactTask.parse(recording.run.task).pack.digest)
  }
}

/** Read before the transaction begins, so that no lock waits for the store. */
async function readSamples(context: RegistrarContext, result: RunResult): Promise<IngestedSample[]> {
  if (result.outcome !== 'succeeded' || result.output.kind !== 'ingest') return []
  const bytes = await context.artifacts.get(result.tenantId, result.output.samples.digest)
  const lines = Buffer.from(bytes).toString('utf8').split('\n')
  return lines.filter((line) => line !== '').map((line, index) => parseSample(line, index))
}

function parseSample(line: string, index: number): IngestedSample {
  try {
    return IngestedSample.parse(JSON.parse(line))
  } catch {
    throw new DomainError('SAMPLES_MALFORMED', `Line ${index + 1} of the samples is no sample.`, `samples.${index}`)
  }
}
