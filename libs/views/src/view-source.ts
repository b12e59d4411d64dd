import type { PackedImages, ViewConfig } from '@lethe/domain'
import { drawViewInto } from './draw-views.js'

/** One row of an order: which sample of which set, and the key of its view. */
export interface ViewRow {
  /** Which of the source's sets. */
  readonly set: number
  readonly index: number
  readonly seed: number
  readonly epoch: number
  readonly view: number
}

/** Draws views of the pictures that it was opened on. What it draws depends on the rows alone, never on threads or order. */
export interface ViewSource {
  /** → [rows, height, width, channels], floats in [0, 1]. The caller owns the array. */
  draw(rows: readonly ViewRow[]): Promise<Float32Array>
  close(): Promise<void>
}

/** All sets have one size of picture. */
export type OpenViewSource = (sets: readonly PackedImages[], config: ViewConfig) => ViewSource

/** Draws on the calling thread. */
export const viewsOnThisThread: OpenViewSource = (sets, config) => ({
  draw: (rows) => Promise.resolve(drawRows(sets, config, rows)),
  close: () => Promise.resolve(),
})

/** The rows of an order, one after the other, into `target` or a new array. */
export function drawRows(
  sets: readonly PackedImages[],
  config: ViewConfig,
  rows: readonly ViewRow[],
  target?: Float32Array,
): Float32Array {
  const first = sets[0]
  const size = first === undefined ? 0 : first.height * first.width * first.channels
  const views = target ?? new Float32Array(rows.length * size)
  rows.forEach(({ set, index, ...key }, row) =>
    drawViewInto(views, row * size, sets[set] as PackedImages, index, config, key),
  )
  return views
}
