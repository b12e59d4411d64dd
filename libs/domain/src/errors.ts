/**
 * An expected refusal. `code` is for machines, `message` is safe to show to a person and says how to mend it.
 * `field` names the offending input with a dotted path, when there is one.
 */
export class DomainError<Code extends string = string> extends Error {
  override readonly name = 'DomainError'
  constructor(
    readonly code: Code,
    message: string,
    readonly field?: string,
  ) {
    super(message)
  }
}

export const isDomainError = (error: unknown): error is DomainError =>
  error instanceof Error && error.name === 'DomainError' && 'code' in error
