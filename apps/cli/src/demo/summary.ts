import type { AuditReport, Estimate, ModelMeasures, Verdict } from '@lethe/domain'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { methodLabel } from './answer-erasure.js'
import type { DatasetVersion } from './api/dataset-api.js'
import type { Audit, ErasureRequest } from './api/erasure-api.js'
import type { ModelVersion } from './api/model-api.js'
import type { Run } from './api/run-api.js'
import type { Scenario } from './scenario.js'
import type { TakenEvidence } from './take-evidence.js'
import type { VerifiedOutcome } from './verify-outcome.js'

export interface SummaryRow {
  readonly label: string
  readonly role: ModelMeasures['role']
  readonly method: string | null
  readonly membershipAuc: Estimate
  readonly forgettingScore: Estimate | null
  readonly differenceInDifferences: Estimate | null
  readonly knnAccuracy: Estimate | null
  /** Measured time of the run that made this model. */
  readonly seconds: number | null
}

export interface Summary {
  readonly version: 1
  readonly scenario: string
  readonly backend: string
  readonly verdict: Verdict
  readonly sentence: string
  readonly reasons: AuditReport['reasons']
  readonly sizes: AuditReport['sizes']
  readonly requiredForgetSize: number
  readonly policy: AuditReport['policy']
  readonly rows: readonly SummaryRow[]
  readonly stages: readonly { readonly stage: string; readonly seconds: number }[]
  readonly dataset: Pick<
    DatasetVersion,
    'sampleCount' | 'ownerCount' | 'exactDuplicates' | 'nearDuplicates' | 'quarantinedCount' | 'packDigest'
  >
  readonly training: {
    readonly epochs: number
    readonly firstLoss: number | null
    readonly lastLoss: number | null
    readonly imagesPerSecond: number | null
  }
  readonly request: { readonly id: string; readonly number: number; readonly state: string; readonly clock: string }
  readonly evidence: { readonly entries: number; readonly kinds: readonly string[]; readonly logSize: number }
  readonly bundle: { readonly file: string; readonly digest: string; readonly size: number; readonly trust: string }
  readonly checks: VerifiedOutcome['checks']
}

const sentences: Readonly<Record<Verdict, string>> = {
  PASS: 'PASS: on this audit the model treats the forgotten pictures like pictures it never saw.',
  RESIDUAL: 'RESIDUAL: traces of the forgotten pictures remain; the clock runs on and the old version still serves.',
  OVER_FORGOTTEN:
    'OVER_FORGOTTEN: the forgotten pictures stand out the other way; the clock runs on and the old version still serves.',
  INCONCLUSIVE: 'INCONCLUSIVE: this audit cannot tell; the clock runs on and the old version still serves.',
}

export function summarise(facts: {
  scenario: Scenario
  backend: string
  dataset: DatasetVersion
  pretrained: ModelVersion
  request: ErasureRequest
  audit: Audit
  verified: VerifiedOutcome
  taken: TakenEvidence
}): Summary {
  const { scenario, dataset, pretrained, request, audit, verified, taken } = facts
  const { report } = audit
  const trainSeconds = pretrained.cost?.wallSeconds ?? null
  const trainCount = dataset.splitCounts.find(({ split }) => split === 'train')?.count ?? 0
  return {
    version: 1,
    scenario: scenario.name,
    backend: facts.backend,
    verdict: audit.verdict,
    sentence: sentences[audit.verdict],
    reasons: report.reasons,
    sizes: report.sizes,
    requiredForgetSize: report.requiredForgetSize,
    policy: report.policy,
    rows: report.models.map((measures) => rowOf(measures, request.runs, trainSeconds)),
    stages: stagesOf(dataset, pretrained, request),
    dataset: {
      sampleCount: dataset.sampleCount,
      ownerCount: dataset.ownerCount,
      exactDuplicates: dataset.exactDuplicates,
      nearDuplicates: dataset.nearDuplicates,
      quarantinedCount: dataset.quarantinedCount,
      packDigest: dataset.packDigest,
    },
    training: {
      epochs: scenario.recipe.epochs,
      firstLoss: pretrained.curve[0]?.loss ?? null,
      lastLoss: pretrained.curve.at(-1)?.loss ?? null,
      imagesPerSecond: trainSeconds ? (trainCount * scenario.recipe.epochs) / trainSeconds : null,
    },
    request: { id: request.id, number: request.number, state: request.state, clock: request.clock.state },
    evidence: {
      entries: verified.evidence.length,
      kinds: [...new Set(verified.evidence.map(({ kind }) => kind))],
      logSize: verified.log.size,
    },
    bundle: { file: taken.bundleFile, digest: taken.digest, size: taken.size, trust: taken.trustFile },
    checks: verified.checks,
  }
}

function rowOf(measures: ModelMeasures, runs: readonly Run[], trainSeconds: number | null): SummaryRow {
  const run = runs.findLast(({ kind, method }) => kind === 'unlearn' && method === measures.method)
  return {
    label: measures.role === 'before' ? 'Before' : methodLabel(measures.method),
    role: measures.role,
    method: measures.method,
    membershipAuc: measures.membershipAuc,
    forgettingScore: measures.forgettingScore,
    differenceInDifferences: measures.differenceInDifferences,
    knnAccuracy: measures.knnAccuracy,
    seconds: measures.role === 'before' ? trainSeconds : (run?.cost?.wallSeconds ?? null),
  }
}

/** From the rows of the runs, so that a second start tells the same. */
function stagesOf(dataset: DatasetVersion, pretrained: ModelVersion, request: ErasureRequest): Summary['stages'] {
  const runs = [dataset.ingestRun, pretrained.run, ...request.runs].filter((run) => run !== null)
  return runs.flatMap((run) => {
    if (run.startedAt === null || run.finishedAt === null) return []
    const stage = run.kind === 'unlearn' ? `unlearn: ${run.method ?? ''}` : run.kind
    return [{ stage, seconds: (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000 }]
  })
}

/** @returns path of the file. */
export async function writeSummary(stateDir: string, summary: Summary): Promise<string> {
  const file = path.join(stateDir, 'demo', 'summary.json')
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(`${file}.new`, `${JSON.stringify(summary, null, 2)}\n`)
  await rename(`${file}.new`, file)
  return file
}
