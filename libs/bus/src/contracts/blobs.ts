import { Digest } from '@lethe/domain'
import { z } from 'zod'

/** A blob in the tenant's artifact store, named by the SHA-256 of its bytes. */
export const BlobRef = z.object({ digest: Digest, size: z.int().min(0) })
export type BlobRef = z.infer<typeof BlobRef>

/** A model checkpoint: weights that any safetensors reader opens, and beside them what is needed to train on. */
export const CheckpointRef = z.object({ weights: BlobRef, state: BlobRef })
export type CheckpointRef = z.infer<typeof CheckpointRef>
