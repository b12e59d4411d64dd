/** What may be said of an error besides its name and message. Drivers add the rows and values that a statement was about. */
const shownFields = [
  'code',
  'field',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
  'errno',
  'syscall',
  'address',
  'port',
  'status',
  'statusCode',
] as const

/** How deep causes are followed. */
const deepest = 4

/** Sentences of PostgreSQL that repeat values, up to where these begin; what follows in the text is theirs. */
const repeatsValues = [
  /Key \([^\n]*?\)=\(/,
  /Failing row contains \(/,
  /invalid input (?:syntax|value) for [^:\n]*: /,
  /(?:field )?value out of range: /,
  /malformed [a-z ]+ literal: /,
  /invalid [a-z ]+ (?:sequence|representation)[^:\n]*: /,
  /\bvalue \\?"/,
  /\bToken \\?"/,
]

/** The text without values of rows, which may be anybody's address or name. */
export function withoutValues(text: string): string {
  const ends = repeatsValues.flatMap((sentence) => {
    const found = sentence.exec(text)
    return found === null ? [] : found.index + found[0].length
  })
  return ends.length === 0 ? text : `${text.slice(0, Math.min(...ends))}[redacted]`
}

/** Prisma puts the invocation, arguments included, before the sentence that says what was wrong. */
const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** What an error says, without values of rows. */
export const messageOf = (error: Error): string =>
  withoutValues(error.name.startsWith('Prisma') ? lastLine(error.message) : error.message)

/**
 * An error as the log shows it: name, message without values of rows, the frames of its stack, the fields above, and its
 * causes alike. Anything else that hangs on it is left out.
 */
export function showError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const message = messageOf(error)
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  const fields = Object.fromEntries(
    shownFields.flatMap((name) => {
      const value = (error as unknown as Record<string, unknown>)[name]
      return typeof value === 'string' || typeof value === 'number' ? [[name, value]] : []
    }),
  )
  const { cause, originalError, errors } = error as Error & { originalError?: unknown; errors?: unknown }
  const inner = [cause, originalError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter(
    (each) => each instanceof Error,
  )
  return {
    type: error.name,
    message,
    stack: [`${error.name}: ${message}`, ...frames].join('\n'),
    ...fields,
    ...(inner.length === 0 || depth >= deepest ? {} : { causes: inner.map((each) => showError(each, depth + 1)) }),
  }
}
