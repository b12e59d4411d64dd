import { z } from 'zod'
import { TwinCommitment } from '../twins.js'
import { Count, Ordinal, Sha256, Uuid } from './parts.js'

export const DatasetRegistered = z.strictObject({
  datasetId: Uuid,
  datasetVersionId: Uuid,
  number: Ordinal,
  /** Edge of the square pictures, in pixels. */
  imageSize: Ordinal,
  samples: Count,
  exactDuplicates: Count,
  nearDuplicates: Count,
  quarantined: Count,
  /** On record before anything is trained on these samples. */
  twins: TwinCommitment.optional(),
})

export const DatasetRedacted = z.strictObject({
  datasetId: Uuid,
  datasetVersionId: Uuid,
  /** Samples that left. */
  removed: Count,
  /** Samples that stayed. */
  samples: Count,
  /** The pack that held them, and the one that took its place: digests of bulk files. */
  packBefore: Sha256,
  /** Null where no sample stayed, and so no pack. */
  packAfter: Sha256.nullable(),
})
