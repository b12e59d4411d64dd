import { DomainError } from '@lethe/domain'
import type { z } from 'zod'

/** The first thing that is wrong, with its place. */
export function describeIssue({ issues }: z.ZodError): string {
  const [issue] = issues
  const place = issue?.path.join('.') ?? ''
  return `${place === '' ? '' : `${place}: `}${issue?.message ?? 'not understood'}`
}

/**
 * Free-form input by its schema. A member that the schema does not know is refused too: it is a typing error, and what was
 * meant would silently be the default.
 *
 * @throws DomainError `code` naming the first offending member below `field`.
 */
export function parseRecipe<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { field, code }: { field: string; code: string },
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place = [field, ...(issue?.path ?? [])].join('.')
    throw new DomainError(code, sentence(issue), place)
  }
  const stranger = findStranger(value, parsed.data, field)
  if (stranger !== undefined)
    throw new DomainError(
      code,
      `There is no such member; beside it there are ${stranger.known.join(', ')}.`,
      stranger.place,
    )
  return parsed.data
}

function sentence(issue: z.core.$ZodIssue | undefined): string {
  const message = issue?.message ?? 'not understood'
  if (message.endsWith('received undefined'))
    return `It is missing; give a ${/expected (\w+)/.exec(message)?.[1] ?? 'value'}.`
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
}

interface Stranger {
  readonly place: string
  readonly known: readonly string[]
}

/** A member of the input that parsing dropped. */
function findStranger(input: unknown, output: unknown, place: string): Stranger | undefined {
  if (!isRecord(input) || !isRecord(output)) return undefined
  for (const [name, value] of Object.entries(input)) {
    if (!(name in output)) return { place: `${place}.${name}`, known: Object.keys(output) }
    const inner = findStranger(value, output[name], `${place}.${name}`)
    if (inner !== undefined) return inner
  }
  return undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
