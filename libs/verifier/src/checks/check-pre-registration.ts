import { auditPolicyDigest, REQUIRED_APPROVALS } from '@lethe/domain'
import { paths } from '../archive/bundle-paths.js'
import type { Statement } from '../bundle/statement.js'
import { finding, type Finding } from '../report/finding.js'
import { ownOfKind, type Case, type CheckOfCase } from './case.js'

/**
 * What was to be done, and by what it would be judged, was on record before anything ran: every unlearning and audit
 * comes after a plan and its approvals, and every audit was made under the policy of the plan before it.
 */
export const checkPreRegistration: CheckOfCase = (of) => {
  const plans = ownOfKind(of, 'erasure-planned/v1')
  const audits = ownOfKind(of, 'audit-completed/v1')
  const acts = [...ownOfKind(of, 'model-unlearned/v1'), ...audits]
  const findings: Finding[] = plans.filter(isMisdigested).map(({ path }) => finding('POLICY_DIGEST_WRONG', path))
  if (plans.length === 0)
    return acts.length === 0
      ? { findings, isSkipped: true }
      : { findings: [...findings, finding('PLAN_MISSING', paths.manifest)] }
  for (const act of acts) {
    const plan = plans.filter(({ seq }) => seq < act.seq).at(-1)
    if (plan === undefined) findings.push(finding('PLAN_LATE', act.path))
    else if (!isApproved(of, plan, act.seq)) findings.push(finding('APPROVALS_MISSING', plan.path))
  }
  for (const audit of audits) {
    const plan = plans.filter(({ seq }) => seq < audit.seq).at(-1)
    if (isMisdigested(audit)) findings.push(finding('POLICY_DIGEST_WRONG', audit.path))
    if (plan !== undefined && plan.predicate.policyDigest !== audit.predicate.policyDigest)
      findings.push(finding('POLICY_CHANGED', audit.path))
    const planned = plans.flatMap(({ predicate }) => predicate.items.map(({ modelVersionId }) => modelVersionId))
    if (!planned.includes(audit.predicate.before)) findings.push(finding('AUDIT_UNPLANNED', audit.path))
  }
  return { findings: unique(findings), facts: { policy: plans.at(-1)?.predicate.policyDigest ?? '' } }
}

const isMisdigested = ({ predicate }: Statement<'erasure-planned/v1' | 'audit-completed/v1'>): boolean =>
  auditPolicyDigest(predicate.policy) !== predicate.policyDigest

/** As many people as the plan needed had approved the plan, by its digest, before the log reached `seq`. */
function isApproved(of: Case, plan: Statement<'erasure-planned/v1'>, seq: number): boolean {
  const approvals = ownOfKind(of, 'erasure-approved/v1').filter(
    (approval) =>
      approval.seq < seq &&
      approval.subjects.some(({ name, digest }) => name === 'plan' && digest.sha256 === plan.predicate.planDigest),
  )
  const people = new Set(approvals.map(({ predicate }) => predicate.approvedBy))
  return people.size >= Math.max(...approvals.map(({ predicate }) => predicate.required), REQUIRED_APPROVALS)
}

const unique = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((each) => [JSON.stringify(each), each])).values(),
]
