import { createHash } from 'node:crypto'
import { auditPolicyDigest, requiredForgetSize, type AuditReport, type AuditTest, type Digest } from '@lethe/domain'
import { refuse } from './audit-error.js'
import type { AuditedModel, AuditOptions, AuditResult, AuditSet } from './audited-model.js'
import { testAlignmentGap } from './battery/alignment-gap.js'
import { testBlindControl } from './battery/blind-control.js'
import { testEndpointIntegrity } from './battery/endpoint-integrity.js'
import { testDifferenceInDifferences, testForgettingScore } from './battery/forgetting-score.js'
import { runOptionalTests } from './battery/optional-tests.js'
import { testResidualMembership } from './battery/residual-membership.js'
import { testRetrainReference } from './battery/retrain-reference.js'
import type { Examined, TestContext } from './battery/test-context.js'
import { accuracyOf, classify, testUtility } from './battery/utility.js'
import { collectAnswers } from './probe/view-embeddings.js'
import { histogramsOf } from './report/histograms.js'
import { matricesOf } from './report/matrices.js'
import { examine, measure } from './report/measure.js'
import { judge } from './verdict.js'

/**
 * The whole battery through embeddings alone. Equal models, pictures and policy give an equal report.
 * @throws DomainError for sets or labels that cannot be audited; `signal.reason` on abort; whatever an endpoint throws.
 */
export async function runAudit(options: AuditOptions): Promise<AuditResult> {
  const models = [options.before, options.after, ...options.references]
  assertAuditable(options, models)
  const report = progressOf(options)
  const answers = await collectAnswers(models, options, (done, of) => report('embed', (0.7 * done) / of))
  const integrity = await probeEndpoints(
    options,
    answers.slice(0, 2).map(({ defect }) => defect),
  )
  report('utility', 0.75)
  const correct: (Float64Array | null)[] = []
  for (const [index, model] of models.entries()) {
    correct.push(await classify(model, options))
    report('utility', 0.75 + (0.15 * (index + 1)) / models.length)
  }
  const [before, after, ...references] = answers.map(examine) as [Examined, Examined, ...Examined[]]
  const context = { before, after, references, policy: options.policy, method: options.method }
  const optional = await runOptionalTests(options, answers)
  const tests = [
    integrity,
    ...membershipTests(context),
    testUtility(correct[0] ?? null, correct[1] ?? null, options.policy),
    testBlindControl(options.forget.images, options.heldOut.images, options.policy),
    ...optional.tests,
  ]
  const result = writeReport(options, context, tests, correct, optional.matrices)
  report('done', 1)
  return result
}

function progressOf({ onProgress, now }: AuditOptions): (phase: string, fraction: number) => void {
  const startMs = now()
  return (phase, fraction) => {
    const elapsedSeconds = (now() - startMs) / 1000
    onProgress?.({
      phase,
      fraction,
      etaSeconds: Math.max(0, (elapsedSeconds * (1 - fraction)) / Math.max(fraction, 1e-9)),
    })
  }
}

function assertAuditable({ forget, heldOut, retain, twins }: AuditOptions, models: readonly AuditedModel[]): void {
  assertSet(forget, 'forget')
  assertSet(heldOut, 'heldOut')
  assertSet(retain, 'retain')
  if (twins && twins.members.count !== twins.twins.count)
    refuse('AUDIT_SET_INVALID', 'Every picture that was trained on needs its one twin.', 'twins')
  const labels = models.map(({ role, label }) => `${role}-${label}`)
  if (new Set(labels).size < labels.length)
    refuse('AUDIT_LABEL_TAKEN', 'Two audited models have one role and label; give each its own.', 'references')
}

function assertSet({ images, labels, captions }: AuditSet, field: string): void {
  if (images.count < 2) refuse('AUDIT_SET_INVALID', 'Each set of an audit needs two or more pictures.', field)
  if (images.data.length !== images.count * images.height * images.width * images.channels)
    refuse('AUDIT_SET_INVALID', 'The bytes of this set do not match its size.', field)
  if (labels !== null && labels.length !== images.count)
    refuse('AUDIT_SET_INVALID', `There are ${labels.length} labels for ${images.count} pictures.`, `${field}.labels`)
  if (captions && captions.length !== images.count)
    refuse('AUDIT_SET_INVALID', `There are ${captions.length} texts for ${images.count} pictures.`, `${field}.captions`)
}

/** A0 of the models before and after; the first that fails speaks for both. */
async function probeEndpoints(options: AuditOptions, defects: readonly (string | null)[]): Promise<AuditTest> {
  const after = await testEndpointIntegrity(options.after, options, defects[1] ?? null)
  if (after.outcome !== 'met') return after
  const before = await testEndpointIntegrity(options.before, options, defects[0] ?? null)
  return before.outcome === 'met' ? after : before
}

function membershipTests(context: TestContext): AuditTest[] {
  const reference = testRetrainReference(context)
  return [
    testForgettingScore(context),
    testDifferenceInDifferences(context),
    testAlignmentGap(context),
    testResidualMembership(context),
    ...(reference === null ? [] : [reference]),
  ]
}

function writeReport(
  { policy, forget, heldOut, retain }: AuditOptions,
  { before, after, references }: TestContext,
  tests: AuditTest[],
  correct: readonly (Float64Array | null)[],
  furtherMatrices: ReadonlyMap<string, Float32Array>,
): AuditResult {
  const all = [before, after, ...references]
  const models = all.map((examined, index) =>
    measure(examined, index === 0 ? null : before, accuracyOf(correct[index] ?? null, policy), policy),
  )
  const sizes = { forget: forget.images.count, heldOut: heldOut.images.count, retain: retain.images.count }
  const required = requiredForgetSize({ heldOutCount: sizes.heldOut, policy })
  const matrices = matricesOf(before, after, references, furtherMatrices)
  const judgement = judge({
    tests,
    membershipBefore: models[0]?.membershipAuc ?? { value: 0.5, interval: null },
    requiredForgetSize: required,
    forgetCount: sizes.forget,
    policy,
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
    matrices: { digest: createHash('sha256').update(matrices).digest('hex') as Digest, size: matrices.length },
    limits: limitsOf(tests, correct),
  }
  return { report, matrices }
}

/** Stable codes of what this audit does not prove. */
function limitsOf(tests: readonly AuditTest[], correct: readonly (Float64Array | null)[]): string[] {
  const hasRetrain = tests.some(({ id }) => id === 'A5-retrain-reference')
  return [
    'provider-could-cheat',
    'one-membership-score',
    ...(tests.some(({ optimisedFor }) => optimisedFor) ? ['tests-are-optimised-for'] : []),
    ...(hasRetrain ? [] : ['no-retrain-reference']),
    ...(correct.some((values) => values === null) ? ['utility-not-measured'] : []),
  ]
}
