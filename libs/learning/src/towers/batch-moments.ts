import * as tf from '@tensorflow/tfjs'
import type { ForwardMode, Tower } from './tower.js'

/** Share of a batch in the running statistics, PyTorch's default. */
const MOMENTUM = 0.1

interface Moments {
  readonly mean: tf.Tensor1D
  readonly variance: tf.Tensor1D
}

/** Collects the moments of one forward pass in training mode. `dispose` after use. */
export class BatchMoments {
  readonly #layers = new Map<string, Moments>()

  readonly mode: ForwardMode = {
    kind: 'training',
    onMoments: (layer, mean, variance) => {
      tf.dispose({ ...this.#layers.get(layer) })
      this.#layers.set(layer, { mean, variance })
    },
  }

  /** running ← running + share·(batch − running), for every layer that was seen. */
  updateStatistics({ statistics }: Tower, share = MOMENTUM): void {
    tf.tidy(() => {
      for (const [layer, { mean, variance }] of this.#layers) {
        move(statistics.get(`${layer}.mean`) as tf.Variable, mean, share)
        move(statistics.get(`${layer}.variance`) as tf.Variable, variance, share)
      }
    })
  }

  dispose(): void {
    for (const moments of this.#layers.values()) tf.dispose({ ...moments })
    this.#layers.clear()
  }
}

const move = (running: tf.Variable, batch: tf.Tensor1D, share: number) =>
  running.assign(tf.add(running, tf.mul(tf.sub(batch, running), share)))
