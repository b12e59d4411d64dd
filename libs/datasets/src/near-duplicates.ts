import { resemble, type PerceptualHash } from './perceptual-hash.js'

/** Bytes of the 64 bits. Two hashes within 7 bits of each other agree in at least one of these 8. */
const bands = ({ across, down }: PerceptualHash): number[] =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((band) => band * 256 + (((band < 4 ? across : down) >>> ((band % 4) * 8)) & 0xff))

/** Remembers pictures in the order they come and finds the first that a new one resembles. Exact, without comparing all. */
export class NearDuplicateIndex {
  readonly #hashes: PerceptualHash[] = []
  readonly #buckets = new Map<number, number[]>()

  /** @returns position of the earliest picture it resembles, or null; the picture itself gets the next position. */
  add(hash: PerceptualHash): number | null {
    const position = this.#hashes.push(hash) - 1
    let earliest: number | null = null
    for (const band of bands(hash)) {
      const bucket = this.#buckets.get(band) ?? []
      for (const other of bucket) {
        if (earliest !== null && other >= earliest) break
        if (resemble(this.#hashes[other] as PerceptualHash, hash)) earliest = other
      }
      bucket.push(position)
      this.#buckets.set(band, bucket)
    }
    return earliest
  }
}
