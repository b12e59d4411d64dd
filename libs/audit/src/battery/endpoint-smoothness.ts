import { randomStream } from '@lethe/domain'
import type { AuditOptions } from '../audited-model.js'
import type { GuardedModel } from '../endpoint/guard-endpoint.js'
import type { Answers } from '../probe/ask.js'
import { blend, jitter, quantiseLikeJpeg, shiftByOne } from '../probe/perturb.js'
import {
  chord,
  rowAt,
  type EndpointExamination,
  type EndpointFinding,
  type ProbeCounts,
  type Probes,
  type Question,
} from './endpoint-probes.js'
import { figure } from './test-context.js'

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
/** Ways from forgotten to held-out pictures, and as many between held-out ones. */
const PATHS = 12
/** Pieces that a path is first cut into, and halvings of its steepest piece after that. */
const PIECES = 8
const HALVINGS = 9

/** What this asks: how often about how many pictures. */
export function smoothnessQuestions({ forget, heldOut }: ProbeCounts): Question[] {
  const ways = 2 * Math.min(PATHS, forget, heldOut)
  return [
    { pictures: forget + heldOut, times: 5 },
    { pictures: ways * (PIECES + 1), times: 1 },
    { pictures: ways, times: HALVINGS },
  ]
}

/**
 * Answers must follow pictures. Noise of one 255th and of four, a shift by a pixel and JPEG's rounding move known pictures no more than
 * unknown ones; and on the way from a known picture to an unknown one there is no jump, however closely one looks: an endpoint that
 * recognises pictures must stop recognising them somewhere.
 */
export async function askForSmoothness(
  probes: Probes,
  _model: GuardedModel,
  { policy }: AuditOptions,
): Promise<EndpointExamination> {
  const { pictures, size } = probes
  const noisy = (steps: number) => jitter(pictures, steps, randomStream(policy.seed, 4))
  const asked = [pictures, noisy(1), noisy(4), shiftByOne(pictures, size), quantiseLikeJpeg(pictures, size)]
  const answers: Answers[] = []
  for (const version of asked) answers.push(await probes.ask(version))
  const unreadable = answers.find(({ defect }) => defect !== null)
  if (unreadable !== undefined) return { finding: unreadableFinding(unreadable), difference: 2 }
  const [base, ...changed] = answers as [Answers, ...Answers[]]
  const [little, more, shifted, rounded] = changed.map((version) => distances(base, version)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const forgetCount = probes.forgetRows.length
  const finding =
    noiseFinding(little, more, forgetCount) ??
    jumpFinding('noise of one 255th', little, forgetCount) ??
    jumpFinding('a shift by one pixel', shifted, forgetCount) ??
    jumpFinding("JPEG's rounding", rounded, forgetCount) ??
    (await findCliffs(probes, Math.max(LEAST_JUMP, MOST_FACTOR * usualSize(little))))
  return { finding, difference: 0 }
}

const unreadableFinding = ({ code = 'ENDPOINT_MALFORMED', defect }: Answers): EndpointFinding => ({
  code,
  words: defect ?? 'an answer could not be read',
})

const distances = (a: Answers, b: Answers): Float64Array =>
  Float64Array.from({ length: a.count }, (_, row) => chord(rowAt(a, row), rowAt(b, row)))

/** Root mean square without the largest tenth: a jump here and there is another test's. */
function usualSize(distances: Float64Array): number {
  const usual = distances
    .slice()
    .sort()
    .subarray(0, Math.ceil(0.9 * distances.length))
  return Math.sqrt(usual.reduce((sum, distance) => sum + distance ** 2, 0) / usual.length)
}

/** Both sets react as noise makes them: where only one does, something else is the matter. */
function noiseFinding(little: Float64Array, more: Float64Array, forgetCount: number): EndpointFinding | null {
  const [least, most] = [usualSize(little), usualSize(more)]
  const isNoisy = (from: number, to: number) => {
    const usual = usualSize(little.subarray(from, to))
    return usual > ARITHMETIC && usualSize(more.subarray(from, to)) / usual < LEAST_RATIO
  }
  if (!isNoisy(0, forgetCount) || !isNoisy(forgetCount, little.length)) return null
  return {
    code: 'ENDPOINT_NOISY',
    words: `answers move by ${figure(least, 4)} where pictures change by one 255th and by ${figure(most, 4)} where they change by four, as noise or rounding of answers would make them`,
  }
}

/** Either set reacts beyond anything that the other does. */
function jumpFinding(what: string, moved: Float64Array, forgetCount: number): EndpointFinding | null {
  const [forget, heldOut] = [moved.subarray(0, forgetCount), moved.subarray(forgetCount)]
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

/** A piece of the way from one picture to another, and the answers at its ends. */
interface Piece {
  readonly low: number
  readonly high: number
  readonly atLow: Float32Array
  readonly atHigh: Float32Array
}

const heightOf = ({ atLow, atHigh }: Piece): number => chord(atLow, atHigh)
const steeper = (a: Piece, b: Piece): Piece => (heightOf(b) > heightOf(a) ? b : a)

/** From one probe to another. */
type Way = readonly [number, number]

/**
 * Looks for jumps on the ways from forgotten to held-out probes. Ways between held-out probes are the control: an endpoint that jumps
 * there as well is rough everywhere.
 */
async function findCliffs(probes: Probes, limit: number): Promise<EndpointFinding | null> {
  const { forgetRows, heldOutRows } = probes
  const count = Math.min(PATHS, forgetRows.length, heldOutRows.length)
  const heldOut = (place: number) => forgetRows.length + (place % heldOutRows.length)
  const ways = [
    ...Array.from({ length: count }, (_, place): Way => [place, heldOut(place)]),
    ...Array.from({ length: count }, (_, place): Way => [heldOut(place), heldOut(place + 1)]),
  ]
  const heights = await steepestHeights(probes, ways)
  if (!Array.isArray(heights)) return heights
  const cliffs = heights.map((height) => height > limit)
  const [fromKnown, control] = [cliffs.slice(0, count), cliffs.slice(count)].map((part) => part.filter(Boolean).length)
  const jumps = 'the answer jumps between two pictures that are all but equal'
  if ((control ?? 0) > FORGIVEN_JUMPS)
    return { code: 'ENDPOINT_NOISY', words: `on ${control} of ${count} ways between held-out pictures ${jumps}` }
  if ((fromKnown ?? 0) <= FORGIVEN_JUMPS) return null
  const words = `on ${fromKnown} of ${count} ways from a forgotten picture to a held-out one ${jumps}, and on ${control} of ${count} between held-out ones`
  return { code: 'ENDPOINT_RECOGNISES_PICTURES', words }
}

/** Halves the steepest piece of each way until its two pictures are all but equal; how far apart their answers still are. */
async function steepestHeights(probes: Probes, ways: readonly Way[]): Promise<number[] | EndpointFinding> {
  const cuts = Array.from({ length: PIECES + 1 }, (_, cut) => cut / PIECES)
  const coarse = await askOnWays(
    probes,
    ways,
    ways.map(() => cuts),
  )
  if (coarse.defect !== null) return unreadableFinding(coarse)
  let pieces = ways.map((_, way) =>
    cuts
      .slice(1)
      .map((high, piece): Piece => {
        const row = way * cuts.length + piece
        return { low: cuts[piece] as number, high, atLow: rowAt(coarse, row), atHigh: rowAt(coarse, row + 1) }
      })
      .reduce(steeper),
  )
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middles = pieces.map(({ low, high }) => (low + high) / 2)
    const answers = await askOnWays(
      probes,
      ways,
      middles.map((middle) => [middle]),
    )
    if (answers.defect !== null) return unreadableFinding(answers)
    pieces = pieces.map((piece, way) => {
      const middle = middles[way] as number
      const atMiddle = rowAt(answers, way)
      return steeper({ ...piece, high: middle, atHigh: atMiddle }, { ...piece, low: middle, atLow: atMiddle })
    })
  }
  return pieces.map(heightOf)
}

/** Answers to blends of each way's ends, for each way its own shares, way after way. */
function askOnWays(
  { pictures, size, ask }: Probes,
  ways: readonly Way[],
  shares: readonly (readonly number[])[],
): Promise<Answers> {
  const pixels = size.height * size.width * size.channels
  const picture = (row: number) => pictures.subarray(row * pixels, (row + 1) * pixels)
  const asked = new Float32Array(shares.flat().length * pixels)
  let place = 0
  ways.forEach(([from, to], way) => {
    for (const share of shares[way] ?? []) asked.set(blend(picture(from), picture(to), share), pixels * place++)
  })
  return ask(asked)
}
