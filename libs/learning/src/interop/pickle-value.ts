/** A name in a pickle. Nothing is ever looked up by it. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** What a pickle would have had a class or a function make. It was not made; only its name is known. */
export class PickleOpaque {
  constructor(readonly name: string) {}
}

/** What a pickle refers to outside of itself, by what its writer called it. */
export class PickleReference {
  constructor(readonly id: PickleValue) {}
}

/** What a host made of arguments in a pickle. */
export abstract class PickleMade {
  readonly isMade = true
}

/** A dictionary, ordered or not. A key stands in it once. */
export type PickleDictionary = Map<PickleValue, PickleValue>

/** Lists, tuples and sets are arrays; a list may hold itself. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDictionary
  | PickleGlobal
  | PickleOpaque
  | PickleReference
  | PickleMade
