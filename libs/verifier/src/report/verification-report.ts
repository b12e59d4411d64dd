import { english } from '../words/english.js'
import {
  exitCodes,
  gravities,
  outcomes,
  type CheckId,
  type CheckResult,
  type Facts,
  type Finding,
  type LimitCode,
  type Outcome,
} from './finding.js'

export interface Check {
  readonly id: CheckId
  /** `skipped`: nothing to check. `not-reached`: something before it could not be read. */
  readonly outcome: Outcome | 'skipped' | 'not-reached'
  /** English; pages translate by id, outcome, facts and findings. */
  readonly sentence: string
  /** File of the gravest finding. */
  readonly where?: string
  readonly findings: readonly Finding[]
  readonly facts: Facts
}

/** A bundle that could not be read at all. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly where?: string
}

export interface VerificationReport {
  readonly outcome: Outcome
  readonly exitCode: 0 | 2 | 4 | 5 | 6
  readonly checks: readonly Check[]
  readonly summary: string
  /** What a good outcome does not show, in words, and as codes. */
  readonly notProven: readonly string[]
  readonly limits: readonly LimitCode[]
  /** Stable codes of what the audits themselves say that they do not prove. */
  readonly auditLimits: readonly string[]
  readonly refusal: Refusal | null
}

const gravity = (outcome: Outcome): number => outcomes.indexOf(outcome)

/** The gravest of several outcomes; verified where there is none. */
export const gravest = (several: readonly Outcome[]): Outcome =>
  several.reduce<Outcome>((worst, outcome) => (gravity(outcome) > gravity(worst) ? outcome : worst), 'verified')

const gravestFinding = (findings: readonly Finding[]): Finding | undefined =>
  findings.reduce<Finding | undefined>(
    (worst, next) =>
      worst === undefined || gravity(gravities[next.code]) > gravity(gravities[worst.code]) ? next : worst,
    undefined,
  )

export function checkOf(id: CheckId, { findings, facts = {}, isSkipped = false }: CheckResult): Check {
  const words = english.checks[id]
  const worst = gravestFinding(findings)
  if (worst === undefined)
    return {
      id,
      outcome: isSkipped ? 'skipped' : 'verified',
      sentence: isSkipped ? words.skipped : words.verified(facts),
      findings,
      facts,
    }
  const more = findings.length > 1 ? ` ${english.more(findings.length - 1)}` : ''
  return {
    id,
    outcome: gravities[worst.code],
    sentence: `${worst.where}: ${english.findings[worst.code](worst.what ?? '')}${more}`,
    where: worst.where,
    findings,
    facts,
  }
}

export function reportOf(input: {
  checks: readonly Check[]
  limits: readonly LimitCode[]
  auditLimits: readonly string[]
}): VerificationReport {
  const outcome = gravest(input.checks.flatMap((check) => (isOutcome(check.outcome) ? [check.outcome] : [])))
  return {
    ...input,
    outcome,
    exitCode: exitCodes[outcome],
    summary: english.summary[outcome],
    notProven: input.limits.map((limit) => english.limits[limit]),
    refusal: null,
  }
}

const isOutcome = (outcome: Check['outcome']): outcome is Outcome => outcome !== 'skipped' && outcome !== 'not-reached'

/**
 * Of bytes that cannot be read: grave, whatever the reason, since nobody may be led to believe them.
 * @param ids the checks that would have been made, in their order; those before `at` were
 */
export function refusedReport(ids: readonly CheckId[], at: CheckId, refusal: Refusal): VerificationReport {
  const failed = ids.indexOf(at)
  const checks = ids.map((id, index): Check => {
    if (index === failed)
      return {
        id,
        outcome: 'tampered',
        sentence: refusal.message,
        ...(refusal.where === undefined ? {} : { where: refusal.where }),
        findings: [],
        facts: {},
      }
    return index < failed ? checkOf(id, { findings: [] }) : notReached(id)
  })
  return {
    outcome: 'tampered',
    exitCode: exitCodes.tampered,
    checks,
    summary: english.summary.tampered,
    notProven: [],
    limits: [],
    auditLimits: [],
    refusal,
  }
}

const notReached = (id: CheckId): Check => ({
  id,
  outcome: 'not-reached',
  sentence: english.notReached,
  findings: [],
  facts: {},
})
