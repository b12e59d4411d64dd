/** A refusal of the API, or a failure on the way to it. Codes: docs/errors.md. */
export class LetheError extends Error {
  override readonly name = 'LetheError'

  constructor(
    /** For machines. `UNREACHABLE` and `ANSWER_INVALID` are the client's own. */
    readonly code: string,
    message: string,
    readonly details: {
      /** HTTP status, where there was an answer. */
      readonly status?: number | undefined
      /** Dotted path of the input that is meant. */
      readonly field?: string | undefined
      /** To be quoted when an accident is reported. */
      readonly correlationId?: string | undefined
      readonly retryAfterSeconds?: number | undefined
    } = {},
  ) {
    super(message)
  }
}

interface Refusal {
  readonly __typename: 'UserError'
  readonly code: string
  readonly message: string
  readonly field: string | null
}

/** What a mutation made; @throws LetheError for the refusal that it answered instead. */
export function orThrow<T extends { readonly __typename: string }>(answer: T): Exclude<T, Refusal> {
  if (answer.__typename !== 'UserError') return answer as Exclude<T, Refusal>
  const { code, message, field } = answer as unknown as Refusal
  throw new LetheError(code, message, { field: field ?? undefined })
}

interface FormattedError {
  readonly message: string
  readonly extensions?: Readonly<Record<string, unknown>>
}

export function errorOf({ message, extensions = {} }: FormattedError, status?: number): LetheError {
  const { code, field, correlationId, retryAfterSeconds } = extensions
  return new LetheError(typeof code === 'string' ? code : 'ANSWER_INVALID', message, {
    status,
    field: typeof field === 'string' ? field : undefined,
    correlationId: typeof correlationId === 'string' ? correlationId : undefined,
    retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined,
  })
}
