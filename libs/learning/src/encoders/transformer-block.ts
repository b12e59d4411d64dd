import type * as tf from '@tensorflow/tfjs'
import { feedForward } from '../ops/feed-forward.js'
import type { Linear, NormalizedLinear } from '../ops/fold-norm.js'
import { normalizeLayer } from '../ops/normalize-layer.js'
import { selfAttention, type AttentionShape } from '../ops/self-attention.js'
import type { Layers } from './architecture.js'
import { layerNorm, linear, type Parameter } from './parameter.js'

/** Width of the hidden layer of a block's MLP per unit of its own. */
const HIDDEN = 4

/** A pre-norm block (arXiv 2002.04745): attention, then an MLP, each beside a shortcut. */
export const transformerBlockParameters = (name: string, width: number): Parameter[] => [
  ...layerNorm(`${name}.norm0`, width),
  ...linear(`${name}.attention.in`, width, 3 * width),
  ...linear(`${name}.attention.out`, width, width),
  ...layerNorm(`${name}.norm1`, width),
  ...linear(`${name}.mlp.in`, width, HIDDEN * width),
  ...linear(`${name}.mlp.out`, HIDDEN * width, width),
]

/** x: [n·length, width], the rows of each sample one after the other. mask: see `selfAttention`. */
export function transformerBlock(
  x: tf.Tensor2D,
  layers: Layers,
  name: string,
  shape: AttentionShape,
  mask: tf.Tensor2D | null,
): tf.Tensor2D {
  const norm0 = normalizedLinear(layers, `${name}.norm0`, `${name}.attention.in`)
  const attended = selfAttention(x, norm0, dense(layers, `${name}.attention.out`), shape, mask)
  const norm1 = normalizedLinear(layers, `${name}.norm1`, `${name}.mlp.in`)
  return feedForward(attended, norm1, dense(layers, `${name}.mlp.out`))
}

const dense = (layers: Layers, name: string): Linear => ({
  kernel: layers.get(`${name}.kernel`),
  bias: layers.get(`${name}.bias`),
})

const normalizedLinear = (layers: Layers, norm: string, name: string): NormalizedLinear => ({
  gamma: layers.get(`${norm}.gamma`),
  beta: layers.get(`${norm}.beta`),
  ...dense(layers, name),
})

/** Layer normalisation by the parameters `<name>.gamma` and `.beta`. */
export const normalizeWith = (x: tf.Tensor2D, layers: Layers, name: string): tf.Tensor2D =>
  normalizeLayer(x, layers.get(`${name}.gamma`), layers.get(`${name}.beta`))
