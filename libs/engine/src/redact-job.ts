import { redactPack } from '@lethe/datasets'
import type { Job, JobResult } from './protocol.js'

/** No tensors: a pack is cut row by row. */
export async function runRedactJob({ pack, forget }: Extract<Job, { kind: 'redact' }>): Promise<JobResult> {
  return { kind: 'redact', ...redactPack(pack, forget) }
}
