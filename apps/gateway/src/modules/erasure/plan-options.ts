import { affectedVersions, type ModelVersion as VersionRow } from '@lethe/db'
import { type ErasureState, isFinal, type PredictedCost, UnlearningRecipe } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { LEAST_RETAINED } from './choose-actions.js'
import { recipeOf } from './default-recipes.js'
import type { ErasureRequest } from './erasure.types.js'
import { estimateCost, readHistory, type VersionHistory } from './estimate-cost.js'
import { costOf, type DevicePrice, readDevicePrice } from '../cost/device-price.js'
import { MethodEstimate, PlanAction, PlanOption } from './plan-option.types.js'

/** What can be done about each version that learned from a request's forget set, and what each method will take. */
export async function readPlanOptions({ db, tenantId }: Scope, request: ErasureRequest): Promise<PlanOption[]> {
  const plannable: readonly ErasureState[] = ['VERIFIED', 'PLANNED', 'BLOCKED']
  if (isFinal(request.state) || !plannable.includes(request.state)) return []
  const samples = await db.forgetSetSample.findMany({ where: { requestId: request.id }, select: { contentId: true } })
  const affected = await affectedVersions(db, { tenantId, contentIds: samples.map(({ contentId }) => contentId) })
  const price = await readDevicePrice(db, tenantId)
  return Promise.all(
    affected.map(async ({ modelVersionId, learnedCount }) => {
      const version = await db.modelVersion.findUniqueOrThrow({
        where: { tenantId_id: { tenantId, id: modelVersionId } },
      })
      const history = await readHistory(db, { version, learnedCount })
      const canTrain = history.retainCount >= LEAST_RETAINED
      return shape(PlanOption, {
        modelVersionId,
        learnedCount,
        retainedCount: history.retainCount,
        actions: canTrain
          ? [PlanAction.UNLEARN, PlanAction.RETRAIN, PlanAction.DESTROY, PlanAction.RETAIN]
          : [PlanAction.DESTROY, PlanAction.RETAIN],
        methods: canTrain ? methodsOf(version, history, price) : [],
      })
    }),
  )
}

function methodsOf(version: VersionRow, history: VersionHistory, price: DevicePrice | null): MethodEstimate[] {
  return UnlearningRecipe.options.map(({ shape: { method } }) => {
    const unlearning = recipeOf(method.value, version.recipe)
    const { estimate, retrainEstimateSeconds } = estimateCost(history, unlearning)
    return shape(MethodEstimate, {
      method: method.value,
      unlearning,
      ...timesOf(estimate),
      shareOfRetraining:
        estimate === null || retrainEstimateSeconds === null || retrainEstimateSeconds === 0
          ? null
          : estimate.wallSeconds / retrainEstimateSeconds,
      cost: estimate && costOf(estimate.wallSeconds, price),
    })
  })
}

const timesOf = (estimate: PredictedCost | null) => ({
  seconds: estimate?.wallSeconds ?? null,
  lowSeconds: estimate?.interval?.[0] ?? null,
  highSeconds: estimate?.interval?.[1] ?? null,
  level: estimate?.interval == null ? null : estimate.level,
  trainings: estimate?.trainings ?? 0,
})
