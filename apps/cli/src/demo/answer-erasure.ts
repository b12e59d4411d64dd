import { DomainError, isSettled } from '@lethe/domain'
import { openCase } from './api/access-api.js'
import { changeErasure, findErasure, readErasure, type ErasureRequest } from './api/erasure-api.js'
import type { Run } from './api/run-api.js'
import { pause, watchRun } from './follow-run.js'
import type { GatewayClient } from './gateway-client.js'
import type { Cast } from './people.js'
import type { Scenario } from './scenario.js'
import type { DemoView } from './view/demo-view.js'

const pollMs = 500

/** Raises the request if it is not there yet, and takes every step that is due until nothing is left to do. */
export async function answerErasure(cast: Cast, scenario: Scenario, view: DemoView): Promise<ErasureRequest> {
  const found = await findErasure(cast.as.data_owner, scenario.forgetOwner)
  const raised = found ?? (await raise(cast, scenario))
  view.note(`Request no. ${raised.number} by ${scenario.forgetOwner}: ${raised.forgetCount} pictures`)
  await openCase(cast.as.privacy_officer, cast.as.auditor, raised.id)
  const followed = new Map<string, Promise<Run>>()
  for (;;) {
    const request = await readErasure(cast.as.privacy_officer, raised.id)
    followRuns(cast.as.engineer, view, request, followed)
    if (isOver(request)) {
      await Promise.all(followed.values())
      return request
    }
    if (!(await takeStep(cast, scenario, view, request))) await pause(pollMs)
  }
}

const raise = (cast: Cast, scenario: Scenario): Promise<ErasureRequest> =>
  changeErasure(cast.as.data_owner, 'requestErasure', {
    idempotencyKey: `demo-${scenario.name}-request`,
    selection: { subjectKey: scenario.forgetOwner },
    ground: scenario.ground,
  })

/** @returns whether something was done. Each step has a key of its own, so that doing it twice does it once. */
async function takeStep(cast: Cast, scenario: Scenario, view: DemoView, request: ErasureRequest): Promise<boolean> {
  const erasureRequestId = request.id
  const idempotencyKey = `demo-${request.id}-${request.state}`
  switch (request.state) {
    case 'RECEIVED':
      await changeErasure(cast.as.privacy_officer, 'verifyIdentity', {
        idempotencyKey,
        erasureRequestId,
        reason: 'Signed in with the account that contributed the pictures.',
      })
      view.note('The privacy officer confirmed who is asking')
      return true
    case 'VERIFIED':
      await changeErasure(cast.as.privacy_officer, 'planErasure', {
        idempotencyKey,
        erasureRequestId,
        unlearning: scenario.unlearning,
        comparisons: scenario.comparisons,
        policy: scenario.policy,
      })
      view.note('Plan and audit policy are on record, before anything runs')
      return true
    case 'PLANNED':
      for (const role of ['tenant_owner', 'privacy_officer'] as const)
        await changeErasure(cast.as[role], 'approveErasure', {
          idempotencyKey: `${idempotencyKey}-${role}`,
          erasureRequestId,
          planDigest: request.planDigest,
        })
      view.note('Two people approved the plan')
      return true
    default:
      return false
  }
}

/** @throws DomainError when the request stopped before an audit could say anything. */
function isOver({ state, stateReason, audits, runs }: ErasureRequest): boolean {
  if (state === 'FULFILLED') return true
  const isStopped = state === 'BLOCKED' || state === 'REJECTED' || state === 'WITHDRAWN'
  if (!isStopped || runs.some((run) => !isSettled(run.state))) return false
  if (audits.length > 0) return true
  const failed = runs.find((run) => run.state === 'FAILED')?.failure
  throw new DomainError(
    failed?.code ?? `ERASURE_${state}`,
    `The request is ${state}: ${failed?.message ?? stateReason ?? ''}`,
  )
}

const labels: Readonly<Record<string, string>> = {
  'alignment-calibration': 'Alignment Calibration',
  'fine-tune': 'Fine-tuning, to compare',
  retrain: 'Retraining, to compare',
}

const kindLabels: Readonly<Record<string, string>> = { audit: 'Audit', redact: 'Pictures cut out of the dataset' }

export const methodLabel = (method: string | null): string => labels[method ?? ''] ?? method ?? 'original'

function followRuns(
  client: GatewayClient,
  view: DemoView,
  request: ErasureRequest,
  followed: Map<string, Promise<Run>>,
): void {
  for (const run of request.runs) {
    if (followed.has(run.id) || run.state === 'QUEUED') continue
    const label = kindLabels[run.kind] ?? methodLabel(run.method)
    const watching = watchRun(client, view, run.id, label)
    // Read when the request is over; until then a failure must not end the process.
    watching.catch(() => undefined)
    followed.set(run.id, watching)
  }
}
