import { randomStream } from '@lethe/domain'
import type { AuditOptions } from '../audited-model.js'
import type { MeasuredSmoothness } from '../judge/audit-data.js'
import type { Answers } from '../probe/ask.js'
import { blend, jitter, quantiseLikeJpeg, shiftByOne } from '../probe/perturb.js'
import { bySet, chord, rowAt, type ProbeCounts, type Probes, type Question } from './endpoint-probes.js'

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

/** How far answers move where pictures change a little: by noise of one 255th and of four, a shift by a pixel and JPEG's rounding. */
export async function askForReactions(probes: Probes, { policy }: AuditOptions): Promise<MeasuredSmoothness> {
  const { pictures, size } = probes
  const noisy = (steps: number) => jitter(pictures, steps, randomStream(policy.seed, 4))
  const base = await probes.ask(pictures)
  const movedBy = async (changed: Float32Array) => bySet(distances(base, await probes.ask(changed)), probes)
  return {
    little: await movedBy(noisy(1)),
    more: await movedBy(noisy(4)),
    shifted: await movedBy(shiftByOne(pictures, size)),
    rounded: await movedBy(quantiseLikeJpeg(pictures, size)),
    ways: null,
  }
}

const distances = (a: Answers, b: Answers): Float64Array =>
  Float64Array.from({ length: a.count }, (_, row) => chord(rowAt(a, row), rowAt(b, row)))

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
 * On the way from a known picture to an unknown one there is no jump, however closely one looks: an endpoint that recognises pictures
 * must stop recognising them somewhere. Halves the steepest piece of each way until its two pictures are all but equal; how far apart
 * their answers still are, on ways from forgotten to held-out probes and on as many between held-out ones.
 */
export async function askForWays(probes: Probes): Promise<NonNullable<MeasuredSmoothness['ways']>> {
  const { forgetRows, heldOutRows } = probes
  const count = Math.min(PATHS, forgetRows.length, heldOutRows.length)
  const heldOut = (place: number) => forgetRows.length + (place % heldOutRows.length)
  const heights = await steepestHeights(probes, [
    ...Array.from({ length: count }, (_, place): Way => [place, heldOut(place)]),
    ...Array.from({ length: count }, (_, place): Way => [heldOut(place), heldOut(place + 1)]),
  ])
  return { forget: heights.slice(0, count), heldOut: heights.slice(count) }
}

async function steepestHeights(probes: Probes, ways: readonly Way[]): Promise<Float64Array> {
  const cuts = Array.from({ length: PIECES + 1 }, (_, cut) => cut / PIECES)
  const coarse = await askOnWays(
    probes,
    ways,
    ways.map(() => cuts),
  )
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
    pieces = pieces.map((piece, way) => {
      const middle = middles[way] as number
      const atMiddle = rowAt(answers, way)
      return steeper({ ...piece, high: middle, atHigh: atMiddle }, { ...piece, low: middle, atLow: atMiddle })
    })
  }
  return Float64Array.from(pieces, heightOf)
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
