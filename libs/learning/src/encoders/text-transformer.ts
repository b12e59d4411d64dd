import type { TextEncoderConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { multiplyMatrices } from '../ops/multiply-matrices.js'
import type { Layers } from './architecture.js'
import { END, VOCABULARY } from './byte-tokens.js'
import { layerNorm, type Parameter } from './parameter.js'
import { normalizeWith, transformerBlock, transformerBlockParameters } from './transformer-block.js'

/** Added to a score that must not count. */
const NEVER = -1e9

export interface TextArchitecture {
  readonly parameters: readonly Parameter[]
  readonly featureDimension: number
  /** tokens: [n, contextLength], int32 → [n, featureDimension]. */
  features(tokens: tf.Tensor2D, layers: Layers): tf.Tensor2D
}

/**
 * CLIP's text transformer (arXiv 2103.00020, section 2.4) on bytes: causal, so that no token sees the padding behind it, and
 * read at the end token after a last layer norm.
 */
export function textTransformer({ width, depth, heads, contextLength }: TextEncoderConfig): TextArchitecture {
  const blocks = Array.from({ length: depth }, (_, index) => `text.block${index}`)
  return {
    parameters: [
      { name: 'text.tokens', shape: [VOCABULARY, width], initial: 'narrow', trainable: true },
      { name: 'text.positions', shape: [contextLength, width], initial: 'narrow', trainable: true },
      ...blocks.flatMap((name) => transformerBlockParameters(name, width)),
      ...layerNorm('text.norm', width),
    ],
    featureDimension: width,
    features(tokens, layers) {
      const n = tokens.shape[0]
      // A lookup as a product: its gradient needs no scatter, which WASM lacks.
      // Whole numbers first: WASM's kernel writes them whatever type it is asked for.
      const oneHot = tf.cast(tf.reshape(tf.oneHot(tokens, VOCABULARY), [n * contextLength, VOCABULARY]), 'float32')
      const embedded = multiplyMatrices(oneHot as tf.Tensor2D, layers.get('text.tokens'))
      const placed = tf.add(tf.reshape(embedded, [n, contextLength, width]), layers.get('text.positions'))
      const start = tf.reshape<tf.Rank.R2>(placed, [n * contextLength, width])
      const shape = { heads, length: contextLength }
      const mask = causalMask(contextLength)
      const rows = blocks.reduce((x, name) => transformerBlock(x, layers, name, shape, mask), start)
      const normalised = tf.reshape(normalizeWith(rows, layers, 'text.norm'), [n, contextLength, width])
      const atEnd = tf.reshape(tf.cast(tf.equal(tokens, END), 'float32'), [n, contextLength, 1])
      return tf.sum(tf.mul(normalised, atEnd), 1)
    },
  }
}

const causalMask = (length: number): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: length * length }, (_, at) => (at % length > Math.floor(at / length) ? NEVER : 0)),
    [length, length],
  )
