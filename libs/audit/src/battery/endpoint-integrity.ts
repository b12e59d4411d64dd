import { randomStream, selectImages, shuffledIndices, type AuditTest } from '@lethe/domain'
import type { AuditOptions, AuditedModel } from '../audited-model.js'
import { ask, type Answers } from '../probe/ask.js'
import { figure } from './test-context.js'

/** Pictures of each set that the endpoint is probed with. */
const PROBES = 32
/** Identical questions: largest difference of unit embeddings. */
const REPEAT_TOLERANCE = 1e-6
/** The same pictures in another order: batched kernels may round differently. */
const ORDER_TOLERANCE = 1e-4
/** Unit embeddings closer than this are one answer. */
const SAME_ANSWER = 1e-6

/**
 * A0. The same question gets the same answer, whatever the order of the pictures; answers are finite, of one length, and
 * different for different pictures. An endpoint that fails measures nothing.
 */
export async function testEndpointIntegrity(
  model: AuditedModel,
  options: AuditOptions,
  defect: string | null,
): Promise<AuditTest> {
  const { forget, heldOut, drawViews, policy } = options
  const images = selectImages(forget.images, range(Math.min(PROBES, forget.images.count)))
  const others = selectImages(heldOut.images, range(Math.min(PROBES, heldOut.images.count)))
  const count = images.count + others.count
  const size = images.height * images.width * images.channels
  const drawn = new Float32Array(count * size)
  drawn.set(drawViews(images, policy.seed, 0))
  drawn.set(drawViews(others, policy.seed, 0), images.count * size)
  const order = shuffledIndices(count, randomStream(policy.seed, count))
  const first = await ask(model.embed, drawn, count)
  const again = await ask(model.embed, drawn, count)
  const shuffled = await ask(model.embed, reorder(drawn, order, size), count)
  const repeat = largestDifference(first, again, (row) => row)
  const reordered = largestDifference(first, shuffled, (row) => order.indexOf(row))
  const problem = defect ?? first.defect ?? again.defect ?? shuffled.defect ?? problemOf(first, repeat, reordered)
  return {
    id: 'A0-endpoint-integrity',
    optimisedFor: false,
    effect: { value: Math.max(repeat, reordered), interval: null },
    p: null,
    power: null,
    outcome: problem === null ? 'met' : 'not-met',
    detail:
      problem === null
        ? `The endpoint of ${model.label} answers ${count} pictures alike when asked again and in another order.`
        : `The endpoint of ${model.label} cannot be relied on: ${problem}.`,
  }
}

const range = (count: number) => Int32Array.from({ length: count }, (_, index) => index)

function problemOf(answers: Answers, repeat: number, reordered: number): string | null {
  if (repeat > REPEAT_TOLERANCE) return `identical questions get answers that differ by ${figure(repeat, 7)}`
  if (reordered > ORDER_TOLERANCE) return `answers depend on the order of pictures, by ${figure(reordered, 7)}`
  return isConstant(answers) ? 'every picture gets the same embedding' : null
}

function reorder(images: Float32Array, order: Int32Array, size: number): Float32Array {
  const reordered = new Float32Array(images.length)
  order.forEach((index, row) => reordered.set(images.subarray(index * size, (index + 1) * size), row * size))
  return reordered
}

/** 2 where answers cannot be compared at all: further apart than unit vectors can be in one coordinate. */
function largestDifference(a: Answers, b: Answers, rowOf: (row: number) => number): number {
  if (a.dimension !== b.dimension) return 2
  let largest = 0
  for (let row = 0; row < a.count; row++) {
    const other = rowOf(row)
    for (let k = 0; k < a.dimension; k++) {
      const difference = (a.unit[row * a.dimension + k] as number) - (b.unit[other * a.dimension + k] as number)
      largest = Math.max(largest, Math.abs(difference))
    }
  }
  return largest
}

const isConstant = ({ count, dimension, unit }: Answers): boolean =>
  count > 1 && unit.every((value, index) => Math.abs(value - (unit[index % dimension] as number)) < SAME_ANSWER)
