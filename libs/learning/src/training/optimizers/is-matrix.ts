import type { Tensor } from '@tensorflow/tfjs'

/** True for kernels and embeddings, false for biases, norm parameters and the temperature: what is decayed and what is not. */
export const isMatrix = ({ rank }: Tensor): boolean => rank > 1
