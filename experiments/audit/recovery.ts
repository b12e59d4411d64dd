import { testRecovery, type RecoveryCurve } from '@lethe/audit'
import type { AuditTest, UnlearningMethod } from '@lethe/domain'
import { drawRecoveryCurve, type RecoveryPlan } from '@lethe/engine'
import { endpointOf, viewsOf } from './black-box.js'
import { scoresOf, type Laboratory } from './controls.js'
import type { TrainedModel } from './train-models.js'

/** Of each start, which several models are compared with. */
const curves = new WeakMap<TrainedModel, Promise<RecoveryCurve>>()

/** A8 of a model, by the curves that the engine draws where it holds the weights. */
export async function measureControlRecovery(
  lab: Laboratory,
  unlearned: TrainedModel,
  method: UnlearningMethod,
): Promise<AuditTest> {
  const others = lab.retrained.filter((checkpoint) => checkpoint !== unlearned)
  const retrained: RecoveryCurve[] = []
  for (const checkpoint of others) retrained.push(await curveOf(lab, checkpoint))
  return testRecovery({
    original: await scoresOf(lab, endpointOf(lab.original.weights)),
    unlearned: await curveOf(lab, unlearned),
    retrained,
    policy: lab.policy,
    method,
  })
}

function curveOf(lab: Laboratory, start: TrainedModel): Promise<RecoveryCurve> {
  const { world, recipe, policy } = lab
  const plan: RecoveryPlan = {
    recipe,
    original: lab.original.weights,
    unlearned: start.weights,
    retrained: [],
    retain: { ...world.retain.images, captions: world.retain.captions },
    forget: { ...world.forget.images, captions: world.forget.captions },
    heldOut: world.heldOut.images,
    drawViews: viewsOf(recipe),
    policy,
    control: { signal: new AbortController().signal, now: () => performance.now() },
  }
  const curve = curves.get(start) ?? drawRecoveryCurve(start.weights, plan)
  curves.set(start, curve)
  return curve
}
