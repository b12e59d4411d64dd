import type { AuditTest } from '@lethe/domain'
import type { AuditOptions } from '../audited-model.js'
import type { GuardedModel } from '../endpoint/guard-endpoint.js'
import type { ModelAnswers } from '../probe/view-embeddings.js'
import { compareWithAttested } from './endpoint-attestation.js'
import { askForConsistency } from './endpoint-consistency.js'
import { drawProbes, type EndpointFinding } from './endpoint-probes.js'
import { askForSmoothness } from './endpoint-smoothness.js'

/**
 * A0. The same question gets the same answer, whatever stands beside it; answers are finite, of one length, and different for different
 * pictures; they change little where pictures change little, for known pictures as for others; and where weights were attested, they
 * are those of these weights. An endpoint that fails measures nothing.
 */
export async function testEndpointIntegrity(
  model: GuardedModel,
  options: AuditOptions,
  answers: ModelAnswers,
): Promise<AuditTest> {
  const fault = model.fault()
  if (fault !== null) return report(model, { code: fault.code, words: lowerFirst(fault.message) }, null)
  if (answers.defect !== null)
    return report(model, { code: answers.code ?? 'ENDPOINT_MALFORMED', words: answers.defect }, null)
  const probes = drawProbes(model, options)
  let difference = 0
  for (const examine of [askForConsistency, askForSmoothness, compareWithAttested]) {
    const examination = await examine(probes, model, options, answers)
    difference = Math.max(difference, examination.difference)
    // A fault in the middle explains whatever the examination saw.
    const late = model.fault()
    const finding = late === null ? examination.finding : { code: late.code, words: lowerFirst(late.message) }
    if (finding !== null) return report(model, finding, difference)
  }
  return report(model, null, difference)
}

const lowerFirst = (message: string) => message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '')

function report(model: GuardedModel, finding: EndpointFinding | null, difference: number | null): AuditTest {
  const wasAttested = model.attested?.embed !== undefined
  return {
    id: 'A0-endpoint-integrity',
    optimisedFor: false,
    effect: { value: difference ?? 0, interval: null },
    p: null,
    power: null,
    outcome: finding === null ? 'met' : 'not-met',
    detail:
      finding === null
        ? `The endpoint of ${model.label} answers alike when asked again, in other company and order; its answers change smoothly from known to unknown pictures${
            wasAttested ? ', and they are those of the attested weights' : ''
          }.`
        : `The endpoint of ${model.label} cannot be relied on: ${finding.words}.`,
    ...(finding === null ? {} : { code: finding.code }),
  }
}
