/** A document with what it answers and takes, both known to the compiler only. */
export interface Operation<Name extends string, Result, Variables> {
  readonly kind: 'query' | 'mutation' | 'subscription'
  /** Of the field of the root that it asks for. */
  readonly name: Name
  readonly text: string
  /** SHA-256 of the text, lower-case hex: its name among trusted documents. */
  readonly hash: string
  /** Whether its input has an idempotency key. */
  readonly isKeyed: boolean
  readonly types?: (variables: Variables) => Result
}

export const operation = <Name extends string, Result, Variables>(
  kind: Operation<Name, Result, Variables>['kind'],
  name: Name,
  text: string,
  hash: string,
  isKeyed = false,
): Operation<Name, Result, Variables> => ({ kind, name, text, hash, isKeyed })

/** What the field of the root answers. */
export type AnswerOf<O> =
  O extends Operation<infer Name, infer Result, never> ? (Name extends keyof Result ? Result[Name] : never) : never
