import type { EndpointCode } from '../endpoint/endpoint-fault.js'
import type { MeasuredConsistency, MeasuredSmoothness, SetScores } from '../judge/audit-data.js'
import { figure } from './test-context.js'

/** What is wrong with an endpoint, in a code and in words that end a sentence. */
export interface EndpointFinding {
  readonly code: EndpointCode
  readonly words: string
}

/** Identical questions: largest difference of one number of unit embeddings. */
const REPEAT_TOLERANCE = 1e-6
/** The same pictures in other company: batched kernels may round differently. */
const COMPANY_TOLERANCE = 1e-4

export function consistencyFinding({ repeat, company, isConstant }: MeasuredConsistency): EndpointFinding | null {
  if (repeat > REPEAT_TOLERANCE)
    return {
      code: 'ENDPOINT_INCONSISTENT',
      words: `identical questions get answers that differ by ${figure(repeat, 7)}`,
    }
  if (company > COMPANY_TOLERANCE)
    return {
      code: 'ENDPOINT_DEPENDS_ON_COMPANY',
      words: `answers depend on the pictures beside them or on their order, by ${figure(company, 7)}`,
    }
  return isConstant ? { code: 'ENDPOINT_CONSTANT', words: 'every picture gets the same embedding' } : null
}

/** Four times the noise must move answers about four times as far. Rounding gives 2, noise of the endpoint's own 1. */
const LEAST_RATIO = 2.8
/** Movements below this are the arithmetic's. */
const ARITHMETIC = 1e-5
/** A known picture may react this much more than any unknown one. */
const MOST_FACTOR = 3
/** Reactions below this are no jump. */
const LEAST_JUMP = 0.05
/** Jumps that may be chance. */
const FORGIVEN_JUMPS = 1

/** Noise of one 255th and of four, a shift by a pixel and JPEG's rounding must move known pictures no more than unknown ones. */
export function reactionFinding({ little, more, shifted, rounded }: MeasuredSmoothness): EndpointFinding | null {
  return (
    noiseFinding(little, more) ??
    jumpFinding('noise of one 255th', little) ??
    jumpFinding('a shift by one pixel', shifted) ??
    jumpFinding("JPEG's rounding", rounded)
  )
}

/** On the ways from forgotten to held-out pictures no jump may stay; ways between held-out ones are the control: an endpoint that jumps there as well is rough everywhere. */
export function cliffFinding({ little, ways }: MeasuredSmoothness): EndpointFinding | null {
  if (ways === null) return null
  const limit = Math.max(LEAST_JUMP, MOST_FACTOR * usualSize(both(little)))
  const count = ways.forget.length
  const cliffs = (heights: Float64Array) => heights.filter((height) => height > limit).length
  const [fromKnown, control] = [cliffs(ways.forget), cliffs(ways.heldOut)]
  const jumps = 'the answer jumps between two pictures that are all but equal'
  if (control > FORGIVEN_JUMPS)
    return { code: 'ENDPOINT_NOISY', words: `on ${control} of ${count} ways between held-out pictures ${jumps}` }
  if (fromKnown <= FORGIVEN_JUMPS) return null
  const words = `on ${fromKnown} of ${count} ways from a forgotten picture to a held-out one ${jumps}, and on ${control} of ${count} between held-out ones`
  return { code: 'ENDPOINT_RECOGNISES_PICTURES', words }
}

const both = ({ forget, heldOut }: SetScores): Float64Array => {
  const joined = new Float64Array(forget.length + heldOut.length)
  joined.set(forget)
  joined.set(heldOut, forget.length)
  return joined
}

/** Root mean square without the largest tenth: a jump here and there is another test's. */
function usualSize(distances: Float64Array): number {
  const usual = distances
    .slice()
    .sort()
    .subarray(0, Math.ceil(0.9 * distances.length))
  return Math.sqrt(usual.reduce((sum, distance) => sum + distance ** 2, 0) / usual.length)
}

/** Both sets react as noise makes them: where only one does, something else is the matter. */
function noiseFinding(little: SetScores, more: SetScores): EndpointFinding | null {
  const isNoisy = (set: keyof SetScores) => {
    const usual = usualSize(little[set])
    return usual > ARITHMETIC && usualSize(more[set]) / usual < LEAST_RATIO
  }
  if (!isNoisy('forget') || !isNoisy('heldOut')) return null
  const [least, most] = [usualSize(both(little)), usualSize(both(more))]
  return {
    code: 'ENDPOINT_NOISY',
    words: `answers move by ${figure(least, 4)} where pictures change by one 255th and by ${figure(most, 4)} where they change by four, as noise or rounding of answers would make them`,
  }
}

/** Either set reacts beyond anything that the other does. */
function jumpFinding(what: string, { forget, heldOut }: SetScores): EndpointFinding | null {
  const jumps = (own: Float64Array, others: Float64Array) => {
    const limit = Math.max(LEAST_JUMP, MOST_FACTOR * Math.max(...others))
    return own.filter((distance) => distance > limit).length
  }
  for (const [own, others, name] of [
    [forget, heldOut, 'forgotten'],
    [heldOut, forget, 'held-out'],
  ] as const)
    if (jumps(own, others) > FORGIVEN_JUMPS)
      return {
        code: 'ENDPOINT_RECOGNISES_PICTURES',
        words: `${what} changes the answers to ${jumps(own, others)} of ${own.length} ${name} pictures far more than any other, as if they were looked up`,
      }
  return null
}

/** Distance of unit embeddings that two backends, or half precision, may make of the same weights. */
const SAME_WEIGHTS = 5e-3

/** `distances`: between the endpoint's answers to challenge pictures and those of the attested weights. */
export function attestationFinding({
  distances,
  digest,
}: {
  distances: Float64Array
  digest: string
}): EndpointFinding | null {
  const largest = distances.reduce((most, distance) => Math.max(most, distance), 0)
  if (largest <= SAME_WEIGHTS) return null
  const words = `its answers to challenge pictures lie ${figure(largest)} away from those of the attested weights ${digest.slice(0, 12)}…`
  return { code: 'ENDPOINT_NOT_ATTESTED', words }
}
