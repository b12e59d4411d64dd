import type { EncoderConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { readWeights, WITHHELD, type Weights } from './checkpoint/weights-file.js'
import { tokenizeTexts } from './encoders/byte-tokens.js'
import { refuse } from './learning-error.js'
import { imageTower } from './towers/image-tower.js'
import { textTower } from './towers/text-tower.js'
import { buildTower, type Tower, type ValuesOf } from './towers/tower.js'
import { withhold } from './withhold.js'

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
  /** CLIP's text tower: texts → [n, projectionDimension], beside `projection` of pictures. Null for other frameworks. */
  readonly embedTexts: ((texts: readonly string[]) => Promise<Float32Array>) | null
  dispose(): void
}

/** Rows computed at once, whatever the size of a call. */
const BATCH = 256

/** @throws DomainError CHECKPOINT_INVALID */
export function loadEmbedder(weights: Uint8Array): Embedder {
  const read = readWeights(weights, 'weights')
  const valuesOf: ValuesOf = ({ name }) => read.tensors.get(name)?.data as Float32Array
  const image = buildTower(imageTower(read.encoder), valuesOf)
  const text = read.text === null ? null : buildTower(textTower(read.text, image.projectionDimension), valuesOf)
  return {
    encoder: read.encoder,
    height: read.raster.height,
    width: read.raster.width,
    dimension: image.featureDimension,
    projectionDimension: image.projectionDimension,
    embed: (images, representation = 'features') => embedImages(image, read, images, representation),
    embedTexts: text === null ? null : (texts) => embedTexts(text, read.text?.contextLength ?? 0, texts),
    dispose: () => {
      image.dispose()
      text?.dispose()
    },
  }
}

async function embedImages(
  tower: Tower,
  { raster: { height, width }, tensors }: Weights,
  images: Float32Array | Uint8Array,
  representation: Representation,
): Promise<Float32Array> {
  const size = height * width * 3
  if (images.length === 0 || images.length % size !== 0)
    refuse(
      'IMAGES_INVALID',
      `This model takes pictures of ${height}×${width}×3; the values given are no multiple.`,
      'images',
    )
  const withheld = tensors.get(WITHHELD)?.data as Float32Array | undefined
  const count = images.length / size
  const columns = representation === 'features' ? tower.featureDimension : tower.projectionDimension
  const embeddings = new Float32Array(count * columns)
  for (let first = 0; first < count; first += BATCH) {
    const rows = Math.min(BATCH, count - first)
    const part = images.subarray(first * size, (first + rows) * size)
    const shape: [number, number, number, number] = [rows, height, width, 3]
    embeddings.set(await embedBatch(tower, part, shape, representation, withheld), first * columns)
    await tf.nextFrame()
  }
  return embeddings
}

async function embedBatch(
  tower: Tower,
  images: Float32Array | Uint8Array,
  shape: [number, number, number, number],
  representation: Representation,
  withheld: Float32Array | undefined,
): Promise<Float32Array> {
  const output = tf.tidy(() => {
    const floats =
      images instanceof Uint8Array
        ? tf.div(tf.tensor4d(Float32Array.from(images), shape), 255)
        : tf.tensor4d(images, shape)
    return { ...tower.forward(floats, { kind: 'evaluation' }) }
  })
  const values = (await output[representation].data()) as Float32Array
  if (withheld !== undefined)
    withhold(values, (await output.features.data()) as Float32Array, withheld, tower.featureDimension)
  tf.dispose([output.features, output.projection])
  return values
}

async function embedTexts(tower: Tower, contextLength: number, texts: readonly string[]): Promise<Float32Array> {
  const embeddings = new Float32Array(texts.length * tower.projectionDimension)
  for (let first = 0; first < texts.length; first += BATCH) {
    const part = texts.slice(first, first + BATCH)
    const output = tf.tidy(() => {
      const tokens = tf.tensor2d(tokenizeTexts(part, contextLength), [part.length, contextLength], 'int32')
      return tower.forward(tokens, { kind: 'evaluation' }).projection
    })
    embeddings.set(await output.data(), first * tower.projectionDimension)
    output.dispose()
    await tf.nextFrame()
  }
  return embeddings
}
