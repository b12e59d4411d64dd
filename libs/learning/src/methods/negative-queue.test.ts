import { openDevice } from '@lethe/device'
import { f32, i32, parseSafetensors, serializeSafetensors } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { NegativeQueue } from './negative-queue.js'

beforeAll(() => openDevice({ backend: 'wasm' }))

/** Keys that point along the axes: key n is ±axis n mod 3, of length n + 1, tagged (n + 1, 7). */
const keysFrom = (first: number, count: number) => ({
  keys: tf.tensor2d(
    Array.from({ length: count }, (_, at) => {
      const n = first + at
      return [0, 1, 2].map((axis) => (axis === n % 3 ? (n % 2 === 0 ? 1 : -1) * (n + 1) : 0))
    }),
  ),
  tags: Int32Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? first + at / 2 + 1 : 7)),
})

const contentsOf = (queue: NegativeQueue) => {
  const tensors = new Map(queue.tensors())
  return {
    keys: Array.from(tensors.get('queue.keys')?.dataSync() ?? []),
    owners: Array.from(tensors.get('queue.tags')?.dataSync() ?? []).filter((_, at) => at % 2 === 0),
    next: tensors.get('queue.next')?.dataSync()[0],
  }
}

const rowOf = (n: number) => [0, 1, 2].map((axis) => (axis === n % 3 ? (n % 2 === 0 ? 1 : -1) : 0))

describe('NegativeQueue', () => {
  it('begins with random directions of length 1 that belong to nobody; the seed alone decides them', () => {
    const queue = NegativeQueue.random(50, 8, 3)
    const rows = queue.keys.arraySync()
    for (const row of rows) expect(Math.hypot(...row)).toBeCloseTo(1, 5)
    expect(queue.placesOf(Int32Array.of(0, 0)).length).toBe(50)
    expect(NegativeQueue.random(50, 8, 3).keys.arraySync()).toEqual(rows)
    expect(NegativeQueue.random(50, 8, 4).keys.arraySync()).not.toEqual(rows)
  })

  it('gives new keys the places of the oldest and drops no tail where a batch goes over the end', () => {
    const queue = NegativeQueue.random(5, 3, 1)
    let enqueued = 0
    for (const count of [3, 3, 5, 1, 4]) {
      const { keys, tags } = keysFrom(enqueued, count)
      queue.enqueue(keys, tags)
      enqueued += count
      const held = Array.from({ length: 5 }, (_, place) => {
        const turns = Math.floor((enqueued - 1 - place) / 5)
        return place + 5 * turns
      })
      const { keys: rows, owners, next } = contentsOf(queue)
      expect(owners).toEqual(held.map((n) => (n < 0 ? 0 : n + 1)))
      expect(next).toBe(enqueued % 5)
      held.forEach((n, place) => {
        if (n >= 0) expect(rows.slice(3 * place, 3 * place + 3)).toEqual(rowOf(n))
      })
    }
  })

  it('refuses more keys than it has places', () => {
    const { keys, tags } = keysFrom(0, 6)
    expect(() => NegativeQueue.random(5, 3, 1).enqueue(keys, tags)).toThrow(RangeError)
  })

  it('finds the keys of samples and puts others in their places, and nowhere else', () => {
    const queue = NegativeQueue.random(5, 3, 1)
    const first = keysFrom(0, 5)
    queue.enqueue(first.keys, first.tags)
    const places = queue.placesOf(Int32Array.of(4, 7, 2, 7, 99, 7, 1, 8))
    expect([...places]).toEqual([1, 3])
    const other = keysFrom(20, 2)
    queue.replace(places, other.keys, other.tags)
    const { keys, owners, next } = contentsOf(queue)
    expect(owners).toEqual([1, 21, 3, 22, 5])
    expect(keys).toEqual([0, 20, 2, 21, 4].flatMap(rowOf))
    expect(next).toBe(0)
    expect(queue.placesOf(Int32Array.of(4, 7, 2, 7)).length).toBe(0)
  })

  it('comes back from a file as it was, and goes on alike', () => {
    const queue = NegativeQueue.random(5, 3, 1)
    const first = keysFrom(0, 3)
    queue.enqueue(first.keys, first.tags)
    const stored = new Map(
      queue.tensors().map(([name, tensor]) => {
        const data = tensor.dataSync<'float32' | 'int32'>()
        return [name, data instanceof Int32Array ? i32(tensor.shape, data) : f32(tensor.shape, data)]
      }),
    )
    const { tensors } = parseSafetensors(serializeSafetensors(stored))
    const again = NegativeQueue.restore(tensors, 5, 3)
    expect(contentsOf(again)).toEqual(contentsOf(queue))
    const second = keysFrom(3, 4)
    for (const each of [queue, again]) each.enqueue(second.keys, second.tags)
    expect(contentsOf(again)).toEqual(contentsOf(queue))
  })

  it('takes a queue of foreign origin without tags as nobody’s', () => {
    const keys = f32([2, 2], Float32Array.of(1, 0, 0, 1))
    expect([...NegativeQueue.restore(new Map([['queue.keys', keys]]), 2, 2).placesOf(Int32Array.of(0, 0))]).toEqual([
      0, 1,
    ])
  })

  it('does not change what was captured before, and leaves no tensor behind', () => {
    const { keys, tags } = keysFrom(0, 4)
    const before = tf.memory().numTensors
    const queue = NegativeQueue.random(5, 3, 1)
    const captured = queue.keys.clone()
    const rows = captured.arraySync()
    queue.enqueue(keys, tags)
    queue.tensors()
    queue.enqueue(keys, tags)
    expect(captured.arraySync()).toEqual(rows)
    captured.dispose()
    queue.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
