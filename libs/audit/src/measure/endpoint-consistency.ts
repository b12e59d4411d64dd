import { randomStream, shuffledIndices } from '@lethe/domain'
import type { AuditOptions } from '../audited-model.js'
import { AUDIT_EPOCH, viewSeedOf } from '../challenge.js'
import type { MeasuredConsistency } from '../judge/audit-data.js'
import type { Answers } from '../probe/ask.js'
import type { ModelAnswers } from '../probe/view-embeddings.js'
import { rowsOf, type ProbeCounts, type Probes, type Question } from './endpoint-probes.js'

/** Unit embeddings closer than this are one answer. */
const SAME_ANSWER = 1e-6

/** What this asks: how often about how many pictures. */
export function consistencyQuestions(probes: ProbeCounts, sizes: { retain: number; heldOut: number }): Question[] {
  const count = probes.forget + probes.heldOut
  const decoys = sizes.retain > 0 ? sizes.retain : sizes.heldOut
  return [
    { pictures: count, times: 2 },
    { pictures: count + Math.min(count, decoys), times: 1 },
  ]
}

/**
 * Asks the probes twice, then hidden among as many decoys in random order, and compares with what was answered when the audit asked:
 * an endpoint that knows an audit by its company, or changed since, is found out.
 */
export async function askForConsistency(
  probes: Probes,
  options: AuditOptions,
  answers: ModelAnswers,
): Promise<MeasuredConsistency> {
  const first = await probes.ask(probes.pictures)
  const again = await probes.ask(probes.pictures)
  const hidden = await askAmongDecoys(probes, options)
  return {
    repeat: largestDifference(first, again),
    company: Math.max(largestDifference(first, hidden), largestDifference(first, asAsked(probes, answers))),
    isConstant: isConstant(first),
  }
}

/** The probes' answers when as many views of other pictures stand between them: retained ones, or held-out ones without those. */
async function askAmongDecoys(probes: Probes, options: AuditOptions): Promise<Answers> {
  const { retain, heldOut, drawViews, policy } = options
  const { images } = retain.images.count > 0 ? retain : heldOut
  const { count, pictures, size } = probes
  const pixels = size.height * size.width * size.channels
  const random = randomStream(policy.seed, 3)
  const decoys = shuffledIndices(images.count, random).slice(0, count)
  const all = new Float32Array((count + decoys.length) * pixels)
  all.set(pictures)
  all.set(rowsOf(drawViews(images, viewSeedOf(options), 1, AUDIT_EPOCH), decoys, pixels), count * pixels)
  const order = shuffledIndices(count + decoys.length, random)
  const answers = await probes.ask(rowsOf(all, order, pixels))
  const places = Int32Array.from({ length: count }, (_, row) => order.indexOf(row))
  return { ...answers, count, unit: rowsOf(answers.unit, places, answers.dimension) }
}

/** What the audit itself was answered to the same views. */
function asAsked({ forgetRows, heldOutRows, count }: Probes, { forget, heldOut }: ModelAnswers): Answers {
  const { dimension } = forget
  const unit = new Float32Array(count * dimension)
  unit.set(rowsOf(forget.views[0] as Float32Array, forgetRows, dimension))
  unit.set(rowsOf(heldOut.views[0] as Float32Array, heldOutRows, dimension), forgetRows.length * dimension)
  return { count, dimension, unit, defect: null }
}

/** 2 where answers cannot be compared at all: further apart than unit vectors can be in one coordinate. */
function largestDifference(a: Answers, b: Answers): number {
  if (a.dimension !== b.dimension) return 2
  let largest = 0
  for (let index = 0; index < a.unit.length; index++)
    largest = Math.max(largest, Math.abs((a.unit[index] as number) - (b.unit[index] as number)))
  return largest
}

const isConstant = ({ count, dimension, unit }: Answers): boolean =>
  count > 1 && unit.every((value, index) => Math.abs(value - (unit[index % dimension] as number)) < SAME_ANSWER)
