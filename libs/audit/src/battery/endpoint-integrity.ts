import type { AuditTest } from '@lethe/domain'
import type { AuditData, MeasuredEndpoint } from '../judge/audit-data.js'
import { attestationFinding, cliffFinding, consistencyFinding, reactionFinding } from './endpoint-findings.js'

/** A finding as it stands in a report: faults of an endpoint say their code themselves. */
interface Finding {
  readonly code: string
  readonly words: string
}

/**
 * A0. The same question gets the same answer, whatever stands beside it; answers are finite, of one length, and different for different
 * pictures; they change little where pictures change little, for known pictures as for others; and where weights were attested, they
 * are those of these weights. An endpoint that fails measures nothing. Of the models before and after, the first that fails speaks for
 * both; before is not probed where after fails.
 */
export function testEndpointIntegrity({ before, after }: AuditData['endpoints']): AuditTest {
  const ofAfter = testEndpoint(after)
  if (ofAfter.outcome !== 'met' || before === null) return ofAfter
  const ofBefore = testEndpoint(before)
  return ofBefore.outcome === 'met' ? ofAfter : ofBefore
}

function testEndpoint(endpoint: MeasuredEndpoint): AuditTest {
  const { label, consistency, attested } = endpoint
  const finding = endpointFinding(endpoint)
  const differences = [consistency?.repeat ?? 0, consistency?.company ?? 0, ...(attested?.distances ?? [])]
  return {
    id: 'A0-endpoint-integrity',
    optimisedFor: false,
    effect: { value: Math.max(...differences), interval: null },
    p: null,
    power: null,
    outcome: finding === null ? 'met' : 'not-met',
    detail:
      finding === null
        ? `The endpoint of ${label} answers alike when asked again, in other company and order; its answers change smoothly from known to unknown pictures${
            attested === null ? '' : ', and they are those of the attested weights'
          }.`
        : `The endpoint of ${label} cannot be relied on: ${finding.words}.`,
    ...(finding === null ? {} : { code: finding.code }),
  }
}

/** The first thing that is wrong. A fault explains whatever else was seen, and what was not asked cannot be met. */
export function endpointFinding({ fault, consistency, smoothness, attested }: MeasuredEndpoint): Finding | null {
  if (fault !== null) return fault
  if (consistency === null) return NOT_ASKED
  const first = consistencyFinding(consistency)
  if (first !== null) return first
  if (smoothness === null) return NOT_ASKED
  const second = reactionFinding(smoothness)
  if (second !== null) return second
  if (smoothness.ways === null) return NOT_ASKED
  return cliffFinding(smoothness) ?? (attested === null ? null : attestationFinding(attested))
}

const NOT_ASKED: Finding = { code: 'ENDPOINT_NOT_PROBED', words: 'it was not probed to the end' }
