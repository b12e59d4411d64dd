import { paths } from '../archive/bundle-paths.js'
import { finding, type Finding } from '../report/finding.js'
import { closingOf, ownOfKind, type Case, type CheckOfCase } from './case.js'

/** By verdict of the last audit of a model version; PASS needs no finding. */
const codes = {
  RESIDUAL: 'VERDICT_RESIDUAL',
  OVER_FORGOTTEN: 'VERDICT_OVER_FORGOTTEN',
  INCONCLUSIVE: 'VERDICT_INCONCLUSIVE',
} as const

/** The last audit of every model version that was to forget says PASS: by the computation here, not by what is stated. */
export const checkVerdict: CheckOfCase = (of) => {
  const plan = ownOfKind(of, 'erasure-planned/v1').at(-1)
  const byVersion = new Map(of.audits.map((audit) => [audit.statement.predicate.before, audit]))
  const findings: Finding[] = []
  for (const { statement, recomputed } of byVersion.values()) {
    const verdict = recomputed?.report.verdict ?? statement.predicate.verdict
    if (verdict !== 'PASS') findings.push(finding(codes[verdict], statement.path, statement.predicate.number))
  }
  for (const { modelVersionId, action } of plan?.predicate.items ?? [])
    if ((action === 'UNLEARN' || action === 'RETRAIN') && !byVersion.has(modelVersionId) && !isDropped(of))
      findings.push(finding('AUDIT_MISSING', plan?.path ?? paths.manifest, modelVersionId))
  return { findings, isSkipped: plan === undefined, facts: { versions: byVersion.size } }
}

/** A request that was turned down or taken back needs no audit of what was planned. */
function isDropped(of: Case): boolean {
  const outcome = closingOf(of)?.predicate.outcome
  return outcome === 'REJECTED' || outcome === 'WITHDRAWN'
}
