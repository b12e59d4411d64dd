import type { AuditOptions } from '../audited-model.js'
import { consistencyFinding, reactionFinding } from '../battery/endpoint-findings.js'
import { endpointFinding } from '../battery/endpoint-integrity.js'
import type { GuardedModel } from '../endpoint/guard-endpoint.js'
import type { AuditData, MeasuredEndpoint } from '../judge/audit-data.js'
import type { ModelAnswers } from '../probe/view-embeddings.js'
import { compareWithAttested } from './endpoint-attestation.js'
import { askForConsistency } from './endpoint-consistency.js'
import { drawProbes, Unreadable } from './endpoint-probes.js'
import { askForReactions, askForWays } from './endpoint-smoothness.js'

/** Probes the models after and before; where after fails, before is left alone. */
export async function measureEndpoints(
  [before, after]: readonly GuardedModel[],
  options: AuditOptions,
  [ofBefore, ofAfter]: readonly ModelAnswers[],
): Promise<AuditData['endpoints']> {
  const second = await measureEndpoint(after as GuardedModel, options, ofAfter as ModelAnswers)
  if (endpointFinding(second) !== null) return { before: null, after: second }
  return { before: await measureEndpoint(before as GuardedModel, options, ofBefore as ModelAnswers), after: second }
}

/** Asks as long as nothing is found; what comes after a finding would say nothing. */
async function measureEndpoint(
  model: GuardedModel,
  options: AuditOptions,
  answers: ModelAnswers,
): Promise<MeasuredEndpoint> {
  const unasked: MeasuredEndpoint = {
    label: model.label,
    fault: null,
    consistency: null,
    smoothness: null,
    attested: null,
  }
  const measured = { ...unasked, fault: faultOf(model, answers) }
  if (measured.fault !== null) return measured
  try {
    const probes = drawProbes(model, options)
    measured.consistency = await askForConsistency(probes, options, answers)
    if (consistencyFinding(measured.consistency) === null) {
      measured.smoothness = await askForReactions(probes, options)
      if (reactionFinding(measured.smoothness) === null) {
        measured.smoothness = { ...measured.smoothness, ways: await askForWays(probes) }
        measured.attested = await compareWithAttested(probes, model, options)
      }
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    measured.fault = error.fault
  }
  // A fault in the middle explains whatever else was seen.
  return { ...measured, fault: faultOf(model) ?? measured.fault }
}

type Fault = MeasuredEndpoint['fault']

function faultOf(model: GuardedModel, answers?: ModelAnswers): Fault {
  const fault = model.fault()
  if (fault !== null) return { code: fault.code, words: lowerFirst(fault.message) }
  if (answers === undefined || answers.defect === null) return null
  return { code: answers.code ?? 'ENDPOINT_MALFORMED', words: answers.defect }
}

const lowerFirst = (message: string) => message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '')
