import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { encodePng, writeWebDataset, type NewSample, type Split } from '@lethe/datasets'
import { randomStream, shuffledIndices } from '@lethe/domain'

const EDGE = 8
const RECORD = 1 + EDGE * EDGE
const records = gunzipSync(readFileSync(new URL('./fixtures/digits.bin.gz', import.meta.url)))

export const digitCount = records.length / RECORD

/** PNG, 8 × 8, dark on white. */
export async function digitPicture(index: number): Promise<Uint8Array> {
  const pixels = records.subarray(index * RECORD + 1, (index + 1) * RECORD)
  const rgb = Uint8Array.from(
    { length: EDGE * EDGE * 3 },
    (_, i) => 255 - Math.min(255, (pixels[Math.floor(i / 3)] ?? 0) * 16),
  )
  return encodePng(rgb, EDGE)
}

export const digitLabel = (index: number): number => records[index * RECORD] as number

export interface DigitShare {
  readonly owner: string
  readonly split: Split
  readonly count: number
}

export interface DigitDataset {
  readonly tar: Uint8Array
  readonly samples: readonly NewSample[]
}

/** Handwritten digits dealt at random to these shares, as a WebDataset tar; the same arguments give the same bytes. */
export async function digitDataset(shares: readonly DigitShare[], seed = 1): Promise<DigitDataset> {
  const order = shuffledIndices(digitCount, randomStream(seed))
  const places = shares.flatMap(({ owner, split, count }) => Array.from({ length: count }, () => ({ owner, split })))
  if (places.length > digitCount) throw new Error(`There are ${digitCount} digits, not ${places.length}.`)
  const samples = await Promise.all(
    places.map(async (place, i): Promise<NewSample> => {
      const index = order[i] as number
      const digit = digitLabel(index)
      const key = `digit-${String(index).padStart(4, '0')}`
      return { key, picture: await digitPicture(index), label: `digit ${digit}`, group: String(digit), ...place }
    }),
  )
  return { tar: await writeWebDataset(samples), samples }
}
