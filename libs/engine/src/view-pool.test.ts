import { randomStream, type PackedImages } from '@lethe/domain'
import { drawRows, type ViewRow, type ViewSource } from '@lethe/views'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleProcess, type BundledProcess } from '../../../test/kit/bundle-process.js'
import { openViewPool } from './view-pool.js'

let bundle: BundledProcess
let entry: URL
beforeAll(async () => {
  bundle = await bundleProcess('libs/engine', {})
  entry = pathToFileURL(bundle.file('view-worker'))
})
afterAll(() => bundle.remove())

const size = { height: 12, width: 8, channels: 3 }
function pictures(count: number, seed: number): PackedImages {
  const random = randomStream(seed)
  return { ...size, count, data: Uint8Array.from({ length: count * 12 * 8 * 3 }, () => 256 * random()) }
}
const sets = [pictures(5, 1), pictures(9, 2)]
const config = { strength: 0.8, flip: true, blur: 1 }

/** Rows of both sets in no order, keyed by epoch. */
const rowsOf = (count: number, epoch: number): ViewRow[] =>
  Array.from({ length: count }, (_, row) => ({
    set: row % 2,
    index: (row * 7) % (row % 2 === 0 ? 5 : 9),
    seed: 2 ** 31 - 1 - row,
    epoch,
    view: row % 3,
  }))

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

async function withSource<T>(threads: number, use: (source: ViewSource) => Promise<T>, worker = entry): Promise<T> {
  const source = openViewPool(threads, worker)(sets, config)
  try {
    return await use(source)
  } finally {
    await source.close()
  }
}

describe('a pool of view threads', () => {
  it('draws the same bytes with 0, 1 and 3 threads, in every order and whatever is drawn beside', async () => {
    const batches = [rowsOf(17, 0), rowsOf(2, 1), rowsOf(64, 2), [], rowsOf(1, 3), rowsOf(33, 4)]
    const expected = batches.map((rows) => drawRows(sets, config, rows))
    for (const threads of [0, 1, 3]) {
      const together = await withSource(threads, (source) => Promise.all(batches.map((rows) => source.draw(rows))))
      expect(together).toEqual(expected)
      const backwards = await withSource(threads, async (source) => {
        const drawn: Float32Array[] = []
        for (const rows of batches.toReversed()) drawn.unshift(await source.draw(rows))
        return drawn
      })
      expect(backwards).toEqual(expected)
    }
    const [first] = expected as [Float32Array]
    expect(drawRows(sets, config, rowsOf(17, 1)), 'the epoch is part of the key').not.toEqual(first)
  })

  it('gives arrays that belong to the caller', async () => {
    await withSource(2, async (source) => {
      const first = await source.draw(rowsOf(8, 0))
      const kept = first.slice()
      await Promise.all([source.draw(rowsOf(8, 1)), source.draw(rowsOf(8, 2)), source.draw(rowsOf(8, 3))])
      expect(first).toEqual(kept)
      expect(first.buffer).toBeInstanceOf(ArrayBuffer)
    })
  })

  it('keeps pictures that are in shared memory where they are', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer((sets[0] as PackedImages).data.length))
    const source = openViewPool(1, entry)([{ ...(sets[0] as PackedImages), data: shared }], config)
    const rows = rowsOf(1, 0)
    const black = await source.draw(rows)
    shared.set((sets[0] as PackedImages).data)
    expect(await source.draw(rows)).toEqual(drawRows(sets, config, rows))
    expect(await source.draw(rows)).not.toEqual(black)
    await source.close()
  })

  it('refuses a row that names no picture, and goes on', async () => {
    await withSource(3, async (source) => {
      const wrong = [...rowsOf(9, 0), { set: 0, index: 5, seed: 1, epoch: 0, view: 0 }]
      await expect(source.draw(wrong)).rejects.toThrow('Set 0 has no picture 5')
      expect(await source.draw(rowsOf(9, 0))).toEqual(drawRows(sets, config, rowsOf(9, 0)))
    })
  })

  it('says with a code that a thread died, to what was asked for and to what is asked for later', async () => {
    const dying = new URL('./testing/dying-view-worker.mjs', import.meta.url)
    for (const threads of [1, 3])
      await withSource(
        threads,
        async (source) => {
          const [asked, waiting, behind] = [0, 1, 2].map((epoch) => rejection(source.draw(rowsOf(8, epoch))))
          for (const refused of [asked, waiting, behind, rejection(source.draw(rowsOf(8, 9)))])
            expect(await refused).toMatchObject({ code: 'VIEW_THREAD_LOST', field: 'viewThreads' })
        },
        dying,
      )
  })

  it('refuses what was still to be drawn when it closes, and closes twice', async () => {
    const source = openViewPool(2, entry)(sets, config)
    const asked = [0, 1, 2, 3].map((epoch) => rejection(source.draw(rowsOf(8, epoch))))
    await source.close()
    for (const refused of [...asked, rejection(source.draw(rowsOf(8, 9)))])
      expect(await refused).toMatchObject({ code: 'VIEWS_CLOSED' })
    await source.close()
  })
})
