import { Provenance } from '@lethe/domain'
import type { SafetensorsFile } from '@lethe/safetensors'
import { z } from 'zod'
import { refuse } from '../learning-error.js'

const FORMAT = 'lethe-training-state'
const VERSION = '1'

/** What the features of an epoch were good for, on data that is held out. */
const EpochScores = z.object({
  /** Accuracy of the nearest neighbours among the training features. */
  knnAccuracy: z.number().min(0).max(1).optional(),
  /** Accuracy of a linear probe trained on the training features. */
  probeAccuracy: z.number().min(0).max(1).optional(),
})
export type EpochScores = z.infer<typeof EpochScores>

const CurvePoint = z.object({ epoch: z.int().min(1), loss: z.number(), ...EpochScores.shape })
/** Mean loss of an epoch, counted from 1, and its scores where it was evaluated. */
export type CurvePoint = z.infer<typeof CurvePoint>

const Curve = z.array(CurvePoint)

/** How far a run is. There is no random state: every draw is keyed by seed, epoch and sample. */
export interface TrainingState {
  /** What is being run on what: two runs with equal plans compute the same. See `planOf`. */
  readonly plan: string
  /** Finished epochs and steps, over all phases. */
  readonly epoch: number
  readonly step: number
  readonly curve: readonly CurvePoint[]
  readonly provenance: Provenance | null
}

/** JSON with sorted keys, so that equal plans are equal strings. */
export const planOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

export const stateMetadata = ({ plan, epoch, step, curve, provenance }: TrainingState): Record<string, string> => ({
  format: FORMAT,
  version: VERSION,
  plan,
  epoch: String(epoch),
  step: String(step),
  curve: JSON.stringify(curve),
  ...(provenance === null ? {} : { provenance: JSON.stringify(provenance) }),
})

const Metadata = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  plan: z.string(),
  epoch: z.coerce.number().int().min(0),
  step: z.coerce.number().int().min(0),
  curve: z.string(),
  provenance: z.string().optional(),
})

/** @throws DomainError CHECKPOINT_INVALID */
export function readStateMetadata({ metadata }: SafetensorsFile): TrainingState {
  const read = Metadata.safeParse(metadata)
  const curve = Curve.safeParse(parseJson(read.data?.curve))
  const provenance = Provenance.nullable().safeParse(parseJson(read.data?.provenance))
  if (!read.success || !curve.success || !provenance.success)
    refuse(
      'CHECKPOINT_INVALID',
      `These bytes are not a training state of version ${VERSION}; start the run anew.`,
      'resume',
    )
  const { plan, epoch, step } = read.data
  return { plan, epoch, step, curve: curve.data, provenance: provenance.data }
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return null
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
