import { DomainError } from '@lethe/domain'
import { parseSafetensors, serializeSafetensors } from '@lethe/safetensors'
import { z } from 'zod'
import type { CheckpointBytes } from './protocol.js'

const FORMAT = 'lethe-resume/1'

/** What attempts have cost so far. Work that was lost after the last checkpoint is not in it. */
export const Spent = z.object({
  wallSeconds: z.number().min(0),
  cpuSeconds: z.number().min(0),
  peakMemoryBytes: z.number().min(0),
})
export type Spent = z.infer<typeof Spent>

export interface ResumePoint {
  readonly checkpoint: CheckpointBytes
  readonly spent: Spent
}

export const writeResumePoint = ({ checkpoint, spent }: ResumePoint): Uint8Array =>
  serializeSafetensors(
    new Map(
      Object.entries(checkpoint).map(([name, data]: [string, Uint8Array]) => [
        name,
        { dtype: 'U8' as const, shape: [data.length], data },
      ]),
    ),
    { format: FORMAT, spent: JSON.stringify(spent) },
  )

/** @throws DomainError RESUME_POINT_INVALID, field `resume`. */
export function readResumePoint(bytes: Uint8Array): ResumePoint {
  const { tensors, metadata } = parseSafetensors(bytes)
  const [weights, state] = ['weights', 'state'].map((name) => tensors.get(name))
  const spent = Spent.safeParse(parseJson(metadata.spent))
  if (metadata.format !== FORMAT || weights?.dtype !== 'U8' || state?.dtype !== 'U8' || !spent.success)
    throw new DomainError('RESUME_POINT_INVALID', 'These bytes are no resume point; the run starts anew.', 'resume')
  return { checkpoint: { weights: weights.data, state: state.data }, spent: spent.data }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
