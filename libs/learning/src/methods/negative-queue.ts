import { randomStream } from '@lethe/domain'
import type { StoredTensor } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { normalizeRows } from '../ops/normalize-rows.js'

const TAG = 2

/**
 * MoCo's queue of negative keys (arXiv 1911.05722, section 3.2): a ring of K rows of length 1. Every key carries the tag of its
 * sample (see `sampleTags`), so that keys of forgotten samples can be found; tag 0.0 is nobody's. Its variables live until
 * `dispose` and are part of a checkpoint.
 */
export class NegativeQueue {
  /** [K, d] */
  readonly keys: tf.Variable<tf.Rank.R2>
  readonly length: number
  readonly #dimension: number
  readonly #tags: tf.Variable<tf.Rank.R2>
  /** Place of the next key. */
  readonly #next: tf.Variable<tf.Rank.R1>

  private constructor(keys: Float32Array, tags: Int32Array, next: number, length: number, dimension: number) {
    this.length = length
    this.#dimension = dimension
    this.keys = tf.tidy(() => tf.variable(tf.tensor2d(keys, [length, dimension]), false))
    this.#tags = tf.tidy(() => tf.variable(tf.tensor2d(tags, [length, TAG], 'int32'), false))
    this.#next = tf.tidy(() => tf.variable(tf.tensor1d([next], 'int32'), false))
  }

  /** Random directions, nobody's keys. */
  static random(length: number, dimension: number, seed: number): NegativeQueue {
    const random = randomStream(seed)
    const rows = Float32Array.from({ length: length * dimension }, () => 2 * random() - 1)
    const keys = tf.tidy(() => normalizeRows(tf.tensor2d(rows, [length, dimension])).dataSync<'float32'>())
    return new NegativeQueue(keys, new Int32Array(TAG * length), 0, length, dimension)
  }

  /** From the tensors of a training state that was checked. */
  static restore(tensors: ReadonlyMap<string, StoredTensor>, length: number, dimension: number): NegativeQueue {
    const part = (name: string) => (tensors.get(`queue.${name}`) as StoredTensor).data
    return new NegativeQueue(
      part('keys') as Float32Array,
      part('tags') as Int32Array,
      (part('next') as Int32Array)[0] as number,
      length,
      dimension,
    )
  }

  /** Puts keys [n, d] in the place of the oldest, from the ring's end on at its beginning; none is dropped unless n > K. */
  enqueue(keys: tf.Tensor2D, tags: Int32Array): void {
    const [next] = this.#next.dataSync() as Int32Array
    const places = Int32Array.from({ length: keys.shape[0] }, (_, row) => ((next as number) + row) % this.length)
    this.replace(places, keys, tags)
    const after = ((next as number) + keys.shape[0]) % this.length
    tf.tidy(() => this.#next.assign(tf.tensor1d([after], 'int32')))
  }

  /** Places whose key carries one of these tags. */
  placesOf(tags: Int32Array): Int32Array {
    const keysOf = (all: Int32Array) =>
      Array.from({ length: all.length / TAG }, (_, n) => `${all[TAG * n] as number}.${all[TAG * n + 1] as number}`)
    const wanted = new Set(keysOf(tags))
    const held = keysOf(this.#tags.dataSync() as Int32Array)
    return Int32Array.from(held.flatMap((tag, place) => (wanted.has(tag) ? [place] : [])))
  }

  /** Puts keys [n, d], made of length 1, and their tags at these places. */
  replace(places: Int32Array, keys: tf.Tensor2D, tags: Int32Array): void {
    const rows = tf.tidy(() => normalizeRows(keys).dataSync<'float32'>())
    const [allKeys, allTags] = [this.keys.dataSync<'float32'>().slice(), (this.#tags.dataSync() as Int32Array).slice()]
    places.forEach((place, row) => {
      allKeys.set(rows.subarray(row * this.#dimension, (row + 1) * this.#dimension), place * this.#dimension)
      allTags.set(tags.subarray(TAG * row, TAG * (row + 1)), TAG * place)
    })
    tf.tidy(() => {
      this.keys.assign(tf.tensor2d(allKeys, [this.length, this.#dimension]))
      this.#tags.assign(tf.tensor2d(allTags, [this.length, TAG], 'int32'))
    })
  }

  /** What a checkpoint holds, by name. */
  tensors(): [string, tf.Tensor][] {
    return [
      ['queue.keys', this.keys],
      ['queue.tags', this.#tags],
      ['queue.next', this.#next],
    ]
  }

  dispose(): void {
    tf.dispose([this.keys, this.#tags, this.#next])
  }
}
