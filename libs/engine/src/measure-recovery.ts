import { scoreSets, type AuditOptions, type RecoveryCurve, type RecoveryCurves, type SetScores } from '@lethe/audit'
import type { AuditPolicy, PackedImages, Samples, TrainingRecipe } from '@lethe/domain'
import { loadEmbedder, unlearn, type RunControl } from '@lethe/learning'

/** A8 needs weights, so the engine measures it where it has them. */
export interface RecoveryPlan {
  readonly recipe: TrainingRecipe
  readonly original: Uint8Array
  readonly unlearned: Uint8Array
  /** Models that never saw the forget set. */
  readonly retrained: readonly Uint8Array[]
  readonly retain: Samples
  readonly forget: Samples
  readonly heldOut: PackedImages
  readonly drawViews: AuditOptions['drawViews']
  readonly policy: AuditPolicy
  readonly control: Pick<RunControl, 'signal' | 'now' | 'views'>
}

/** Epochs of fine-tuning on retained data after each of which is looked. */
const EPOCHS = 5
/** Share of the peak rate of training at which unlearning methods go, too. */
const RATE_SHARE = 1 / 6

/** How fast each model, fine-tuned on retained data alone, finds its way back to what is to be forgotten. */
export async function measureRecovery(plan: RecoveryPlan): Promise<RecoveryCurves> {
  const retrained: RecoveryCurve[] = []
  for (const weights of plan.retrained) retrained.push(await drawRecoveryCurve(weights, plan))
  return {
    original: await scoresOf(plan.original, plan),
    unlearned: await drawRecoveryCurve(plan.unlearned, plan),
    retrained,
  }
}

/** Scores before, and after each epoch; every model sees the same batches and views. */
export async function drawRecoveryCurve(start: Uint8Array, plan: RecoveryPlan): Promise<RecoveryCurve> {
  const curve = [await scoresOf(start, plan)]
  for (let epochs = 1; epochs <= EPOCHS; epochs++) curve.push(await scoresOf(await fineTune(start, epochs, plan), plan))
  return curve
}

async function fineTune(weights: Uint8Array, epochs: number, plan: RecoveryPlan): Promise<Uint8Array> {
  const { recipe, retain, forget, policy } = plan
  // Its progress and its checkpoints are nobody's.
  const { signal, now, views } = plan.control
  const learningRate = recipe.optimizer.learningRate * RATE_SHARE
  const unlearning = { method: 'fine-tune', epochs, learningRate, seed: policy.seed } as const
  const { checkpoint } = await unlearn({ recipe, unlearning, parent: { weights }, retain, forget, signal, now, views })
  return checkpoint.weights
}

async function scoresOf(weights: Uint8Array, plan: RecoveryPlan): Promise<SetScores> {
  const embedder = loadEmbedder(weights)
  try {
    return await scoreSets((images) => embedder.embed(images, 'projection'), plan, {
      ...plan,
      signal: plan.control.signal,
    })
  } finally {
    embedder.dispose()
  }
}
