import { DomainError } from '@lethe/domain'
import type { z } from 'zod'

/**
 * Free-form input by its schema.
 *
 * @throws DomainError INVALID_INPUT that names the first offending member with a dotted path below `field`
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, field: string): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = [field, ...(issue?.path ?? [])].join('.')
  throw new DomainError('INVALID_INPUT', `Correct \`${path}\`: ${issue?.message ?? 'it is not understood'}.`, path)
}
