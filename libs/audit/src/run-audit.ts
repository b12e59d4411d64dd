import { completePolicy, randomStream, selectImages, shuffledIndices, type AuditTest } from '@lethe/domain'
import { assertAuditable } from './assert-auditable.js'
import type { AuditOptions, AuditResult } from './audited-model.js'
import { testAlignmentGap } from './battery/alignment-gap.js'
import { testBlindControl } from './battery/blind-control.js'
import { testEndpointIntegrity } from './battery/endpoint-integrity.js'
import { testFeatureMembership } from './battery/feature-membership.js'
import { testDifferenceInDifferences, testForgettingScore } from './battery/forgetting-score.js'
import { shareAlpha } from './battery/membership-family.js'
import { testNeighbours } from './battery/neighbours.js'
import { runOptionalTests } from './battery/optional-tests.js'
import { testResidualMembership } from './battery/residual-membership.js'
import { testRetrainReference } from './battery/retrain-reference.js'
import { countShared } from './battery/set-overlap.js'
import type { Examined, TestContext } from './battery/test-context.js'
import { classify, findViews, testUtility, type Correct } from './battery/utility.js'
import { guardEndpoint, type GuardedModel } from './endpoint/guard-endpoint.js'
import type { Answers } from './probe/ask.js'
import { collectViews, embedPlain, type ModelAnswers, type QuestionSet } from './probe/view-embeddings.js'
import { meterOf } from './progress.js'
import { isAudited, memberCount, picturesIn, questionsOf } from './questions.js'
import { examine } from './report/measure.js'
import { writeReport } from './report/write-report.js'

/**
 * The whole battery through embeddings alone. Equal models, pictures and policy give an equal report. An endpoint that fails with an
 * `EndpointFault` is a reason in the report, and what was measured before it failed stays in there.
 * @throws DomainError for sets or labels that cannot be audited; `signal.reason` on abort; whatever else an endpoint throws.
 */
export async function runAudit(given: AuditOptions): Promise<AuditResult> {
  assertAuditable(given, [given.before, given.after, ...given.references])
  const { options, models, meter } = guard(given)
  const answers = await askAboutMembership(models, options)
  meter.enter('utility')
  const plain: (PlainAnswers | null)[] = []
  for (const model of models) plain.push(await askPlain(model, options))
  const integrity = await probeEndpoints(
    models,
    options,
    answers.map((own, index) => withPlainDefect(own, plain[index])),
  )
  const optional = await runOptionalTests(options, answers)
  meter.enter('statistics')
  const { policy: frozen, method, forget, heldOut, retain } = options
  const policy = completePolicy(frozen)
  const [before, after, ...references] = withCommonViews(answers).map(examine) as [Examined, Examined, ...Examined[]]
  const context: TestContext = { before, after, references, policy, method, furtherAccusations: optional.accusations }
  const correct = plain.map((sets) => classifyPlain(sets, options))
  const measured = [
    ...membershipTests(context),
    ...utilityTests(context, plain, correct),
    testBlindControl(forget.images, heldOut.images, policy),
    ...optional.tests.map((test) => shareAlpha(test, context)),
  ]
  const result = writeReport(options, context, {
    tests: [integrity, ...(isIncomplete(answers) ? measured.map(asIncomplete) : measured)],
    correct,
    furtherMatrices: optional.matrices,
    overlap: {
      heldOut: countShared(forget.images, heldOut.images),
      retain: countShared(forget.images, retain.images),
    },
    asked: models.map((model) => ({ role: model.role, label: model.label, ...model.asked() })),
  })
  meter.enter('done')
  return result
}

function guard(given: AuditOptions) {
  const { forget, heldOut, retain, policy, store } = given
  const sizes = {
    forget: forget.images.count,
    heldOut: heldOut.images.count,
    retain: retain.images.count,
    views: policy.views,
    hasLabels: heldOut.labels !== null && retain.labels !== null,
  }
  const models = [given.before, given.after, ...given.references]
  const planned = models.reduce(
    (sum, { role, embedFeatures, attested }) =>
      sum + picturesIn(questionsOf({ role, hasFeatures: !!embedFeatures, isAttested: !!attested?.embed }, sizes)),
    0,
  )
  const meter = meterOf(given, planned)
  const { height, width, channels } = forget.images
  const guarded = models.map((model) =>
    guardEndpoint(model, { store, pictureSize: height * width * channels, onAnswered: meter.onAnswered }),
  )
  const [before, after, ...references] = guarded as [GuardedModel, GuardedModel, ...GuardedModel[]]
  return { options: { ...given, before, after, references }, models: guarded, meter }
}

/** Some retained pictures are asked about too: known members. */
function askAboutMembership(models: readonly GuardedModel[], options: AuditOptions): Promise<ModelAnswers[]> {
  const { forget, heldOut, retain, policy } = options
  const count = memberCount({ retain: retain.images.count })
  const rows = shuffledIndices(retain.images.count, randomStream(policy.seed, 0)).slice(0, count)
  const asked = { forget: forget.images, heldOut: heldOut.images }
  const sets = count > 0 ? { ...asked, members: selectImages(retain.images, rows) } : asked
  const questioned = models.map((model) => ({
    model,
    sets: Object.keys(sets) as QuestionSet[],
    withFeatures: isAudited(model) && model.embedFeatures !== undefined,
  }))
  return collectViews(questioned, sets, options)
}

/** What was wrong with plain answers counts where nothing else was. */
function withPlainDefect(answers: ModelAnswers, plain: PlainAnswers | null | undefined): ModelAnswers {
  const own = [plain?.retain, plain?.heldOut, plain?.forget].filter((part) => part != null)
  const broken = own.find(({ defect }) => defect !== null)
  if (answers.defect !== null || broken === undefined) return answers
  return { ...answers, defect: broken.defect, code: broken.code }
}

/** A0 of the models before and after; the first that fails speaks for both. */
async function probeEndpoints(
  [before, after]: readonly GuardedModel[],
  options: AuditOptions,
  answers: readonly ModelAnswers[],
): Promise<AuditTest> {
  const ofAfter = await testEndpointIntegrity(after as GuardedModel, options, answers[1] as ModelAnswers)
  if (ofAfter.outcome !== 'met') return ofAfter
  const ofBefore = await testEndpointIntegrity(before as GuardedModel, options, answers[0] as ModelAnswers)
  return ofBefore.outcome === 'met' ? ofAfter : ofBefore
}

interface PlainAnswers {
  readonly forget: Answers | null
  readonly heldOut: Answers
  readonly retain: Answers
}

/** Pictures as they are; of models that are shown beside only where there are labels to judge by. */
async function askPlain(model: GuardedModel, options: AuditOptions): Promise<PlainAnswers | null> {
  const { forget, heldOut, retain, signal } = options
  const audited = isAudited(model)
  if (!audited && (heldOut.labels === null || retain.labels === null)) return null
  return {
    retain: await embedPlain(model, retain.images, signal),
    heldOut: await embedPlain(model, heldOut.images, signal),
    forget: audited ? await embedPlain(model, forget.images, signal) : null,
  }
}

function classifyPlain(plain: PlainAnswers | null, { heldOut, retain }: AuditOptions): Correct | null {
  if (plain === null || heldOut.labels === null || retain.labels === null) return null
  return classify(plain, { heldOut: heldOut.labels, retain: retain.labels })
}

/** Before and after are compared view by view: a view counts that both answered whole. */
function withCommonViews(answers: readonly ModelAnswers[]): ModelAnswers[] {
  const [before, after] = answers
  const common = (before?.wholeViews ?? []).filter((view) => after?.wholeViews?.includes(view))
  return answers.map((own, index) => (index < 2 ? { ...own, wholeViews: common } : own))
}

const isIncomplete = (answers: readonly ModelAnswers[]): boolean =>
  answers.slice(0, 2).some(({ defect }) => defect !== null)

/** What was measured on part of the answers shows what was seen, and decides nothing. */
const asIncomplete = (test: AuditTest): AuditTest =>
  test.id === 'blind-control' || test.outcome === 'informative'
    ? test
    : { ...test, outcome: 'inconclusive', detail: `Measured on incomplete answers. ${test.detail}` }

function membershipTests(context: TestContext): AuditTest[] {
  return [
    testForgettingScore(context),
    testDifferenceInDifferences(context),
    testAlignmentGap(context),
    testResidualMembership(context),
    testFeatureMembership(context),
    testRetrainReference(context),
  ].filter((test) => test !== null)
}

function utilityTests(
  { before, after, policy }: TestContext,
  [plainBefore, plainAfter]: readonly (PlainAnswers | null)[],
  [correctBefore, correctAfter]: readonly (Correct | null)[],
): AuditTest[] {
  const utility =
    correctBefore && correctAfter
      ? testUtility(correctBefore, correctAfter, policy)
      : testUtility(findViews(before.utilityViews), findViews(after.utilityViews), policy)
  const [first, second] = [plainBefore, plainAfter].map((plain) =>
    plain?.forget ? { ...plain, forget: plain.forget } : null,
  )
  const neighbours = first && second ? testNeighbours(first, second, policy) : null
  return neighbours === null ? [utility] : [utility, neighbours]
}
