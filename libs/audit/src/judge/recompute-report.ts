import {
  auditPolicyDigest,
  completePolicy,
  requiredForgetSize,
  sha256,
  type AuditReport,
  type AuditTest,
} from '@lethe/domain'
import { examine, type Audited, type TestContext } from '../battery/test-context.js'
import { accuracyOf } from '../battery/utility.js'
import { histogramsOf } from '../report/histograms.js'
import { matricesOf } from '../report/matrices.js'
import { measuresOf } from '../report/measures.js'
import { judge } from '../verdict.js'
import type { AuditData } from './audit-data.js'
import { readAuditData } from './audit-data-file.js'
import { runBattery } from './run-battery.js'

export interface Recomputed {
  readonly report: AuditReport
  /** Safetensors that `report.matrices` names by digest. */
  readonly matrices: Uint8Array
}

/**
 * The last stage of an audit, from the bytes that are kept: statistics, tests, verdict, matrices. Asks nobody, draws from the policy's
 * seed alone, and equal bytes give an equal report: an audit itself ends with this, and whoever checks it does the same.
 * @throws DomainError SAFETENSORS_* or AUDIT_DATA_INVALID
 */
export function recomputeReport(bytes: Uint8Array): Recomputed {
  const data = readAuditData(bytes)
  const { policy, sizes, overlap, asked, views, coins } = data
  const context = contextOf(data)
  const { before, after, references } = context
  const tests = runBattery(data, context)
  const models = [before, after, ...references].map((examined, index) =>
    measuresOf(examined, index === 0 ? null : before, accuracyOf(examined.utility, policy), policy),
  )
  const required = requiredForgetSize({ heldOutCount: sizes.heldOut, policy })
  const matrices = matricesOf(before, after, references, data.texts)
  const judgement = judge({
    tests,
    membershipBefore: models[0]?.membershipAuc ?? { value: 0.5, interval: null },
    requiredForgetSize: required,
    sizes,
    overlap,
    policy: context.policy,
  })
  const report: AuditReport = {
    version: 1,
    ...judgement,
    policy,
    policyDigest: auditPolicyDigest(policy),
    sizes,
    requiredForgetSize: required,
    tests,
    models,
    histograms: histogramsOf(before, after),
    matrices: { digest: sha256(matrices), size: matrices.length },
    data: { digest: sha256(bytes), size: bytes.length },
    limits: limitsOf(data, tests),
    applied: context.policy,
    views,
    overlap,
    asked,
    ...(coins === undefined ? {} : { coins }),
  }
  return { report, matrices }
}

function contextOf({ models, policy, method }: AuditData): TestContext {
  // That the first two have matrices was seen when the data were read.
  const [before, after, ...references] = models.map(examine) as [Audited, Audited, ...Audited[]]
  return { before, after, references, policy: completePolicy(policy), method }
}

/** Stable codes of what this audit does not prove. */
function limitsOf({ isBound, models }: AuditData, tests: readonly AuditTest[]): string[] {
  const has = (id: AuditTest['id']) => tests.some((test) => test.id === id)
  return [
    'provider-could-cheat',
    has('A4-feature-membership') ? 'few-membership-scores' : 'one-membership-score',
    ...(tests.some(({ optimisedFor }) => optimisedFor) ? ['tests-are-optimised-for'] : []),
    ...(has('A5-retrain-reference') ? [] : ['no-retrain-reference']),
    ...(models.slice(0, 2).some(({ utility }) => utility?.by !== 'labels') ? ['utility-without-labels'] : []),
    ...(isBound ? [] : ['endpoint-not-bound-to-weights']),
    ...(has('A6-u-lira') || has('A8-recovery') ? ['measured-by-provider'] : []),
  ]
}
