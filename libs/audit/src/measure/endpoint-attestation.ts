import type { AuditOptions } from '../audited-model.js'
import { challengePictures, viewSeedOf } from '../challenge.js'
import type { GuardedModel } from '../endpoint/guard-endpoint.js'
import type { MeasuredEndpoint } from '../judge/audit-data.js'
import { askInParts } from '../probe/view-embeddings.js'
import { chord, rowAt, type Probes } from './endpoint-probes.js'

/** Challenge pictures of an audit. */
export const CHALLENGES = 16

/** Compares the endpoint with whoever holds the attested weights, on pictures that nobody had seen. Null where nothing was attested. */
export async function compareWithAttested(
  { size, ask }: Probes,
  { attested }: GuardedModel,
  options: AuditOptions,
): Promise<MeasuredEndpoint['attested']> {
  if (attested?.embed === undefined) return null
  const asked = { ...size, count: CHALLENGES }
  const pictures = challengePictures(viewSeedOf(options), asked)
  const expected = await askInParts(attested.embed, asked, pictures, options.signal)
  const answers = await ask(pictures)
  // Weights that do not answer attest nothing: as far away as can be.
  const distance = (row: number) => (expected.defect === null ? chord(rowAt(expected, row), rowAt(answers, row)) : 2)
  return { digest: attested.digest, distances: Float64Array.from({ length: CHALLENGES }, (_, row) => distance(row)) }
}
