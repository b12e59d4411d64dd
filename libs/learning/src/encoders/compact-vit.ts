import type { EncoderConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { linearLayer } from '../ops/linear-layer.js'
import type { Architecture } from './architecture.js'
import { layerNorm, linear } from './parameter.js'
import { normalizeWith, transformerBlock, transformerBlockParameters } from './transformer-block.js'

type CompactVitConfig = Extract<EncoderConfig, { kind: 'compact-vit' }>

/** A vision transformer (arXiv 2010.11929) whose features are the mean over patches, after a last layer norm. */
export function compactVit({ imageSize, patch, width, depth, heads }: CompactVitConfig): Architecture {
  const grid = imageSize / patch
  const length = grid * grid
  const blocks = Array.from({ length: depth }, (_, index) => `encoder.block${index}`)
  return {
    parameters: [
      ...linear('encoder.patch', patch * patch * 3, width),
      { name: 'encoder.positions', shape: [length, width], initial: 'narrow', trainable: true },
      ...blocks.flatMap((name) => transformerBlockParameters(name, width)),
      ...layerNorm('encoder.norm', width),
    ],
    featureDimension: width,
    features(images, layers) {
      const n = images.shape[0]
      const embedded = linearLayer(
        patchesOf(images, grid, patch),
        layers.get('encoder.patch.kernel'),
        layers.get('encoder.patch.bias'),
      )
      const placed = tf.add(tf.reshape(embedded, [n, length, width]), layers.get('encoder.positions'))
      const start = tf.reshape<tf.Rank.R2>(placed, [n * length, width])
      const shape = { heads, length }
      const rows = blocks.reduce((x, name) => transformerBlock(x, layers, name, shape, null), start)
      return tf.mean(tf.reshape(normalizeWith(rows, layers, 'encoder.norm'), [n, length, width]), 1)
    },
  }
}

/** [n, g·p, g·p, 3] → [n·g·g, p·p·3], patch by patch in reading order. */
function patchesOf(images: tf.Tensor4D, grid: number, patch: number): tf.Tensor2D {
  const n = images.shape[0]
  const rows = tf.reshape(images, [n * grid, patch, grid, patch * 3])
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [n * grid * grid, patch * patch * 3])
}
