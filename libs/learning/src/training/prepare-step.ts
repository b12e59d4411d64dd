import { randomStream, shuffledIndices } from '@lethe/domain'
import type { ViewSource } from '@lethe/views'
import * as tf from '@tensorflow/tfjs'
import type { Raster } from '../checkpoint/weights-file.js'
import type { TrainingStep } from './phase.js'

/** Queries and keys of the same samples are dealt out apart. */
const DEAL = { image: 0x696d6167, key: 0x6b657973, text: 0x74657874 } as const

/** The input of one tower in one step, as chunks that go through it one after the other. */
export interface TowerRows {
  readonly count: number
  /** Which rows each chunk holds. */
  readonly chunks: readonly Int32Array[]
  /** A tensor of one chunk's rows; the caller disposes of it. */
  chunk(index: number): tf.Tensor
}

/** A step whose views are drawn. */
export interface PreparedStep {
  readonly step: TrainingStep
  readonly image: TowerRows
  readonly key: TowerRows | null
  readonly text: TowerRows | null
}

/** Draws the views of a step. Does not touch a tensor, so that it may run ahead of the step before it. */
export async function prepareStep(
  step: TrainingStep,
  views: ViewSource,
  raster: Raster,
  chunkSize: number | null,
): Promise<PreparedStep> {
  const { image, key, text } = step.inputs
  const drawn = async (rows: typeof image, deal: number): Promise<TowerRows> => {
    const chunks = mixedChunks(rows.length, chunkSize, deal)
    const order = chunks.flatMap((chunk) => Array.from(chunk, (row) => rows[row] as (typeof rows)[number]))
    return pictureRows(await views.draw(order), chunks, raster)
  }
  const [imageRows, keyRows] = await Promise.all([
    drawn(image, DEAL.image),
    key === undefined ? null : drawn(key, DEAL.key),
  ])
  return { step, image: imageRows, key: keyRows, text: text === undefined ? null : tokenRows(text, chunkSize) }
}

/** Prepares each step while the one before it is computed, where the views are drawn by other threads. */
export async function* prepareAhead(
  steps: Iterable<TrainingStep>,
  views: ViewSource,
  raster: Raster,
  chunkSize: number | null,
): AsyncGenerator<PreparedStep, void> {
  let coming: Promise<PreparedStep> | null = null
  for (const step of steps) {
    const next = prepareStep(step, views, raster, chunkSize)
    // It is awaited one turn later; until then nobody listens for its failure.
    next.catch(() => undefined)
    if (coming !== null) yield await coming
    coming = next
  }
  if (coming !== null) yield await coming
}

/**
 * Rows dealt out like cards, every round of one card per chunk in an order of its own: each chunk has its share of first and
 * second views and of samples to be forgotten, and two views of a sample meet in one chunk no oftener than any two rows.
 * Batch norm normalises by the chunk; chunks of one kind would tell the kinds apart, and pairs that always share a chunk
 * would know each other by its statistics (MoCo, arXiv 1911.05722, section 3.3). No chunk is of one row, which has no
 * variance. Another `deal` is another order.
 */
export function mixedChunks(count: number, chunkSize: number | null, deal: number): Int32Array[] {
  const wanted = chunkSize === null ? 1 : Math.ceil(count / chunkSize)
  const size = Math.max(1, Math.min(wanted, Math.floor(count / 2)))
  const chunks = Array.from({ length: size }, (): number[] => [])
  for (let first = 0; first < count; first += size) {
    const order = shuffledIndices(size, randomStream(deal, first))
    for (let row = first; row < Math.min(count, first + size); row++) chunks[order[row - first] as number]?.push(row)
  }
  return chunks.map((rows) => Int32Array.from(rows))
}

function pictureRows(views: Float32Array, chunks: readonly Int32Array[], raster: Raster): TowerRows {
  const { height, width, channels } = raster
  const size = height * width * channels
  const ends = endsOf(chunks)
  return {
    count: ends.at(-1) ?? 0,
    chunks,
    chunk: (index) => {
      const end = ends[index] as number
      const rows = (chunks[index] as Int32Array).length
      return tf.tensor4d(views.subarray((end - rows) * size, end * size), [rows, height, width, channels])
    },
  }
}

function tokenRows(texts: readonly Int32Array[], chunkSize: number | null): TowerRows {
  const chunks = mixedChunks(texts.length, chunkSize, DEAL.text)
  return {
    count: texts.length,
    chunks,
    chunk: (index) => {
      const rows = Array.from(chunks[index] as Int32Array, (row) => texts[row] as Int32Array)
      const length = rows[0]?.length ?? 0
      const tokens = new Int32Array(rows.length * length)
      rows.forEach((row, at) => tokens.set(row, at * length))
      return tf.tensor2d(tokens, [rows.length, length], 'int32')
    },
  }
}

function endsOf(chunks: readonly Int32Array[]): number[] {
  let end = 0
  return chunks.map(({ length }) => (end += length))
}
