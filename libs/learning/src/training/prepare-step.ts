import type { ViewSource } from '@lethe/views'
import * as tf from '@tensorflow/tfjs'
import type { Raster } from '../checkpoint/weights-file.js'
import type { TrainingStep } from './phase.js'

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
  const drawn = async (rows: typeof image): Promise<TowerRows> => {
    const chunks = mixedChunks(rows.length, chunkSize)
    const order = chunks.flatMap((chunk) => Array.from(chunk, (row) => rows[row] as (typeof rows)[number]))
    return pictureRows(await views.draw(order), chunks, raster)
  }
  const [imageRows, keyRows] = await Promise.all([drawn(image), key === undefined ? null : drawn(key)])
  return { step, image: imageRows, key: keyRows, text: text === undefined ? null : tokenRows(text, chunkSize) }
}

/** Prepares each step while the one before it is computed, where the views are drawn by other threads. */
export async function* prepareAhead(
  steps: Iterable<TrainingStep>,
  views: ViewSource,
  raster: Raster,
  chunkSize: number | null,
): AsyncGenerator<PreparedStep> {
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
 * Rows dealt out in turn, so that every chunk has its share of first and second views and of samples to be forgotten: batch
 * norm normalises by the chunk, and chunks of one kind would tell the kinds apart.
 */
export function mixedChunks(count: number, chunkSize: number | null): Int32Array[] {
  const chunks = chunkSize === null ? 1 : Math.max(1, Math.ceil(count / chunkSize))
  return Array.from({ length: chunks }, (_, chunk) =>
    Int32Array.from({ length: Math.ceil((count - chunk) / chunks) }, (_row, k) => chunk + k * chunks),
  )
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
  const chunks = mixedChunks(texts.length, chunkSize)
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
