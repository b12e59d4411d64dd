import { selectImages, type Samples, type TrainingRecipe } from '@lethe/domain'
import { viewsOnThisThread } from '@lethe/views'
import * as tf from '@tensorflow/tfjs'
import { captureState } from './checkpoint/capture-state.js'
import { rasterOf } from './checked-images.js'
import { frameworkOf } from './methods/framework-of.js'
import { pretrainingPhase } from './methods/training-phases.js'
import { createModel } from './model/create-model.js'
import { assertTrainable } from './pretrain.js'
import { stepsPerEpoch } from './training/batches.js'
import { gradientsOf, type StepGradients } from './training/gradients.js'
import { createOptimizer } from './training/optimizers/create-optimizer.js'
import { prepareStep } from './training/prepare-step.js'

/** What a training will take, found out by two steps on a few samples. */
export interface TrainingPlan {
  /** Numbers that are learned. */
  readonly parameters: number
  readonly stepsPerEpoch: number
  readonly steps: number
  /** Tensors at their peak on the present backend, extrapolated to the batch or chunk; without the process around them. */
  readonly tensorBytes: number
}

/** Matrices of the size of the logits that a step holds at once, forward and backward. */
const LOGITS_HELD = 6

/** @throws DomainError where this recipe cannot learn from these samples. */
export async function planTraining({
  recipe,
  images,
}: {
  recipe: TrainingRecipe
  images: Samples
}): Promise<TrainingPlan> {
  assertTrainable(recipe, images, 'images')
  const perEpoch = stepsPerEpoch(images.count, recipe.batchSize)
  const [low, high] = [await probe(recipe, images, 2), await probe(recipe, images, 4)]
  const perSample = (high.gradientBytes - low.gradientBytes) / 2
  const fixed = low.gradientBytes - 2 * perSample
  const atOnce = samplesAtOnce(recipe)
  // Chunk by chunk, the sum of the gradients stands beside those of the chunk in hand.
  const sums = atOnce < recipe.batchSize ? low.parameters * Float32Array.BYTES_PER_ELEMENT : 0
  const gradientBytes = fixed + perSample * atOnce + sums + logitBytes(recipe)
  return {
    parameters: low.parameters,
    stepsPerEpoch: perEpoch,
    steps: perEpoch * recipe.epochs,
    tensorBytes: Math.round(Math.max(gradientBytes, high.updateBytes) + queueBytes(recipe)),
  }
}

/** Samples whose activations a step holds at once. */
function samplesAtOnce({ framework, batchSize, chunkSize }: TrainingRecipe): number {
  const rowsPerSample = framework === 'simclr' ? 2 : 1
  const rows = rowsPerSample * batchSize
  return rows / Math.max(1, Math.ceil(rows / (chunkSize ?? rows))) / rowsPerSample
}

function logitBytes(recipe: TrainingRecipe): number {
  const n = recipe.batchSize
  const logits = { simclr: 4 * n * n, clip: 2 * n * n, moco: recipe.framework === 'moco' ? n * recipe.queueLength : 0 }
  return LOGITS_HELD * Float32Array.BYTES_PER_ELEMENT * logits[recipe.framework]
}

/** Keys and their tags, and the copy of the last good checkpoint. */
const queueBytes = (recipe: TrainingRecipe): number =>
  recipe.framework === 'moco' ? 2 * recipe.queueLength * 4 * (recipe.encoder.projection.output + 2) : 0

/** Peaks of one step on so many samples: the gradient's grows with them, the update's is that of the weights. */
interface Probe {
  readonly parameters: number
  readonly gradientBytes: number
  readonly updateBytes: number
}

async function probe(recipe: TrainingRecipe, images: Samples, samples: number): Promise<Probe> {
  const heldBefore = tf.memory().numBytes
  const few = fewOf(images, samples)
  const small = smallRecipe(recipe, samples)
  const model = createModel(small, rasterOf(images), recipe.seed)
  const optimizer = createOptimizer(model.trainable, small.optimizer)
  const captured = captureState(model, optimizer, { plan: '', epoch: 0, step: 0, curve: [], provenance: null })
  const views = viewsOnThisThread([few], recipe.views)
  try {
    const phase = pretrainingPhase(frameworkOf(small, model, [few]), samples, small, recipe.seed)
    const [step] = phase.steps(0)
    if (step === undefined) throw new Error('A probe has one step.')
    const prepared = await prepareStep(step, views, model.shape.raster, null)
    const taken: StepGradients[] = []
    // Every profile is the same object: what one says is gone with the next.
    const { peakBytes: gradientBytes } = await tf.profile(() => void taken.push(gradientsOf(model, prepared)))
    const { loss, gradients, key } = taken[0] as StepGradients
    const { peakBytes: updateBytes } = await tf.profile(() => optimizer.apply(gradients, phase.learningRate(0), 1))
    tf.dispose([loss, gradients, ...(key === null ? [] : [key])])
    return {
      parameters: [...model.trainable.values()].reduce((sum, { size }) => sum + size, 0),
      gradientBytes: gradientBytes - heldBefore,
      updateBytes: updateBytes - heldBefore,
    }
  } finally {
    captured.dispose()
    optimizer.dispose()
    model.dispose()
    await views.close()
  }
}

/** The first samples; over again where there are too few. */
function fewOf(images: Samples, count: number): Samples {
  const rows = Array.from({ length: count }, (_, row) => row % images.count)
  const { captions } = images
  return { ...selectImages(images, rows), captions: captions && rows.map((row) => captions[row] as string) }
}

const smallRecipe = (recipe: TrainingRecipe, batchSize: number): TrainingRecipe => ({
  ...recipe,
  ...(recipe.framework === 'moco' ? { queueLength: 2 * batchSize } : {}),
  batchSize,
  chunkSize: null,
  epochs: 1,
})
