import { describe, expect, it } from 'vitest'
import { mixedChunks } from './prepare-step.js'

const IMAGE = 1
const KEY = 2

/** Which chunk holds each row. */
function chunkOfRows(chunks: readonly Int32Array[]): number[] {
  const places: number[] = []
  chunks.forEach((rows, chunk) => rows.forEach((row) => (places[row] = chunk)))
  return places
}

const shareOf = (n: number, meets: (row: number) => boolean): number =>
  Array.from({ length: n }, (_, row) => Number(meets(row))).reduce((sum, met) => sum + met, 0) / n

describe('mixedChunks', () => {
  it.each([
    [512, 64],
    [27, 2],
    [9, 4],
    [3, 2],
    [2, 2],
    [100, null],
  ])('deals %i rows into chunks of %s: each once, none alone, none larger than it must be', (count, chunkSize) => {
    const chunks = mixedChunks(count, chunkSize, IMAGE)
    const rows = chunks.flatMap((chunk) => [...chunk]).toSorted((a, b) => a - b)
    expect(rows).toEqual(Array.from({ length: count }, (_, row) => row))
    const sizes = chunks.map(({ length }) => length)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(2)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.max(3, chunkSize ?? count))
    expect(mixedChunks(count, chunkSize, IMAGE)).toEqual(chunks)
  })

  it('gives each chunk its share of the samples to be forgotten, which stand last', () => {
    for (const chunk of mixedChunks(256, 32, IMAGE)) {
      const forgotten = chunk.filter((row) => row >= 256 - 32).length
      expect(Math.abs(forgotten - 4)).toBeLessThanOrEqual(1)
    }
  })

  it('lets two views of a sample, or its query and its key, meet in a chunk no oftener than any rows', () => {
    const [n, chunkSize] = [512, 64]
    const both = chunkOfRows(mixedChunks(2 * n, chunkSize, IMAGE))
    const [query, key] = [chunkOfRows(mixedChunks(n, chunkSize, IMAGE)), chunkOfRows(mixedChunks(n, chunkSize, KEY))]
    expect(shareOf(n, (row) => both[row] === both[row + n])).toBeLessThan(2 / 16)
    expect(shareOf(n, (row) => query[row] === key[row])).toBeLessThan(2 / 8)
    // Negative control: dealing in turn puts every pair into one chunk.
    expect(shareOf(n, (row) => row % 16 === (row + n) % 16)).toBe(1)
  })
})
