import * as tf from '@tensorflow/tfjs'

/** A value per sample, [n], for each of k·n rows that are ordered block by block: tiled (a, b, a, b), never repeated (a, a, b, b). */
export const tileMask = (mask: tf.Tensor1D, rows: tf.Tensor1D): tf.Tensor1D =>
  tf.tile(mask, [rows.shape[0] / mask.shape[0]])
