import { z } from 'zod'
import { Commitment, Count, Sha256 } from './parts.js'

/** What something that derives from the forgotten samples has become. */
export const ClosureState = z.enum([
  /** Made to forget, and its audit passed. */
  'FORGOTTEN',
  /** Trained anew without the forgotten samples. */
  'RETRAINED',
  /** Deleted; a receipt is on record. */
  'DESTROYED',
  /** Kept, for a reason in law. */
  'RETAINED',
  /** Nothing was done about it: the request cannot be fulfilled. */
  'NOT_COVERED',
])
export type ClosureState = z.infer<typeof ClosureState>

/** Kind of a thing, in kebab case: dataset-pack, model-weights, training-state, … */
const Thing = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/)

/** Row id or other name inside the platform; never a content id or a key of a person. */
const ThingId = z.string().min(1).max(256)

export const ClosureAssessed = z.strictObject({
  items: z.array(
    z.strictObject({
      thing: Thing,
      id: ThingId,
      store: Thing.optional(),
      state: ClosureState,
      /** Why it may be kept, or why it needs nothing. */
      basis: z.string().min(1).max(500).optional(),
    }),
  ),
})

export const DataDeleted = z.strictObject({
  store: Thing,
  things: z.array(
    z.strictObject({
      thing: Thing,
      id: ThingId,
      /** Of a bulk file or of weights. */
      digest: Sha256.optional(),
      /** In place of a digest that would be a hash of somebody's data. */
      digestCommitment: Commitment.optional(),
      bytes: Count.optional(),
      rows: Count.optional(),
    }),
  ),
  /** The store was asked again after the deletion, and had none of them. */
  verifiedAbsent: z.literal(true),
})

export const SubjectShredded = z.strictObject({
  /** The commitment that can no longer be opened. */
  subjectCommitment: Commitment,
  shreddedBy: Commitment,
})
