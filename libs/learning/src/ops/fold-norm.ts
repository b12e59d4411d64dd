import * as tf from '@tensorflow/tfjs'
import { product } from './matrix-kernels.js'

/** A layer norm and the linear layer behind it. */
export interface NormalizedLinear {
  /** [k] */
  readonly gamma: tf.Tensor1D
  readonly beta: tf.Tensor1D
  /** [k, m] */
  readonly kernel: tf.Tensor2D
  /** [m] */
  readonly bias: tf.Tensor1D
}

/** Weights and bias of a linear layer. */
export interface Linear {
  readonly kernel: tf.Tensor2D
  readonly bias: tf.Tensor1D
}

/**
 * One linear layer over standardised rows u in place of both: (u·γ + β)·W + b = u·(γW) + (βW + b), each output multiplied by
 * `scale`, [m] or a number. It saves four passes over the rows.
 */
export function foldNorm({ gamma, beta, kernel, bias }: NormalizedLinear, scale: tf.Tensor1D | number): Linear {
  const shift = tf.reshape<tf.Rank.R1>(product(tf.reshape(beta, [1, beta.size]), kernel), [bias.size])
  return {
    kernel: tf.mul(tf.mul(kernel, tf.reshape(gamma, [gamma.size, 1])), scale),
    bias: tf.mul(tf.add(shift, bias), scale),
  }
}

/** Gradients of γ, β, W and b, in this order, from those of the folded layer. */
export function foldNormGradient(
  d: Linear,
  { gamma, beta, kernel }: Omit<NormalizedLinear, 'bias'>,
  scale: tf.Tensor1D | number,
): [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor] {
  const dKernel = tf.mul(d.kernel, scale)
  const dBias = tf.mul(d.bias, scale)
  const column = (x: tf.Tensor1D): tf.Tensor2D => tf.reshape(x, [x.size, 1])
  const row = tf.reshape<tf.Rank.R2>(dBias, [1, dBias.size])
  return [
    tf.sum(tf.mul(kernel, dKernel), 1),
    tf.reshape(product(kernel, row, 'second'), [beta.size]),
    tf.add(tf.mul(dKernel, column(gamma)), tf.mul(column(beta), row)),
    dBias,
  ]
}
