import { createHash } from 'node:crypto'
import type { ContentId } from '@lethe/domain'

/** SHA-256 of a sample's original bytes: its identity, so that an erasure request can be resolved by content. */
export const contentId = (bytes: Uint8Array): ContentId => createHash('sha256').update(bytes).digest('hex') as ContentId
