import { DomainError } from '@lethe/domain'
import { z } from 'zod'
import { limits } from './read-images.js'

const Batch = z.strictObject({
  texts: z.array(z.string().max(limits.charactersPerText)).min(1).max(limits.textsPerRequest),
})

/** The texts of a request. @throws DomainError BATCH_INVALID. */
export function readTexts(body: unknown): readonly string[] {
  const batch = Batch.safeParse(body)
  if (batch.success) return batch.data.texts
  const issue = batch.error.issues[0]
  throw new DomainError(
    'BATCH_INVALID',
    `Send {"texts": […]} with 1 to ${limits.textsPerRequest} texts: ${issue?.message ?? ''}.`,
    issue?.path.join('.') || 'texts',
  )
}
