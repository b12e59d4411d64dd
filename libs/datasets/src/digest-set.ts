const WORDS = 4
const FIRST_SLOTS = 2 ** 10

/**
 * A set of SHA-256 digests in at most 64 bytes each, where a Set of strings takes more than twice that. Keeps the first
 * 128 bits: that two of a million different digests agree in these has a probability of 10⁻²⁷.
 */
export class DigestSet {
  #slots = new Uint32Array(FIRST_SLOTS * WORDS)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @param digest lower-case hex. @returns whether it was not there yet. */
  add(digest: string): boolean {
    const words = wordsOf(digest)
    const at = this.#find(words)
    if (this.#slots[at] !== 0) return false
    this.#slots.set(words, at)
    if (++this.#size * 4 > (this.#slots.length / WORDS) * 3) this.#grow()
    return true
  }

  has(digest: string): boolean {
    return this.#slots[this.#find(wordsOf(digest))] !== 0
  }

  /** Where these words are, or the free place where they belong. */
  #find(words: Uint32Array): number {
    const mask = this.#slots.length - 1
    const [a, b, c, d] = words as unknown as [number, number, number, number]
    for (let at = (b * WORDS) & mask; ; at = (at + WORDS) & mask) {
      if (this.#slots[at] === 0) return at
      if (this.#slots[at] === a && this.#slots[at + 1] === b && this.#slots[at + 2] === c && this.#slots[at + 3] === d)
        return at
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at] === 0) continue
      const words = old.subarray(at, at + WORDS)
      this.#slots.set(words, this.#find(words))
    }
  }
}

/** The first word is never 0, which stands for a free place. */
function wordsOf(digest: string): Uint32Array {
  const words = new Uint32Array(WORDS)
  for (let i = 0; i < WORDS; i++) words[i] = parseInt(digest.slice(i * 8, i * 8 + 8), 16)
  words[0] ||= 1
  return words
}
