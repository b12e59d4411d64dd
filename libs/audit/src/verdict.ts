import {
  UNREACHABLE_FORGET_SIZE,
  type AuditPolicy,
  type AuditReport,
  type AuditTest,
  type AuditTestId,
  type Estimate,
  type Verdict,
} from '@lethe/domain'

export interface VerdictInput {
  readonly tests: readonly AuditTest[]
  /** AUC of forget against held-out on the model before, with its interval at 1 − alpha. */
  readonly membershipBefore: Estimate
  readonly requiredForgetSize: number
  readonly forgetCount: number
  readonly policy: AuditPolicy
}

export interface Judgement {
  readonly verdict: Verdict
  readonly reasons: AuditReport['reasons']
}

type Finding = { readonly verdict: Verdict; readonly code: string; readonly message: string }

/**
 * The verdict and why. A finding of the auditor's own blindness (endpoint, blind control) comes before everything; then what
 * was found on either side, for which few pictures suffice; then what would be needed for a pass and is missing.
 * PASS needs all of it; "not significant" is never a pass.
 */
export function judge(input: VerdictInput): Judgement {
  const findings = [
    ...blindness(input),
    ...membershipFound(input),
    ...missingGrounds(input),
    ...equivalence(input),
    ...utility(input),
  ]
  const reasons = findings.map(({ code, message }) => ({ code, message }))
  const [first] = findings
  if (first !== undefined) return { verdict: first.verdict, reasons }
  return { verdict: 'PASS', reasons: [{ code: 'EQUIVALENCE_SHOWN', message: passMessage(input) }] }
}

const testOf = ({ tests }: VerdictInput, id: AuditTestId) => tests.find((test) => test.id === id)

function blindness(input: VerdictInput): Finding[] {
  const integrity = testOf(input, 'A0-endpoint-integrity')
  const blind = testOf(input, 'blind-control')
  const findings: Finding[] = []
  if (integrity?.outcome !== 'met')
    findings.push({
      verdict: 'INCONCLUSIVE',
      code: 'ENDPOINT_NOT_INTACT',
      message: integrity?.detail ?? 'The endpoint was not probed.',
    })
  if (blind?.outcome === 'not-met')
    findings.push({ verdict: 'INCONCLUSIVE', code: 'BLIND_CONTROL_FAILED', message: blind.detail })
  return findings
}

/** What tells forgotten from unseen, in order of weight; the value at which a test sees no difference. */
const membershipTests: readonly (readonly [AuditTestId, number])[] = [
  ['A4-residual-membership', 0.5],
  ['A11-clip-alignment', 0.5],
  ['A10-randomised-twins', 0.5],
  ['A7-one-run-epsilon', 0],
  ['A6-u-lira', 0.5],
  ['A8-recovery', 0],
]

function membershipFound(input: VerdictInput): Finding[] {
  return membershipTests.flatMap(([id, none]) => {
    const test = testOf(input, id)
    if (test?.outcome !== 'not-met') return []
    const isAbove = test.effect.value > none
    return [
      {
        verdict: isAbove ? 'RESIDUAL' : 'OVER_FORGOTTEN',
        code: isAbove ? 'RESIDUAL_MEMBERSHIP' : 'OVER_FORGOTTEN',
        message: isAbove
          ? `The model still tells forgotten pictures from unseen ones. ${test.detail}`
          : `The model treats forgotten pictures as stranger than unseen ones, which marks them as much as memory did. ${test.detail}`,
      },
    ]
  })
}

function missingGrounds(input: VerdictInput): Finding[] {
  const { policy, membershipBefore, requiredForgetSize, forgetCount } = input
  const power = testOf(input, 'A4-residual-membership')?.power ?? 0
  const findings: Finding[] = []
  if (power < policy.minimumPower)
    findings.push({ verdict: 'INCONCLUSIVE', code: 'TOO_FEW_IMAGES', message: tooFew(forgetCount, requiredForgetSize) })
  const blind = testOf(input, 'blind-control')
  if (blind?.outcome !== 'met' && blind?.outcome !== 'not-met')
    findings.push({
      verdict: 'INCONCLUSIVE',
      code: 'BLIND_CONTROL_NOT_RUN',
      message: blind?.detail ?? 'The blind control was not run.',
    })
  if (membershipBefore.interval === null || membershipBefore.interval[0] <= 0.5)
    findings.push({
      verdict: 'INCONCLUSIVE',
      code: 'NOTHING_TO_FORGET',
      message: 'The model before shows no memory of these pictures, so their absence after shows nothing.',
    })
  return findings
}

const tooFew = (forgetCount: number, required: number) =>
  required >= UNREACHABLE_FORGET_SIZE
    ? `No number of forgotten pictures gives the policy's power with so few held-out pictures; add held-out pictures or widen aucMargin.`
    : `${forgetCount} forgotten pictures are too few for this policy: ${required} are needed. Only gross failures could be seen.`

/** Residual membership must be tested; agreement with texts where the audit asked for it. */
function equivalence(input: VerdictInput): Finding[] {
  const asked = [testOf(input, 'A4-residual-membership') ?? null, testOf(input, 'A11-clip-alignment')]
  return asked.flatMap((test) => {
    if (test === undefined || test?.outcome === 'met' || test?.outcome === 'not-met') return []
    const message = test?.detail ?? 'Residual membership was not tested.'
    return [{ verdict: 'INCONCLUSIVE', code: 'EQUIVALENCE_NOT_SHOWN', message }]
  })
}

function utility(input: VerdictInput): Finding[] {
  const asked = [testOf(input, 'A9-utility') ?? null, testOf(input, 'A9-retrieval')]
  return asked.flatMap((test) => {
    if (test === undefined || test?.outcome === 'met' || test?.outcome === 'informative') return []
    const message = test?.detail ?? 'Utility was not tested.'
    return [{ verdict: 'INCONCLUSIVE', code: 'UTILITY_NOT_KEPT', message }]
  })
}

function passMessage(input: VerdictInput): string {
  const residual = testOf(input, 'A4-residual-membership')
  const kept = testOf(input, 'A9-utility')?.outcome === 'met' ? 'utility is kept' : 'utility was not measured'
  return `The model before remembered these pictures; after, they cannot be told from unseen ones within the policy's margin; ${kept}. ${residual?.detail ?? ''}`.trim()
}
