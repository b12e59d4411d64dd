import { type AuditOutput, RunResult, Task, type UnlearnOutput } from '@lethe/bus'
import type { Run } from '@lethe/db'
import { AuditPolicy, auditPolicyDigest, type Provenance, type RunCost, type Verdict } from '@lethe/domain'
import { blobOf } from './rig.js'

const cost: RunCost = { wallSeconds: 1.5, cpuSeconds: 2, peakMemoryBytes: 1e6, device: 'cpu' }
const provenance: Provenance = {
  backend: 'cpu',
  backendVersion: '4.22.0',
  tfjsVersion: '4.22.0',
  nodeVersion: '20',
  codeVersion: 'test',
  platform: 'linux-x64',
  device: 'cpu',
}

const envelopeOf = (run: Run) => ({
  version: 1 as const,
  tenantId: run.tenantId,
  runId: run.id,
  runKind: run.kind,
  attempt: 1,
  startedAt: '2026-03-02T10:00:00.000Z',
  finishedAt: '2026-03-02T10:00:01.500Z',
})

export const succeeded = (run: Run, output: object): RunResult =>
  RunResult.parse({ ...envelopeOf(run), outcome: 'succeeded', output, cost })

export const failed = (run: Run): RunResult =>
  RunResult.parse({
    ...envelopeOf(run),
    outcome: 'failed',
    error: { code: 'OUT_OF_MEMORY', message: 'No memory left.' },
  })

export const cancelled = (run: Run): RunResult => RunResult.parse({ ...envelopeOf(run), outcome: 'cancelled' })

/** What a worker would answer to a training task: weights whose digest is made from the run. */
export const trained = (run: Run): RunResult => {
  const task = Task.parse(run.task)
  const output: Omit<UnlearnOutput, 'kind' | 'forgetCount'> = {
    checkpoint: { weights: blobOf(`weights of ${run.id}`), state: blobOf(`state of ${run.id}`) },
    curve: [{ epoch: 1, loss: 2.5 }],
    trainCount: 3,
    provenance,
  }
  return succeeded(run, { kind: task.kind, ...output, ...(task.kind === 'unlearn' ? { forgetCount: 1 } : {}) })
}

const estimate = { value: 0.5, interval: [0.45, 0.55] as [number, number] }
const measuresOf = (label: string, role: 'before' | 'after') => ({
  label,
  role,
  method: null,
  membershipAuc: estimate,
  alignmentForget: estimate,
  alignmentHeldOut: estimate,
  knnAccuracy: estimate,
  forgettingScore: null,
  differenceInDifferences: null,
})

/** What a worker would answer to an audit task, with this verdict. */
export const audited = (run: Run, verdict: Verdict, policy = AuditPolicy.parse(taskPolicy(run))): RunResult => {
  const output: AuditOutput = {
    kind: 'audit',
    provenance,
    report: {
      version: 1,
      verdict,
      reasons: [{ code: 'AUC', message: 'The membership test still finds them.' }],
      policy,
      policyDigest: auditPolicyDigest(policy),
      sizes: { forget: 1, heldOut: 2, retain: 2 },
      requiredForgetSize: 1,
      tests: [
        {
          id: 'A4-residual-membership',
          optimisedFor: false,
          effect: estimate,
          p: 0.5,
          power: 0.9,
          outcome: 'met',
          detail: 'x',
        },
      ],
      models: [measuresOf('before', 'before'), measuresOf('after', 'after')],
      histograms: [],
      matrices: blobOf(`matrices of ${run.id}`),
      limits: ['weights-not-inspected'],
    },
  }
  return succeeded(run, output)
}

const taskPolicy = (run: Run): unknown => (run.task as { policy?: unknown }).policy
