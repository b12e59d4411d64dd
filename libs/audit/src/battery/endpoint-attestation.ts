import type { AuditOptions } from '../audited-model.js'
import { challengePictures, viewSeedOf } from '../challenge.js'
import type { GuardedModel } from '../endpoint/guard-endpoint.js'
import { askInParts } from '../probe/view-embeddings.js'
import { chord, rowAt, type EndpointExamination, type Probes } from './endpoint-probes.js'
import { figure } from './test-context.js'

/** Challenge pictures of an audit. */
export const CHALLENGES = 16
/** Distance of unit embeddings that two backends, or half precision, may make of the same weights. */
const SAME_WEIGHTS = 5e-3

/** Compares the endpoint with whoever holds the attested weights, on pictures that nobody had seen. Nothing where nothing was attested. */
export async function compareWithAttested(
  { size, ask }: Probes,
  { attested }: GuardedModel,
  options: AuditOptions,
): Promise<EndpointExamination> {
  if (attested?.embed === undefined) return { finding: null, difference: 0 }
  const asked = { ...size, count: CHALLENGES }
  const pictures = challengePictures(viewSeedOf(options), asked)
  const expected = await askInParts(attested.embed, asked, pictures, options.signal)
  const answers = await ask(pictures)
  let largest = 0
  for (let row = 0; row < CHALLENGES; row++)
    largest = Math.max(largest, chord(rowAt(expected, row), rowAt(answers, row)))
  if (expected.defect === null && answers.defect === null && largest <= SAME_WEIGHTS)
    return { finding: null, difference: 0 }
  const words = `its answers to challenge pictures lie ${figure(largest)} away from those of the attested weights ${attested.digest.slice(0, 12)}…`
  return { finding: { code: 'ENDPOINT_NOT_ATTESTED', words }, difference: largest }
}
