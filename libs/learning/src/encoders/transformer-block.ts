import * as tf from '@tensorflow/tfjs'
import { attend } from '../ops/attend.js'
import { linearLayer } from '../ops/linear-layer.js'
import { normalizeLayer } from '../ops/normalize-layer.js'
import { gelu } from '../ops/gelu.js'
import type { Layers } from './architecture.js'
import { layerNorm, linear, type Parameter } from './parameter.js'

/** Width of the hidden layer of a block's MLP per unit of its own. */
const HIDDEN = 4

export interface BlockShape {
  readonly width: number
  readonly heads: number
  /** Rows per sample. */
  readonly length: number
}

/** A pre-norm block (arXiv 2002.04745): attention, then an MLP, each beside a shortcut. */
export const transformerBlockParameters = (name: string, width: number): Parameter[] => [
  ...layerNorm(`${name}.norm0`, width),
  ...linear(`${name}.attention.in`, width, 3 * width),
  ...linear(`${name}.attention.out`, width, width),
  ...layerNorm(`${name}.norm1`, width),
  ...linear(`${name}.mlp.in`, width, HIDDEN * width),
  ...linear(`${name}.mlp.out`, HIDDEN * width, width),
]

/** x: [n·length, width], the rows of each sample one after the other. mask: see `attend`. */
export function transformerBlock(
  x: tf.Tensor2D,
  layers: Layers,
  name: string,
  shape: BlockShape,
  mask: tf.Tensor2D | null,
): tf.Tensor2D {
  const attended = tf.add<tf.Tensor2D>(x, selfAttention(normal(x, layers, `${name}.norm0`), layers, name, shape, mask))
  const hidden = gelu(dense(normal(attended, layers, `${name}.norm1`), layers, `${name}.mlp.in`))
  return tf.add(attended, dense(hidden, layers, `${name}.mlp.out`))
}

const dense = (x: tf.Tensor2D, layers: Layers, name: string): tf.Tensor2D =>
  linearLayer(x, layers.get(`${name}.kernel`), layers.get(`${name}.bias`))

/** Layer normalisation by the parameters `<name>.gamma` and `.beta`. */
export const normal = (x: tf.Tensor2D, layers: Layers, name: string): tf.Tensor2D =>
  normalizeLayer(x, layers.get(`${name}.gamma`), layers.get(`${name}.beta`))

function selfAttention(
  x: tf.Tensor2D,
  layers: Layers,
  name: string,
  { width, heads, length }: BlockShape,
  mask: tf.Tensor2D | null,
): tf.Tensor2D {
  const n = x.shape[0] / length
  const depth = width / heads
  const all = tf.reshape(dense(x, layers, `${name}.attention.in`), [n, length, 3 * heads, depth])
  const [q, k, v] = tf
    .split(tf.transpose(all, [0, 2, 1, 3]), 3, 1)
    .map((part) => tf.reshape(part, [n * heads, length, depth])) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]
  const attended = tf.reshape(attend(q, k, v, mask), [n, heads, length, depth])
  const rows = tf.reshape<tf.Rank.R2>(tf.transpose(attended, [0, 2, 1, 3]), [n * length, width])
  return dense(rows, layers, `${name}.attention.out`)
}
