import type { Samples, TrainingRecipe, UnlearningRecipe } from '@lethe/domain'
import { planOf } from '../checkpoint/training-state.js'
import { parseCheckpoint, readWeights, type Weights } from '../checkpoint/weights-file.js'
import { assertCaptions, assertImages, assertRaster, fingerprint, fingerprintOf } from '../checked-images.js'
import { refuse } from '../learning-error.js'
import { sampleTags } from '../methods/sample-tags.js'
import { assertMomentumState, createModel, modelFrom, shapeOf } from '../model/create-model.js'
import { assertTrainable } from '../pretrain.js'
import { runPhases, type ResumableRun, type TrainingResult, type Workbench } from '../run-phases.js'
import { purgeQueue, renewMomentum } from './cleanse-queue.js'
import { phasesOf } from './phases-of.js'
import { recalibrateStatistics, type RetainViews } from './recalibrate-statistics.js'
import { suppressOutputs } from './suppress-outputs.js'

export interface UnlearnOptions extends ResumableRun {
  /** How the parent was trained. */
  readonly recipe: TrainingRecipe
  readonly unlearning: UnlearningRecipe
  /** MoCo also needs the state, which holds its queue and momentum encoder. */
  readonly parent: { readonly weights: Uint8Array; readonly state?: Uint8Array | undefined }
  readonly retain: Samples
  readonly forget: Samples
}

/**
 * Makes a checkpoint forget. All methods but retraining and output suppression start from the parent and end by
 * recalibrating the running statistics on retain data alone.
 * @throws DomainError before anything is computed where the input cannot work; TrainingDiverged; `signal.reason`.
 */
export async function unlearn(options: UnlearnOptions): Promise<TrainingResult> {
  const { recipe, unlearning, retain, forget } = options
  assertSets(options)
  const parent = readWeights(options.parent.weights, 'parent')
  assertParent(parent, options)
  assertNoneInBoth(retain, forget)
  if (unlearning.method === 'output-suppression') return suppressOutputs(options)
  const isRetrain = unlearning.method === 'retrain'
  const { seed } = unlearning
  const retainViews = ({ views }: Workbench): RetainViews => ({
    views,
    count: retain.count,
    raster: parent.raster,
    seed,
    signal: options.signal,
  })
  return runPhases({
    ...options,
    sets: [retain, forget],
    plan: planOf({
      kind: 'unlearn',
      recipe,
      unlearning,
      // Retraining takes nothing of the parent but the size of its pictures.
      parent: isRetrain ? null : fingerprintOf(options.parent.weights),
      retain: fingerprint(retain),
      forget: fingerprint(forget),
    }),
    start: () => (isRetrain ? createModel(recipe, parent.raster, seed) : modelFrom(parent, recipe, stateOf(options))),
    phasesOf: (framework) => phasesOf(framework, { retain: retain.count, forget: forget.count }, recipe, unlearning),
    ...(isRetrain
      ? {}
      : {
          prepare: (bench) => purgeQueue(bench.model, forget, retain, retainViews(bench)),
          finish: async (bench) => {
            await recalibrateStatistics(bench.model.image, recipe, retainViews(bench))
            await renewMomentum(bench.model, retain, retainViews(bench))
          },
        }),
  })
}

const stateOf = ({ parent }: UnlearnOptions) =>
  parent.state === undefined ? null : parseCheckpoint(parent.state, 'parent.state')

const needsTwo: readonly UnlearningRecipe['method'][] = ['alignment-calibration', 'gradient-ascent']

function assertSets({ recipe, unlearning, retain, forget }: UnlearnOptions): void {
  assertImages(retain, 'retain')
  assertImages(forget, 'forget')
  if (forget.count === 0) refuse('FORGET_SET_EMPTY', 'There is nothing to forget; name at least one picture.', 'forget')
  if (retain.count === 0)
    refuse('RETAIN_SET_EMPTY', 'Everything would be forgotten; delete the model instead of unlearning.', 'retain')
  if (needsTwo.includes(unlearning.method) && forget.count < 2)
    refuse('FORGET_SET_TOO_SMALL', 'This method contrasts pictures to forget with each other; use retrain.', 'forget')
  assertRaster(forget, retain, 'forget')
  if (recipe.framework === 'clip') assertCaptions(forget, 'forget')
  assertTrainable(recipe, retain, 'retain')
}

/** What is kept and forgotten at once is not forgotten. */
function assertNoneInBoth(retain: Samples, forget: Samples): void {
  const keysOf = (tags: Int32Array) =>
    Array.from({ length: tags.length / 2 }, (_, n) => `${tags[2 * n] as number}.${tags[2 * n + 1] as number}`)
  const kept = new Set(keysOf(sampleTags(retain)))
  const both = keysOf(sampleTags(forget)).filter((key) => kept.has(key)).length
  if (both > 0)
    refuse(
      'DUPLICATE_ACROSS_SETS',
      `${both} of the pictures to forget ${both === 1 ? 'has an equal' : 'have equals'} among those kept; put all copies into the forget set.`,
      'forget',
    )
}

function assertParent(parent: Weights, options: UnlearnOptions): void {
  const { recipe, retain } = options
  const wanted = shapeOf(recipe, parent.raster)
  if (planOf({ encoder: parent.encoder, text: parent.text }) !== planOf({ encoder: wanted.encoder, text: wanted.text }))
    refuse('CHECKPOINT_MISMATCH', 'The parent has another architecture than recipe.encoder names.', 'recipe.encoder')
  assertRaster(retain, parent.raster, 'retain')
  const state = stateOf(options)
  if (recipe.framework === 'moco' && state?.tensors.has('queue.keys') === true)
    assertMomentumState(state, parent, recipe, 'parent.state')
}
