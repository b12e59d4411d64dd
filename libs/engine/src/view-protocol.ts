import type { ViewConfig } from '@lethe/domain'
import type { ViewRow } from '@lethe/views'

/** Pictures of one set; every thread reads the same memory. */
export interface SharedPictures {
  readonly data: Uint8Array
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** What a view thread is started with. */
export interface ViewWorkerData {
  readonly sets: readonly SharedPictures[]
  readonly config: ViewConfig
}

/** Main thread to view thread: draw these rows into the lane's memory from `offset`, in floats. */
export interface ViewOrder {
  readonly order: number
  readonly lane: number
  /** Only where the lane has got new memory since this thread was last told. */
  readonly memory?: SharedArrayBuffer | undefined
  readonly offset: number
  /** See `encodeRows`. */
  readonly rows: Float64Array<ArrayBuffer>
}

/** View thread to main thread: its part of the order is drawn, or cannot be. */
export interface ViewNews {
  readonly order: number
  readonly failure?: string
}

const FIELDS = 5

/** Rows as numbers, five each: moved between threads without a copy. */
export function encodeRows(rows: readonly ViewRow[], from: number, to: number): Float64Array<ArrayBuffer> {
  const encoded = new Float64Array((to - from) * FIELDS)
  for (let row = from; row < to; row++) {
    const { set, index, seed, epoch, view } = rows[row] as ViewRow
    encoded.set([set, index, seed, epoch, view], (row - from) * FIELDS)
  }
  return encoded
}

export function decodeRows(encoded: Float64Array): ViewRow[] {
  const at = (row: number, field: number) => encoded[row * FIELDS + field] as number
  return Array.from({ length: encoded.length / FIELDS }, (_, row) => ({
    set: at(row, 0),
    index: at(row, 1),
    seed: at(row, 2),
    epoch: at(row, 3),
    view: at(row, 4),
  }))
}
