/** What comes in order, one by one, with a look ahead. */
export class Ordered<Item> {
  #next: Item | undefined
  #isRead = false

  private constructor(private readonly source: AsyncIterator<Item>) {}

  static of<Item>(items: AsyncIterable<Item>): Ordered<Item> {
    return new Ordered(items[Symbol.asyncIterator]())
  }

  static ofPages<Item>(pages: AsyncIterable<readonly Item[]>): Ordered<Item> {
    return Ordered.of(flatten(pages))
  }

  async peek(): Promise<Item | undefined> {
    if (!this.#isRead) {
      const result = await this.source.next()
      this.#next = result.done ? undefined : result.value
      this.#isRead = true
    }
    return this.#next
  }

  /** The next one if it is wanted. */
  async take(isWanted: (item: Item) => boolean): Promise<Item | undefined> {
    const next = await this.peek()
    if (next === undefined || !isWanted(next)) return undefined
    this.#isRead = false
    return next
  }
}

async function* flatten<Item>(pages: AsyncIterable<readonly Item[]>): AsyncGenerator<Item> {
  for await (const page of pages) yield* page
}
