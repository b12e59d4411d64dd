import {
  bitCount,
  coloursAgree,
  COLOUR_VALUES,
  MAX_BITS,
  MAX_TOTAL_DISTANCE,
  type PerceptualHash,
} from './perceptual-hash.js'

export interface NearDuplicateLimits {
  /** Pictures remembered; later ones are compared with these, and not remembered. 2²⁰ take about 240 MiB. */
  readonly capacity?: number
  /** Earlier pictures that one picture is compared with at most. */
  readonly maxComparisons?: number
}

/** Pieces of 16 bits: hashes within 7 bits of each other differ by no more than one bit in at least one of them. */
const BANDS = 4
const BAND_BITS = 16
const FLIPS = [0, ...Array.from({ length: BAND_BITS }, (_, bit) => 1 << bit)]
/** Pictures whose colours agree lie, by the mean of all their colours, in the same level or in neighbouring ones. */
const LEVELS = Math.floor((255 * COLOUR_VALUES) / MAX_TOTAL_DISTANCE) + 1
const BLOCK_BITS = 13
const BLOCK = 1 << BLOCK_BITS
const FIRST_SLOT_BITS = 12

/** The pictures of one block, column by column. */
interface Block {
  /** [BLOCK, 2] */
  readonly words: Uint32Array
  /** [BLOCK, COLOUR_VALUES] */
  readonly colours: Uint8Array
  readonly levels: Uint8Array
  /** [BLOCK, BANDS]: the next entry in the same slot, or −1. */
  readonly next: Int32Array
}

const bandOf = (across: number, down: number, band: number): number =>
  ((band < 2 ? across : down) >>> ((band & 1) * BAND_BITS)) & 0xffff

function levelOf(colours: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < COLOUR_VALUES; i++) sum += colours[i] as number
  return Math.floor(sum / MAX_TOTAL_DISTANCE)
}

/**
 * Remembers pictures in the order they come and finds the first that a new one resembles, as comparing all with all
 * would, in memory and time that are bounded by `limits`. What a limit made it give up is counted, never hidden.
 *
 * Each picture stands in four lists, one per band, keyed by the band's bits and the level of its colours; a search
 * looks at the lists of the same and of one flipped bit, and of the neighbouring levels.
 */
export class NearDuplicateIndex {
  readonly #capacity: number
  readonly #maxComparisons: number
  readonly #blocks: Block[] = []
  #slotBits = FIRST_SLOT_BITS
  #heads = new Int32Array(1 << FIRST_SLOT_BITS).fill(-1)
  #tails = new Int32Array(1 << FIRST_SLOT_BITS).fill(-1)
  #count = 0
  #unremembered = 0
  #cutShort = 0

  constructor({ capacity = 2 ** 20, maxComparisons = 2 ** 14 }: NearDuplicateLimits = {}) {
    this.#capacity = capacity
    this.#maxComparisons = maxComparisons
  }

  /** Pictures that found no room; resemblance among these is not known. */
  get unremembered(): number {
    return this.#unremembered
  }

  /** Searches that ended at the bound on comparisons and may have missed a resemblance. */
  get cutShort(): number {
    return this.#cutShort
  }

  /** @returns position of the earliest picture it resembles, or null; the picture itself gets the next position. */
  add(hash: PerceptualHash): number | null {
    const earliest = this.find(hash)
    if (this.#count < this.#capacity) this.#remember(hash)
    else this.#unremembered++
    return earliest
  }

  /** As `add`, without remembering the picture. */
  find({ across, down, colours }: PerceptualHash): number | null {
    const level = levelOf(colours)
    let earliest = this.#count
    let left = this.#maxComparisons
    for (const flip of FLIPS)
      for (let band = 0; band < BANDS; band++)
        for (let near = Math.max(0, level - 1); near <= Math.min(LEVELS - 1, level + 1); near++) {
          let entry = this.#heads[this.#slot(bandOf(across, down, band) ^ flip, band, near)] as number
          while (entry >= 0 && entry >> 2 < earliest) {
            if (left-- === 0) {
              this.#cutShort++
              return earliest < this.#count ? earliest : null
            }
            if (this.#resembles(entry >> 2, across, down, colours)) earliest = entry >> 2
            entry = this.#next(entry)
          }
        }
    return earliest < this.#count ? earliest : null
  }

  #resembles(position: number, across: number, down: number, colours: Uint8Array): boolean {
    const block = this.#blocks[position >> BLOCK_BITS] as Block
    const row = position & (BLOCK - 1)
    const bits =
      bitCount((block.words[row * 2] as number) ^ across) + bitCount((block.words[row * 2 + 1] as number) ^ down)
    return bits <= MAX_BITS && coloursAgree(block.colours, row * COLOUR_VALUES, colours)
  }

  #remember({ across, down, colours }: PerceptualHash): void {
    const position = this.#count++
    const row = position & (BLOCK - 1)
    if (row === 0)
      this.#blocks.push({
        words: new Uint32Array(BLOCK * 2),
        colours: new Uint8Array(BLOCK * COLOUR_VALUES),
        levels: new Uint8Array(BLOCK),
        next: new Int32Array(BLOCK * BANDS),
      })
    const block = this.#blocks[position >> BLOCK_BITS] as Block
    block.words[row * 2] = across
    block.words[row * 2 + 1] = down
    block.colours.set(colours, row * COLOUR_VALUES)
    block.levels[row] = levelOf(colours)
    if (this.#count * BANDS > 2 * this.#heads.length) this.#grow()
    else this.#link(position)
  }

  /** Appends the picture to its four lists, which therefore run from the earliest to the latest. */
  #link(position: number): void {
    const block = this.#blocks[position >> BLOCK_BITS] as Block
    const row = position & (BLOCK - 1)
    for (let band = 0; band < BANDS; band++) {
      const bits = bandOf(block.words[row * 2] as number, block.words[row * 2 + 1] as number, band)
      const slot = this.#slot(bits, band, block.levels[row] as number)
      const entry = position * BANDS + band
      const tail = this.#tails[slot] as number
      block.next[row * BANDS + band] = -1
      if (tail < 0) this.#heads[slot] = entry
      else (this.#blocks[tail >> (BLOCK_BITS + 2)] as Block).next[tail & (BLOCK * BANDS - 1)] = entry
      this.#tails[slot] = entry
    }
  }

  #grow(): void {
    this.#slotBits++
    this.#heads = new Int32Array(1 << this.#slotBits).fill(-1)
    this.#tails = new Int32Array(1 << this.#slotBits).fill(-1)
    for (let position = 0; position < this.#count; position++) this.#link(position)
  }

  #next(entry: number): number {
    return (this.#blocks[entry >> (BLOCK_BITS + 2)] as Block).next[entry & (BLOCK * BANDS - 1)] as number
  }

  /** Other keys may share a slot; comparing the pictures tells them apart. */
  #slot(bits: number, band: number, level: number): number {
    return Math.imul(bits | (band << BAND_BITS) | (level << 18), 0x9e3779b1) >>> (32 - this.#slotBits)
  }
}
