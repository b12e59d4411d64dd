import { createHash } from 'node:crypto'
import { auditPolicyDigest, requiredForgetSize, type AuditReport, type AuditTest, type Digest } from '@lethe/domain'
import type { AuditOptions, AuditResult } from '../audited-model.js'
import type { TestContext } from '../battery/test-context.js'
import { accuracyOf, type Correct } from '../battery/utility.js'
import { AUDIT_EPOCH, viewSeedOf } from '../challenge.js'
import { judge } from '../verdict.js'
import { histogramsOf } from './histograms.js'
import { matricesOf } from './matrices.js'
import { measure } from './measure.js'

/** What the run found besides what its context holds. */
export interface Findings {
  readonly tests: readonly AuditTest[]
  readonly correct: readonly (Correct | null)[]
  readonly furtherMatrices: ReadonlyMap<string, Float32Array>
  readonly overlap: NonNullable<AuditReport['overlap']>
  readonly asked: NonNullable<AuditReport['asked']>
}

export function writeReport(options: AuditOptions, context: TestContext, findings: Findings): AuditResult {
  const { policy, forget, heldOut, retain } = options
  const { before, after, references } = context
  const { tests, correct, overlap, asked } = findings
  const models = [before, after, ...references].map((examined, index) =>
    measure(examined, index === 0 ? null : before, accuracyOf(correct[index] ?? null, policy), policy),
  )
  const sizes = { forget: forget.images.count, heldOut: heldOut.images.count, retain: retain.images.count }
  const required = requiredForgetSize({ heldOutCount: sizes.heldOut, policy })
  const matrices = matricesOf(before, after, references, findings.furtherMatrices)
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
    tests: [...tests],
    models,
    histograms: histogramsOf(before, after),
    matrices: { digest: createHash('sha256').update(matrices).digest('hex') as Digest, size: matrices.length },
    limits: limitsOf(options, tests, correct),
    applied: context.policy,
    views: viewsOf(options),
    overlap,
    asked,
    ...(options.twins?.revealed === undefined ? {} : { coins: options.twins.revealed }),
  }
  return { report, matrices }
}

function viewsOf(options: AuditOptions): NonNullable<AuditReport['views']> {
  const { before, after, challenge, policy } = options
  const weightsDigests = [before, after].flatMap(({ attested }) => attested?.digest ?? [])
  return {
    seed: viewSeedOf(options),
    epoch: AUDIT_EPOCH,
    count: policy.views,
    challenge: challenge === undefined ? null : { weightsDigests, publicValue: challenge.publicValue },
  }
}

/** Stable codes of what this audit does not prove. */
function limitsOf(
  { before, after }: AuditOptions,
  tests: readonly AuditTest[],
  correct: readonly (Correct | null)[],
): string[] {
  const has = (id: AuditTest['id']) => tests.some((test) => test.id === id)
  const isBound = [before, after].every(({ attested }) => attested?.embed !== undefined)
  return [
    'provider-could-cheat',
    has('A4-feature-membership') ? 'few-membership-scores' : 'one-membership-score',
    ...(tests.some(({ optimisedFor }) => optimisedFor) ? ['tests-are-optimised-for'] : []),
    ...(has('A5-retrain-reference') ? [] : ['no-retrain-reference']),
    ...(correct.slice(0, 2).some((values) => values === null) ? ['utility-without-labels'] : []),
    ...(isBound ? [] : ['endpoint-not-bound-to-weights']),
    ...(has('A6-u-lira') || has('A8-recovery') ? ['measured-by-provider'] : []),
  ]
}
