import type { PackedImages } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import type { EpochScores } from '../checkpoint/training-state.js'
import type { ContrastiveModel } from '../model/contrastive-model.js'
import { scoreFeatures } from './score-features.js'

/** Pictures with a class each, numbered from 0; negative means none, and the picture is left out. */
export interface LabelledImages {
  readonly images: PackedImages
  readonly labels: Int32Array
}

/** What an epoch's features are judged by, and how often. */
export interface Evaluation {
  /** After every so many epochs, counted over all phases. */
  readonly everyEpochs: number
  readonly train: LabelledImages
  readonly test: LabelledImages
}

/** Pictures computed at once. */
const PART = 256

/** Scores an epoch where it is due, in evaluation mode; touches neither weights nor statistics. */
export const evaluatorOf =
  (model: ContrastiveModel, { everyEpochs, train, test }: Evaluation) =>
  async (epoch: number): Promise<EpochScores | null> => {
    if (epoch % everyEpochs !== 0) return null
    const [trainFeatures, testFeatures] = [await featuresOf(model, train.images), await featuresOf(model, test.images)]
    return scoreFeatures(
      { features: trainFeatures, labels: train.labels },
      { features: testFeatures, labels: test.labels },
    )
  }

async function featuresOf(
  { image }: ContrastiveModel,
  { data, count, height, width }: PackedImages,
): Promise<Float32Array> {
  const size = height * width * 3
  const features = new Float32Array(count * image.featureDimension)
  for (let first = 0; first < count; first += PART) {
    const rows = Math.min(PART, count - first)
    const output = tf.tidy(() => {
      const bytes = Float32Array.from(data.subarray(first * size, (first + rows) * size))
      const pictures = tf.div(tf.tensor4d(bytes, [rows, height, width, 3]), 255)
      return image.forward(pictures, { kind: 'evaluation' }).features
    })
    features.set(await output.data(), first * image.featureDimension)
    output.dispose()
    await tf.nextFrame()
  }
  return features
}
