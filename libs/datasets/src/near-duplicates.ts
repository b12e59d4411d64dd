import { bitCount, coloursAgree, COLOUR_VALUES, MAX_BITS, MAX_TOTAL_DISTANCE, type PerceptualHash } from '@lethe/domain'

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
const FIRST_ROOM = 2 ** 10
/** Colours lie in blocks of so many pictures, so that growing copies only what is small. */
const BLOCK_BITS = 13
const BLOCK = 1 << BLOCK_BITS

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
  #count = 0
  #room = FIRST_ROOM
  /** [room, 2] */
  #words = new Int32Array(FIRST_ROOM * 2)
  #levels = new Uint8Array(FIRST_ROOM)
  /** [room, BANDS]: the next entry of the same list, or −1. Entry = position × BANDS + band. */
  #next = new Int32Array(FIRST_ROOM * BANDS)
  /** Blocks of [BLOCK, COLOUR_VALUES]. */
  readonly #colours: Uint8Array[] = []
  #slotBits = Math.log2(FIRST_ROOM * 2)
  /** First and last entry of the list in each slot, or −1. */
  #heads = new Int32Array(FIRST_ROOM * 2).fill(-1)
  #tails = new Int32Array(FIRST_ROOM * 2).fill(-1)
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
    // Locals, because reading a private member costs as much as comparing.
    const [words, next, heads, shift] = [this.#words, this.#next, this.#heads, 32 - this.#slotBits]
    const level = levelOf(colours)
    const highest = Math.min(LEVELS - 1, level + 1)
    let earliest = this.#count
    let left = this.#maxComparisons
    for (const flip of FLIPS)
      for (let band = 0; band < BANDS; band++) {
        const bits = bandOf(across, down, band) ^ flip
        for (let near = Math.max(0, level - 1); near <= highest; near++) {
          let entry = heads[slotOf(bits, band, near) >>> shift] as number
          for (; entry >= 0 && entry >> 2 < earliest; entry = next[entry] as number) {
            if (left-- === 0) {
              this.#cutShort++
              return earliest < this.#count ? earliest : null
            }
            const at = (entry >> 2) * 2
            const distance = bitCount((words[at] as number) ^ across) + bitCount((words[at + 1] as number) ^ down)
            if (distance <= MAX_BITS && this.#coloursAgree(entry >> 2, colours)) earliest = entry >> 2
          }
        }
      }
    return earliest < this.#count ? earliest : null
  }

  #coloursAgree(position: number, colours: Uint8Array): boolean {
    const block = this.#colours[position >> BLOCK_BITS] as Uint8Array
    return coloursAgree(block, (position & (BLOCK - 1)) * COLOUR_VALUES, colours)
  }

  #remember({ across, down, colours }: PerceptualHash): void {
    if (this.#count === this.#room) this.#grow()
    const position = this.#count++
    const row = position & (BLOCK - 1)
    if (row === 0) this.#colours.push(new Uint8Array(BLOCK * COLOUR_VALUES))
    this.#colours[position >> BLOCK_BITS]?.set(colours, row * COLOUR_VALUES)
    this.#words[position * 2] = across
    this.#words[position * 2 + 1] = down
    this.#levels[position] = levelOf(colours)
    this.#link(position)
  }

  /** Appends the picture to its four lists, which therefore run from the earliest to the latest. */
  #link(position: number): void {
    const across = this.#words[position * 2] as number
    const down = this.#words[position * 2 + 1] as number
    for (let band = 0; band < BANDS; band++) {
      const key = slotOf(bandOf(across, down, band), band, this.#levels[position] as number)
      const slot = key >>> (32 - this.#slotBits)
      const entry = position * BANDS + band
      const tail = this.#tails[slot] as number
      this.#next[entry] = -1
      if (tail < 0) this.#heads[slot] = entry
      else this.#next[tail] = entry
      this.#tails[slot] = entry
    }
  }

  #grow(): void {
    this.#room *= 2
    const [words, levels] = [this.#words, this.#levels]
    this.#words = new Int32Array(this.#room * 2)
    this.#words.set(words)
    this.#levels = new Uint8Array(this.#room)
    this.#levels.set(levels)
    this.#next = new Int32Array(this.#room * BANDS)
    this.#slotBits++
    this.#heads = new Int32Array(this.#room * 2).fill(-1)
    this.#tails = new Int32Array(this.#room * 2).fill(-1)
    for (let position = 0; position < this.#count; position++) this.#link(position)
  }
}

/** Its upper bits name the slot. Other keys may share it; comparing the pictures tells them apart. */
const slotOf = (bits: number, band: number, level: number): number =>
  Math.imul(bits | (band << BAND_BITS) | (level << 18), 0x9e3779b1)
