import {
  UNREACHABLE_FORGET_SIZE,
  type AuditReport,
  type AuditTest,
  type AuditTestId,
  type CompletePolicy,
  type Estimate,
  type Verdict,
} from '@lethe/domain'
import { MEMBERS_SCORE_LOWER } from './battery/canary-epsilon.js'
import { NOTHING_REMEMBERED } from './battery/clip-alignment.js'

export interface VerdictInput {
  readonly tests: readonly AuditTest[]
  /** AUC of forget against held-out on the model before, with its interval at 1 − alpha. */
  readonly membershipBefore: Estimate
  readonly requiredForgetSize: number
  readonly sizes: AuditReport['sizes']
  /** Pictures of the forget set that are also in the other sets. */
  readonly overlap: NonNullable<AuditReport['overlap']>
  readonly policy: CompletePolicy
}

export interface Judgement {
  readonly verdict: Verdict
  readonly reasons: AuditReport['reasons']
}

type Finding = { readonly verdict: Verdict; readonly code: string; readonly message: string }

/**
 * The verdict and why. A finding of the auditor's own blindness (endpoint, sets, blind control) comes before everything; then what
 * was found on either side, for which few pictures suffice; then what would be needed for a pass and is missing.
 * PASS needs all of it; "not significant" is never a pass.
 */
export function judge(input: VerdictInput): Judgement {
  const findings = [
    ...blindness(input),
    ...membershipFound(input),
    ...missingGrounds(input),
    ...equivalence(input),
    ...independence(input),
    ...utility(input),
    ...requirements(input),
  ]
  const reasons = findings.map(({ code, message }) => ({ code, message }))
  const [first] = findings
  if (first !== undefined) return { verdict: first.verdict, reasons }
  return { verdict: 'PASS', reasons: [{ code: 'EQUIVALENCE_SHOWN', message: passMessage(input) }] }
}

const testOf = ({ tests }: VerdictInput, id: AuditTestId) => tests.find((test) => test.id === id)

const inconclusive = (code: string, message: string): Finding => ({ verdict: 'INCONCLUSIVE', code, message })

function blindness(input: VerdictInput): Finding[] {
  const integrity = testOf(input, 'A0-endpoint-integrity')
  const blind = testOf(input, 'blind-control')
  const findings: Finding[] = []
  if (integrity?.outcome !== 'met')
    findings.push(
      inconclusive(integrity?.code ?? 'ENDPOINT_NOT_INTACT', integrity?.detail ?? 'The endpoint was not probed.'),
    )
  const { heldOut, retain } = input.overlap
  if (heldOut > 0)
    findings.push(
      inconclusive(
        'SETS_OVERLAP',
        `${counted(heldOut)} to be forgotten ${heldOut === 1 ? 'is' : 'are'} also among the held-out pictures, or nearly; take ${heldOut === 1 ? 'it' : 'them'} out of one set.`,
      ),
    )
  if (retain > 0)
    findings.push(
      inconclusive(
        'FORGOTTEN_BUT_RETAINED',
        `${counted(retain)} to be forgotten ${retain === 1 ? 'is' : 'are'} also among the retained pictures, or nearly: what is still trained on cannot be forgotten.`,
      ),
    )
  if (blind?.outcome === 'not-met') findings.push(inconclusive('BLIND_CONTROL_FAILED', blind.detail))
  return findings
}

const counted = (count: number) => `${count} ${count === 1 ? 'picture' : 'pictures'}`

/** Effects of these say the side: the share or AUC at which nothing is known is one half. */
const twoSided: readonly (readonly [AuditTestId, string])[] = [
  ['A4-residual-membership', 'RESIDUAL_MEMBERSHIP'],
  ['A4-feature-membership', 'RESIDUAL_IN_FEATURES'],
  ['A10-randomised-twins', 'RESIDUAL_IN_TWINS'],
  ['A11-clip-alignment', 'RESIDUAL_IN_PAIRS'],
  ['A6-u-lira', 'RESIDUAL_BY_SHADOWS'],
]

function membershipFound(input: VerdictInput): Finding[] {
  const found = twoSided.flatMap(([id, code]): Finding[] => {
    const test = testOf(input, id)
    if (test?.outcome !== 'not-met') return []
    const isAbove = test.effect.value > 0.5
    const message = isAbove
      ? `The model still tells forgotten pictures from unseen ones. ${test.detail}`
      : `The model treats forgotten pictures as stranger than unseen ones, which marks them as much as memory did. ${test.detail}`
    return [{ verdict: isAbove ? 'RESIDUAL' : 'OVER_FORGOTTEN', code: isAbove ? code : 'OVER_FORGOTTEN', message }]
  })
  return [...found, ...coinsFound(input), ...recoveryFound(input)]
}

function coinsFound(input: VerdictInput): Finding[] {
  const coins = testOf(input, 'A7-one-run-epsilon')
  if (coins?.outcome !== 'not-met') return []
  const isAbove = coins.code !== MEMBERS_SCORE_LOWER
  return [
    {
      verdict: isAbove ? 'RESIDUAL' : 'OVER_FORGOTTEN',
      code: isAbove ? 'RESIDUAL_IN_CANARIES' : 'OVER_FORGOTTEN',
      message: coins.detail,
    },
  ]
}

/** What comes back by itself was hidden, not forgotten. */
function recoveryFound(input: VerdictInput): Finding[] {
  const recovery = testOf(input, 'A8-recovery')
  if (recovery?.outcome !== 'not-met') return []
  return [{ verdict: 'RESIDUAL', code: 'MEMORY_COMES_BACK', message: recovery.detail }]
}

function missingGrounds(input: VerdictInput): Finding[] {
  const { policy } = input
  const power = testOf(input, 'A4-residual-membership')?.power ?? 0
  const findings: Finding[] = []
  if (power < policy.minimumPower || isTooSmall(input)) findings.push(inconclusive('TOO_FEW_IMAGES', tooFew(input)))
  const blind = testOf(input, 'blind-control')
  if (blind?.outcome !== 'met' && blind?.outcome !== 'not-met')
    findings.push(inconclusive('BLIND_CONTROL_NOT_RUN', blind?.detail ?? 'The blind control was not run.'))
  if (hadNothingToForget(input))
    findings.push(
      inconclusive(
        'NOTHING_TO_FORGET',
        'The model before shows no memory of these pictures, so their absence after shows nothing.',
      ),
    )
  return findings
}

/** Neither views of one picture nor pairs of pictures and texts show memory in the model before. */
function hadNothingToForget(input: VerdictInput): boolean {
  const { interval } = input.membershipBefore
  const pairs = testOf(input, 'A11-clip-alignment')
  const rememberedPairs = pairs !== undefined && pairs.code !== NOTHING_REMEMBERED
  return (interval === null || interval[0] <= 0.5) && !rememberedPairs
}

const isTooSmall = ({ sizes, policy }: VerdictInput) =>
  sizes.forget < policy.minimumForgetSize || sizes.heldOut < policy.minimumHeldOutSize

function tooFew({ sizes, policy, requiredForgetSize }: VerdictInput): string {
  if (sizes.heldOut < policy.minimumHeldOutSize)
    return `${sizes.heldOut} held-out pictures are too few for this policy: ${policy.minimumHeldOutSize} are needed.`
  if (requiredForgetSize >= UNREACHABLE_FORGET_SIZE)
    return `No number of forgotten pictures gives the policy's power with so few held-out pictures; add held-out pictures or widen aucMargin.`
  const needed = Math.max(requiredForgetSize, policy.minimumForgetSize)
  return `${sizes.forget} forgotten pictures are too few for this policy: ${needed} are needed. Only gross failures could be seen.`
}

/** By views always; by pairs of pictures and texts where these were asked and there was something to forget in them. */
function equivalence(input: VerdictInput): Finding[] {
  const pairs = testOf(input, 'A11-clip-alignment')
  const asked = [
    testOf(input, 'A4-residual-membership') ?? null,
    ...(pairs === undefined || pairs.code === NOTHING_REMEMBERED ? [] : [pairs]),
  ]
  return asked.flatMap((test) => {
    if (test?.outcome === 'met' || test?.outcome === 'not-met') return []
    return [inconclusive('EQUIVALENCE_NOT_SHOWN', test?.detail ?? 'Residual membership was not tested.')]
  })
}

/** Tests that ask for membership; one that is met and that the loss did not contain is needed for a pass. */
const membership: readonly AuditTestId[] = [
  'A4-residual-membership',
  'A4-feature-membership',
  'A6-u-lira',
  'A7-one-run-epsilon',
  'A8-recovery',
  'A10-randomised-twins',
  'A11-clip-alignment',
]

function independence(input: VerdictInput): Finding[] {
  // Then it follows, and says nothing of its own.
  if (hadNothingToForget(input)) return []
  const asked = input.tests.filter(({ id, optimisedFor }) => membership.includes(id) && !optimisedFor)
  if (asked.some(({ outcome }) => outcome === 'met')) return []
  // What was found by it is a reason already, and so is what the test that every pass needs could not show.
  if (asked.some(({ id, outcome }) => outcome === 'not-met' || id === 'A4-residual-membership')) return []
  const why = asked.map(({ detail }) => detail).join(' ')
  return [
    inconclusive(
      'NO_INDEPENDENT_TEST',
      `No test of memory that the method did not optimise for is met. ${why === '' ? 'The endpoint offers none: it needs pooled features, or embeddings that keep their length.' : why}`,
    ),
  ]
}

function utility(input: VerdictInput): Finding[] {
  const findings: Finding[] = []
  const test = testOf(input, 'A9-utility')
  if (test?.outcome !== 'met')
    findings.push(inconclusive('UTILITY_NOT_KEPT', test?.detail ?? 'Utility was not tested.'))
  const retrieval = testOf(input, 'A9-retrieval')
  if (retrieval?.outcome === 'not-met') findings.push(inconclusive('UTILITY_NOT_KEPT', retrieval.detail))
  const neighbours = testOf(input, 'A9-neighbours')
  if (neighbours?.outcome === 'not-met') findings.push(inconclusive('NEIGHBOURS_HARMED', neighbours.detail))
  return findings
}

/** What the tenant asked for on top. Tests that only inform are met by having been run. */
function requirements(input: VerdictInput): Finding[] {
  if (hadNothingToForget(input)) return []
  return input.policy.requiredTests.flatMap((id) => {
    const test = testOf(input, id)
    if (test?.outcome === 'met' || test?.outcome === 'informative') return []
    const message = `The policy requires ${id.replaceAll('-', ' ')}. ${test?.detail ?? 'It was not run: the audit was not given what it needs.'}`
    return [inconclusive('REQUIRED_TEST_NOT_MET', message)]
  })
}

function passMessage(input: VerdictInput): string {
  const residual = testOf(input, 'A4-residual-membership')
  const independent = testOf(input, 'A4-feature-membership')
  return `The model before remembered these pictures; after, they cannot be told from unseen ones within the policy's margin; utility is kept. ${residual?.detail ?? ''} ${
    independent?.outcome === 'met' ? independent.detail : ''
  }`.trim()
}
