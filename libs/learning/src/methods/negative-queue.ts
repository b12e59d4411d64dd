import { randomStream } from '@lethe/domain'
import type { SafetensorsFile } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { normalizeRows } from '../ops/normalize-rows.js'

interface Contents {
  /** [K, d], rows of length 1. */
  readonly keys: tf.Tensor2D
  /** [K · 2], two words per place; see `sampleTags`. (0, 0) is nobody's. */
  readonly tags: Int32Array
  /** The place that the next key takes. */
  readonly next: number
}

/**
 * MoCo's queue of negative keys (arXiv 1911.05722, section 3.2): a ring of K rows, each with the tag of its sample, so that
 * keys of forgotten samples can be found. New keys take the places of the oldest; a batch that reaches the end of the ring
 * goes on at its beginning, and none of it is dropped. Keys lie on the device until `dispose` and are part of a checkpoint.
 */
export class NegativeQueue {
  #contents: Contents
  /** Tags and next place as tensors, made when a checkpoint asks for them. */
  #stored: [string, tf.Tensor][] = []

  private constructor({ keys, tags, next }: Contents) {
    this.#contents = { keys: tf.keep(keys), tags, next }
  }

  /** Random directions, nobody's keys; the seed alone decides them. */
  static random(length: number, dimension: number, seed: number): NegativeQueue {
    const random = randomStream(seed)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const rows = Float32Array.from({ length: length * dimension }, normal)
    const keys = tf.tidy(() => normalizeRows(tf.tensor2d(rows, [length, dimension])))
    return new NegativeQueue({ keys, tags: new Int32Array(2 * length), next: 0 })
  }

  /** From what `tensors` gave, with its keys already checked; without tags the keys are nobody's. */
  static restore(stored: SafetensorsFile['tensors'], length: number, dimension: number): NegativeQueue {
    const tags = stored.get('queue.tags')
    const isTagged = tags?.dtype === 'I32' && tags.data.length === 2 * length
    const next = stored.get('queue.next')?.data[0] ?? 0
    return new NegativeQueue({
      keys: tf.tensor2d((stored.get('queue.keys')?.data as Float32Array).slice(), [length, dimension]),
      tags: isTagged ? tags.data.slice() : new Int32Array(2 * length),
      next: Number.isInteger(next) && next >= 0 && next < length ? next : 0,
    })
  }

  get length(): number {
    return this.#contents.keys.shape[0]
  }

  /** [K, d], rows of length 1; the queue's own until the next change. */
  get keys(): tf.Tensor2D {
    return this.#contents.keys
  }

  /** keys: [n, d], rows of any length, n ≤ K. tags: [n · 2]. */
  enqueue(keys: tf.Tensor2D, tags: Int32Array): void {
    const { next } = this.#contents
    const count = keys.shape[0]
    if (count > this.length) throw new RangeError(`${count} keys do not fit into a queue of ${this.length}.`)
    const places = Int32Array.from({ length: count }, (_, row) => (next + row) % this.length)
    const head = Math.min(count, this.length - next)
    const joined = tf.tidy(() => {
      const unit = normalizeRows(keys)
      const old = this.#contents.keys
      return tf.concat([
        ...rowsOf(unit, head, count),
        ...rowsOf(old, count - head, next),
        ...rowsOf(unit, 0, head),
        ...rowsOf(old, next + head, this.length),
      ])
    })
    this.#become({ keys: joined, tags: this.#tagsWith(places, tags), next: (next + count) % this.length })
  }

  /** Places whose key carries one of these tags. tags: [m · 2]. */
  placesOf(tags: Int32Array): Int32Array {
    const wanted = new Set(pairsOf(tags))
    return Int32Array.from(pairsOf(this.#contents.tags).flatMap((tag, place) => (wanted.has(tag) ? [place] : [])))
  }

  /** Puts other keys at these places, in their order; the ring's next place stays. keys: [places, d]. tags: [places · 2]. */
  replace(places: Int32Array, keys: tf.Tensor2D, tags: Int32Array): void {
    const [length, dimension] = this.#contents.keys.shape
    const rows = this.#contents.keys.dataSync<'float32'>().slice()
    const fresh = tf.tidy(() => normalizeRows(keys).dataSync<'float32'>())
    places.forEach((place, row) => rows.set(fresh.subarray(row * dimension, (row + 1) * dimension), place * dimension))
    const joined = tf.tensor2d(rows, [length, dimension])
    this.#become({ keys: joined, tags: this.#tagsWith(places, tags), next: this.#contents.next })
  }

  /** All there is, by name for a training state; the queue's own until the next change. */
  tensors(): [string, tf.Tensor][] {
    const { keys, tags, next } = this.#contents
    if (this.#stored.length === 0)
      this.#stored = [
        ['queue.tags', tf.keep(tf.tensor2d(tags, [this.length, 2], 'int32'))],
        ['queue.next', tf.keep(tf.tensor1d([next], 'int32'))],
      ]
    return [['queue.keys', keys], ...this.#stored]
  }

  dispose(): void {
    tf.dispose([this.#contents.keys, ...this.#stored.map(([, tensor]) => tensor)])
    this.#stored = []
  }

  #tagsWith(places: Int32Array, tags: Int32Array): Int32Array {
    const all = this.#contents.tags.slice()
    places.forEach((place, row) => all.set(tags.subarray(2 * row, 2 * row + 2), 2 * place))
    return all
  }

  #become({ keys, tags, next }: Contents): void {
    this.dispose()
    this.#contents = { keys: tf.keep(keys), tags, next }
  }
}

/** No part at all where it would be empty. */
const rowsOf = (rows: tf.Tensor2D, from: number, to: number): tf.Tensor2D[] =>
  from < to ? [tf.slice(rows, [from, 0], [to - from, -1])] : []

const pairsOf = (tags: Int32Array): string[] =>
  Array.from({ length: tags.length / 2 }, (_, n) => `${tags[2 * n]} ${tags[2 * n + 1]}`)
