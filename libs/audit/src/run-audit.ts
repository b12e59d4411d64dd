import { randomStream, selectImages, shuffledIndices } from '@lethe/domain'
import { assertAuditable } from './assert-auditable.js'
import type { AuditOptions, AuditResult } from './audited-model.js'
import { scoreBlindly } from './battery/blind-control.js'
import { measureNeighbours } from './battery/neighbours.js'
import { countShared } from './battery/set-overlap.js'
import { AUDIT_EPOCH, viewSeedOf } from './challenge.js'
import { guardEndpoint, type GuardedModel } from './endpoint/guard-endpoint.js'
import type { AuditData } from './judge/audit-data.js'
import { serializeAuditData } from './judge/audit-data-file.js'
import { recomputeReport } from './judge/recompute-report.js'
import { measureCoins } from './measure/measure-coins.js'
import { measureEndpoints } from './measure/measure-endpoint.js'
import { measureModel } from './measure/measure-model.js'
import { measureTexts } from './measure/measure-texts.js'
import { askPlain, correctOf, type PlainAnswers } from './measure/plain-answers.js'
import { collectViews, type ModelAnswers, type QuestionSet } from './probe/view-embeddings.js'
import { meterOf } from './progress.js'
import { isAudited, memberCount, picturesIn, questionsOf } from './questions.js'

/**
 * The whole battery through embeddings alone. Equal models, pictures and policy give an equal report. An endpoint that fails with an
 * `EndpointFault` is a reason in the report, and what was measured before it failed stays in there. Whatever is asked ends in `data`,
 * and the report is computed from those bytes.
 * @throws DomainError for sets or labels that cannot be audited; `signal.reason` on abort; whatever else an endpoint throws.
 */
export async function runAudit(given: AuditOptions): Promise<AuditResult> {
  assertAuditable(given, [given.before, given.after, ...given.references])
  const { options, models, meter } = guard(given)
  const answers = await askAboutMembership(models, options)
  meter.enter('utility')
  const plain: (PlainAnswers | null)[] = []
  for (const model of models) plain.push(await askPlain(model, options))
  const endpoints = await measureEndpoints(
    models,
    options,
    answers.map((own, index) => withPlainDefect(own, plain[index])),
  )
  const coins = await measureCoins(options)
  const texts = await measureTexts(options, answers)
  meter.enter('statistics')
  const data: AuditData = {
    ...about(options, models),
    models: measureModels(answers, plain, options),
    isIncomplete: answers.slice(0, 2).some(({ defect }) => defect !== null),
    endpoints,
    blind: scoreBlindly(options.forget.images, options.heldOut.images, options.policy),
    neighbours: neighboursOf(plain),
    ...coins,
    texts,
  }
  const bytes = serializeAuditData(data)
  const result = { ...recomputeReport(bytes), data: bytes }
  meter.enter('done')
  return result
}

/** What was audited, and how. */
function about(options: AuditOptions, models: readonly GuardedModel[]) {
  const { before, after, policy, method, forget, heldOut, retain, challenge, laboratory } = options
  const weightsDigests = [before, after].flatMap(({ attested }) => attested?.digest ?? [])
  return {
    policy,
    method,
    sizes: { forget: forget.images.count, heldOut: heldOut.images.count, retain: retain.images.count },
    isBound: [before, after].every(({ attested }) => attested?.embed !== undefined),
    overlap: {
      heldOut: countShared(forget.images, heldOut.images),
      retain: countShared(forget.images, retain.images),
    },
    asked: models.map((model) => ({ role: model.role, label: model.label, ...model.asked() })),
    views: {
      seed: viewSeedOf(options),
      epoch: AUDIT_EPOCH,
      count: policy.views,
      challenge: challenge === undefined ? null : { weightsDigests, publicValue: challenge.publicValue },
    },
    recovery: laboratory?.recovery ?? null,
    shadows: laboratory?.shadows ?? null,
    coins: options.twins?.revealed,
  }
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

/** Before and after are judged by labels where both can be, by views of held-out pictures otherwise. */
function measureModels(
  answers: readonly ModelAnswers[],
  plain: readonly (PlainAnswers | null)[],
  { heldOut, retain }: AuditOptions,
): AuditData['models'] {
  const common = withCommonViews(answers)
  const labels = { heldOut: heldOut.labels, retain: retain.labels }
  return common.map((own, index) => measureModel(own, correctOf(own, plain[index] ?? null, labels)))
}

/** Before and after are compared view by view: a view counts that both answered whole. */
function withCommonViews(answers: readonly ModelAnswers[]): ModelAnswers[] {
  const [before, after] = answers
  const common = (before?.wholeViews ?? []).filter((view) => after?.wholeViews?.includes(view))
  return answers.map((own, index) => (index < 2 ? { ...own, wholeViews: common } : own))
}

function neighboursOf([before, after]: readonly (PlainAnswers | null)[]): AuditData['neighbours'] {
  if (!before?.forget || !after?.forget) return null
  return measureNeighbours({ ...before, forget: before.forget }, { ...after, forget: after.forget })
}
