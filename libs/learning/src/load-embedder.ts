import type { EncoderConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { encoderFrom, readWeights } from './checkpoint/weights-file.js'
import type { Encoder } from './encoders/encoder.js'
import { refuse } from './learning-error.js'

/** Backbone features, or what the projection head makes of them. */
export type Representation = 'features' | 'projection'

export interface Embedder {
  readonly encoder: EncoderConfig
  /** Pictures it takes: [height, width, 3]. */
  readonly height: number
  readonly width: number
  /** Width of `features`. */
  readonly dimension: number
  readonly projectionDimension: number
  /**
   * images: [n, height, width, 3], bytes or floats in [0, 1] → [n, width of the representation], row by row, in evaluation
   * mode: a picture's embedding does not depend on what else is in the call.
   */
  embed(images: Float32Array | Uint8Array, representation?: Representation): Promise<Float32Array>
  dispose(): void
}

/** Pictures computed at once, whatever the size of a call. */
const BATCH = 256

/** @throws DomainError CHECKPOINT_INVALID */
export function loadEmbedder(weights: Uint8Array): Embedder {
  const read = readWeights(weights, 'weights')
  const encoder = encoderFrom(read)
  const { height, width } = read.raster
  const size = height * width * 3
  return {
    encoder: read.config,
    height,
    width,
    dimension: encoder.featureDimension,
    projectionDimension: encoder.projectionDimension,
    async embed(images, representation = 'features') {
      if (images.length === 0 || images.length % size !== 0)
        refuse(
          'IMAGES_INVALID',
          `This model takes pictures of ${height}×${width}×3; the values given are no multiple.`,
          'images',
        )
      const count = images.length / size
      const columns = representation === 'features' ? encoder.featureDimension : encoder.projectionDimension
      const embeddings = new Float32Array(count * columns)
      for (let first = 0; first < count; first += BATCH) {
        const rows = Math.min(BATCH, count - first)
        const part = images.subarray(first * size, (first + rows) * size)
        embeddings.set(await embedBatch(encoder, part, [rows, height, width, 3], representation), first * columns)
        await tf.nextFrame()
      }
      return embeddings
    },
    dispose: () => encoder.dispose(),
  }
}

async function embedBatch(
  encoder: Encoder,
  images: Float32Array | Uint8Array,
  shape: [number, number, number, number],
  representation: Representation,
): Promise<Float32Array> {
  const output = tf.tidy(() => {
    const floats =
      images instanceof Uint8Array
        ? tf.div(tf.tensor4d(Float32Array.from(images), shape), 255)
        : tf.tensor4d(images, shape)
    return encoder.forward(floats as tf.Tensor4D, { kind: 'evaluation' })[representation]
  })
  const values = await output.data()
  output.dispose()
  return values as Float32Array
}
