export interface TallyEntry {
  readonly name: string
  readonly count: number
}

export interface TallyResult {
  /** Different names; a lower bound when `others` is above 0. */
  readonly distinct: number
  /** The most frequent, by count, then by name. */
  readonly top: readonly TallyEntry[]
  /** How many had a name that found no room of its own. */
  readonly others: number
}

const MAX_NAMES = 10_000

/** Counts names in bounded memory. */
export class Tally {
  readonly #counts = new Map<string, number>()
  #others = 0

  add(name: string): void {
    const count = this.#counts.get(name)
    if (count === undefined && this.#counts.size >= MAX_NAMES) this.#others++
    else this.#counts.set(name, (count ?? 0) + 1)
  }

  result(top: number): TallyResult {
    const entries = [...this.#counts].map(([name, count]) => ({ name, count }))
    entries.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    return { distinct: entries.length, top: entries.slice(0, top), others: this.#others }
  }
}
