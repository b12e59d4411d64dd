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
  const gradientBytes = peakAt(samplesAtOnce(recipe), low, high) + batchBytes(recipe)
  return {
    parameters: low.parameters,
    stepsPerEpoch: perEpoch,
    steps: perEpoch * recipe.epochs,
    tensorBytes: Math.round(Math.max(gradientBytes, high.updateBytes) + queueBytes(recipe)),
  }
}

const rowsPerSample = ({ framework }: TrainingRecipe): number => (framework === 'simclr' ? 2 : 1)

const isChunked = (recipe: TrainingRecipe): boolean =>
  recipe.chunkSize !== null && recipe.chunkSize < rowsPerSample(recipe) * recipe.batchSize

/** Samples whose activations a step holds at once. */
function samplesAtOnce(recipe: TrainingRecipe): number {
  const rows = rowsPerSample(recipe) * recipe.batchSize
  return rows / Math.max(1, Math.ceil(rows / (recipe.chunkSize ?? rows))) / rowsPerSample(recipe)
}

/** What grows with the batch whatever the chunk: logits, projections and their gradient. */
function batchBytes(recipe: TrainingRecipe): number {
  const n = recipe.batchSize
  const logits = { simclr: 4 * n * n, clip: 2 * n * n, moco: recipe.framework === 'moco' ? n * recipe.queueLength : 0 }
  const projections = isChunked(recipe) ? 4 * n * recipe.encoder.projection.output : 0
  return Float32Array.BYTES_PER_ELEMENT * (LOGITS_HELD * logits[recipe.framework] + projections)
}

/** Keys and their tags, and the copy of the last good checkpoint. */
const queueBytes = (recipe: TrainingRecipe): number =>
  recipe.framework === 'moco' ? 2 * recipe.queueLength * 4 * (recipe.encoder.projection.output + 2) : 0

/** One step on so many samples at once. What the gradient holds grows with them, what the update holds does not. */
interface Probe {
  readonly parameters: number
  readonly samples: number
  /** Held after each operation of the gradient, by its place. */
  readonly gradientBytes: ReadonlyMap<string, number>
  /** At its peak. */
  readonly updateBytes: number
}

/**
 * Each operation holds so much and so much more per sample, and which of them is the peak depends on their number: the line
 * through both probes is drawn for every operation, not for the peaks.
 */
function peakAt(samples: number, low: Probe, high: Probe): number {
  const share = (samples - low.samples) / (high.samples - low.samples)
  const lines = Array.from(low.gradientBytes, ([place, bytes]) => {
    const more = (high.gradientBytes.get(place) ?? bytes) - bytes
    return bytes + share * more
  })
  return lines.reduce((peak, bytes) => Math.max(peak, bytes), 0)
}

interface Operation {
  readonly name: string
  readonly totalBytesSnapshot: number
}

/** What each operation left held, by its place. Products transpose the narrower matrix, so transpositions do not count. */
function placesOf(operations: readonly Operation[]): [place: string, bytes: number][] {
  let [others, transpositions] = [0, 0]
  return operations.map(({ name, totalBytesSnapshot }) => {
    if (name === 'Transpose') transpositions += 1
    else [others, transpositions] = [others + 1, 0]
    return [`${others}.${transpositions}`, totalBytesSnapshot]
  })
}

/** @param atOnce samples whose rows go through a tower together; where the recipe has chunks, the probe has two. */
async function probe(recipe: TrainingRecipe, images: Samples, atOnce: number): Promise<Probe> {
  const heldBefore = tf.memory().numBytes
  const small = smallRecipe(recipe, atOnce)
  const few = fewOf(images, small.batchSize)
  const model = createModel(small, rasterOf(images), recipe.seed)
  const optimizer = createOptimizer(model.trainable, small.optimizer)
  const captured = captureState(model, optimizer, { plan: '', epoch: 0, step: 0, curve: [], provenance: null })
  const views = viewsOnThisThread([few], recipe.views)
  try {
    const phase = pretrainingPhase(frameworkOf(small, model, [few]), few.count, small, recipe.seed)
    const [step] = phase.steps(0)
    if (step === undefined) throw new Error('A probe has one step.')
    const prepared = await prepareStep(step, views, model.shape.raster, small.chunkSize)
    const taken: StepGradients[] = []
    // Every profile is the same object: what one says is gone with the next.
    const { kernels } = await tf.profile(() => void taken.push(gradientsOf(model, prepared)))
    const gradientBytes = new Map(placesOf(kernels).map(([place, bytes]) => [place, bytes - heldBefore]))
    const { loss, gradients, key } = taken[0] as StepGradients
    const { peakBytes: updateBytes } = await tf.profile(() => optimizer.apply(gradients, phase.learningRate(0), 1))
    tf.dispose([loss, gradients, ...(key === null ? [] : [key])])
    return {
      parameters: [...model.trainable.values()].reduce((sum, { size }) => sum + size, 0),
      samples: atOnce,
      gradientBytes,
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

function smallRecipe(recipe: TrainingRecipe, atOnce: number): TrainingRecipe {
  const batchSize = isChunked(recipe) ? 2 * atOnce : atOnce
  return {
    ...recipe,
    ...(recipe.framework === 'moco' ? { queueLength: 2 * batchSize } : {}),
    batchSize,
    chunkSize: isChunked(recipe) ? rowsPerSample(recipe) * atOnce : null,
    epochs: 1,
  }
}
