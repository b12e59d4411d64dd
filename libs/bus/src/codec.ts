import { DomainError } from '@lethe/domain'
import type { z } from 'zod'

/** @throws DomainError MESSAGE_MALFORMED naming the first field that does not fit. Bytes are hostile until here. */
export function decodeMessage<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new DomainError('MESSAGE_MALFORMED', 'The message is not JSON in UTF-8; publish it through the bus library.')
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  throw new DomainError('MESSAGE_MALFORMED', `The message does not fit its contract: ${issue?.message ?? ''}.`, field)
}

/** Checks against the contract before anything leaves the process. */
export function encodeMessage<T>(schema: z.ZodType<T>, value: T): string {
  return JSON.stringify(schema.parse(value))
}
